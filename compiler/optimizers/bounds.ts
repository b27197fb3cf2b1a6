/**
 * What numbers of a training program may be. Those of an update are bounded so that a gradient whose norm is at most
 * `largestNorm` cannot take the state out of f32: a step is then at most 1e28 long (Cauchy and Schwarz for Adam, whose
 * first β squared must not pass the second; ε keeps what underflows from being divided by 0), and 2^32 of them stay
 * below 3.4e38.
 */
import { hostOperations } from '../4-tensor/host.ts';
import type { HostExpr, Limit } from '../4-tensor/program.ts';

/** Least and most are allowed themselves. */
export interface Bound {
  /** `a positive number`. */
  readonly words: string;
  readonly least: number;
  readonly most: number;
  readonly whole?: true;
}

export function allows({ least, most, whole }: Bound, value: number): boolean {
  return value >= least && value <= most && (whole !== true || Number.isSafeInteger(value));
}

export const positive: Bound = { words: 'a positive number', least: Number.MIN_VALUE, most: Number.MAX_VALUE };

export const wholeFromZero: Bound = {
  words: 'a whole number of at least 0',
  least: 0,
  most: Number.MAX_SAFE_INTEGER,
  whole: true,
};

/** A learning rate, a weight decay. */
export const rate: Bound = { words: 'a number from 0 to 1e5', least: 0, most: 1e5 };

/** The share of itself that an average keeps in a step. */
export const share: Bound = { words: 'a number from 0 to 0.9999999', least: 0, most: 0.9999999 };

/** The share of itself that a velocity keeps. */
export const inertia: Bound = { words: 'a number from 0 to 0.9999', least: 0, most: 0.9999 };

/** A divisor's summand, and what gradients are clipped at. */
export const magnitude: Bound = { words: 'a number from 1e-20 to 1e20', least: 1e-20, most: 1e20 };

/** A larger norm of the gradient is trouble, as one that is not finite is: its squares leave f32. */
export const largestNorm = 1e19;

/** What the run has to hold at each step, where an expression is not known when compiling. */
export function limitOf(what: string, value: HostExpr, { words, least, most }: Bound): readonly Limit[] {
  return fixed(value) === undefined ? [{ what, value, words, least, most }] : [];
}

/** The value of an expression that neither a hyper nor the clock can change. */
export function fixed(expression: HostExpr): number | undefined {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind !== 'apply') return undefined;
  const args = expression.args.map(fixed);
  return args.every((arg) => arg !== undefined) ? hostOperations[expression.op](...args) : undefined;
}
