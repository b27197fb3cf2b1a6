/** What happens to a tensor function between its derivation and its fusion into kernels. */
import type { Builder } from '../builder.ts';
import type { TensorFunction } from '../ir.ts';
import { eraseStop } from './erase-stop.ts';
import { simplify } from './simplify.ts';

/** The same function, of the same values, with less to compute. Every derivative must have been taken. */
export function optimise(b: Builder, fn: TensorFunction): TensorFunction {
  return simplify(b, eraseStop(b, fn));
}
