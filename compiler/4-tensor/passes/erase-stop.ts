/**
 * Erases `stop`: once every derivative has been taken it is the identity.
 *
 * Before: every gradient of the function has been built. After: no `stop` is left; the values are the same.
 * Example: stop(mu) + x becomes mu + x, so that it may meet the mu that was not stopped.
 */
import type { Builder } from '../builder.ts';
import type { TensorFunction } from '../ir.ts';
import { mapFunction } from './rebuild.ts';

export function eraseStop(b: Builder, fn: TensorFunction): TensorFunction {
  return mapFunction(b, fn, (node) => (node.kind === 'map' && node.op === 'stop' ? node.args[0]! : node));
}
