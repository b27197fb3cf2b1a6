/**
 * What an optimizer is: slots it carries from step to step, scalars that the host computes in float64, and the update
 * as tensor IR over flat vectors. One file an optimizer. All of them minimise; to maximise, negate the gradient.
 */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { HostExpr, Limit } from '../4-tensor/program.ts';
import { allows, type Bound, fixed, limitOf } from './bounds.ts';

export interface OptimizerArgument {
  readonly name: string;
  readonly kind: 'number' | 'pair' | 'flag';
  /** Absent: `required` says whether the user must write it, or leaving it out switches it off. */
  readonly default?: number | readonly [number, number];
  readonly required: boolean;
  /** What it may be where it is a number, or both of a pair; the run holds a schedule to it at each step. */
  readonly bound?: Bound;
}

/** The arguments as written, defaults filled in; a number may be a schedule. A flag is known when compiling. */
export interface OptimizerValues {
  readonly [name: string]: HostExpr | readonly [HostExpr, HostExpr] | boolean;
}

export interface UpdateInput {
  /** The flat vector of parameters, and the gradient of what is minimised, of the same length. */
  readonly parameter: Node;
  readonly gradient: Node;
  /** The slots of the rule by name, of the same length, zeros before the first step. */
  readonly slots: { readonly [name: string]: Node };
  /** The value of a scalar of the rule, a node of shape []. */
  readonly scalar: (name: string) => Node;
}

export interface UpdateResult {
  readonly parameter: Node;
  readonly slots: { readonly [name: string]: Node };
}

/** An optimizer with its arguments. */
export interface UpdateRule {
  readonly slots: readonly string[];
  /** Evaluated by the host at each step. */
  readonly scalars: { readonly [name: string]: HostExpr };
  /** What arguments must keep together, where that is not known when compiling. */
  readonly limits?: readonly Limit[];
  /**
   * Finite wherever the gradient's norm is at most `largestNorm` and the arguments are within their bounds. A zero whose
   * gradient is 0 stays 0, as the gaps between the packed tensors must.
   */
  update(b: Builder, input: UpdateInput): UpdateResult;
}

export interface Optimizer {
  readonly name: string;
  /** In positional order. */
  readonly arguments: readonly OptimizerArgument[];
  /** Throws OptimizerError for arguments that make no sense together. */
  make(values: OptimizerValues): UpdateRule;
}

/**
 * Arguments that an optimizer cannot take together: the user's mistake, to be shown at the call. The message is one
 * lower-case sentence without a full stop that says what to do.
 */
export class OptimizerError extends Error {
  override readonly name = 'OptimizerError';
}

/** The limits of an optimizer's arguments, each by itself. */
export function limitsOf(optimizer: Optimizer, values: OptimizerValues): readonly Limit[] {
  return optimizer.arguments.flatMap(({ name, bound }) => {
    const value = values[name];
    if (bound === undefined || typeof value !== 'object') return [];
    const what = `'${name}' of ${optimizer.name}`;
    const numbers = 'kind' in value ? [value] : value;
    return numbers.flatMap((number) => limitOf(what, number, bound));
  });
}

/** What arguments must keep together. Throws OptimizerError where it is known when compiling that they do not. */
export function together(what: string, value: HostExpr, bound: Bound, message: string): readonly Limit[] {
  const known = fixed(value);
  if (known !== undefined && !allows(bound, known)) throw new OptimizerError(message);
  return limitOf(what, value, bound);
}

/** An argument that is a number; undefined where it was left out. */
export function numberOf(values: OptimizerValues, name: string): HostExpr | undefined {
  const value = values[name];
  return typeof value === 'object' && 'kind' in value ? value : undefined;
}

/** An argument with a default, which the caller has filled in. */
export function requiredNumber(values: OptimizerValues, name: string): HostExpr {
  const value = numberOf(values, name);
  if (value === undefined) throw new Error(`optimizer: the argument ${name} is missing`);
  return value;
}

export function requiredPair(values: OptimizerValues, name: string): readonly [HostExpr, HostExpr] {
  const value = values[name];
  if (typeof value !== 'object' || 'kind' in value) throw new Error(`optimizer: the pair ${name} is missing`);
  return value;
}
