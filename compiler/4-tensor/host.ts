/** Arithmetic of the host, in float64: what folds while compiling is what runs at each step. */
import type { HostExpr } from './program.ts';

export type HostOp = Extract<HostExpr, { kind: 'apply' }>['op'];

/** Comparisons give 1 or 0; select(condition, then, otherwise) chooses. */
export const hostOperations: Readonly<Record<HostOp, (...args: number[]) => number>> = {
  add: (a, b) => a! + b!,
  sub: (a, b) => a! - b!,
  mul: (a, b) => a! * b!,
  div: (a, b) => a! / b!,
  pow: (a, b) => a! ** b!,
  neg: (a) => -a!,
  abs: (a) => Math.abs(a!),
  exp: (a) => Math.exp(a!),
  log: (a) => Math.log(a!),
  sqrt: (a) => Math.sqrt(a!),
  sin: (a) => Math.sin(a!),
  cos: (a) => Math.cos(a!),
  min: (...args) => Math.min(...args),
  max: (...args) => Math.max(...args),
  floor: (a) => Math.floor(a!),
  lt: (a, b) => Number(a! < b!),
  le: (a, b) => Number(a! <= b!),
  gt: (a, b) => Number(a! > b!),
  ge: (a, b) => Number(a! >= b!),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  select: (condition, then, otherwise) => (condition! !== 0 ? then! : otherwise!),
};
