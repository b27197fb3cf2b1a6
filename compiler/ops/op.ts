/** What an elementwise op is: one object an op, in a file of the catalogue; everything else is derived from it. */
import type { Builder } from '../4-tensor/builder.ts';
import type { DType, Node } from '../4-tensor/ir.ts';
import type { Scalar } from './scalar.ts';

export interface Op {
  /** The dtypes of the arguments; 'any' follows the first argument that is 'any'. */
  readonly args: readonly (DType | 'any')[];
  readonly result: DType | 'any';
  /** The op in float64; u32 in and out as numbers in [0, 2^32), bool as 0 and 1. */
  readonly reference: (...args: number[]) => number;
  readonly lower: (...args: Scalar[]) => Scalar;
  /**
   * The adjoint of each argument from the adjoint of the result, as tensor IR: (xy)' = xy' + x'y. `undefined` where an
   * argument has none (integers, predicates). Absent: no argument has one.
   */
  readonly vjp?: (b: Builder, gradient: Node, result: Node, ...args: Node[]) => readonly (Node | undefined)[];
  /**
   * The largest difference from the exact result at these arguments, as WGSL's accuracy table allows it: in units in
   * the last place of the exact result, plus an absolute part. Exact ops have ulp 0.
   */
  readonly tolerance: { readonly ulp: number | ((...args: number[]) => number); readonly absolute?: number };
  /** Rough cost in multiply-adds: 1 for add, 8 for exp, 100 for threefry. The fuser recomputes only what is cheap. */
  readonly cost: number;
  /** How it prints in mathematics: infix `a + b`, or a call by its name where absent. */
  readonly infix?: string;
}
