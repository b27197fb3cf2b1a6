/** The passes over a kernel's function, in order; each keeps what it computes. */
import type { WasmFunction } from '../ir.ts';
import { hoist } from './hoist.ts';
import { share } from './share.ts';
import { sweep } from './sweep.ts';

/** What no one reads goes first, so that nothing is moved for its sake. */
export const passes: readonly ((fn: WasmFunction) => WasmFunction)[] = [sweep, hoist, share];

export function optimise(fn: WasmFunction): WasmFunction {
  return passes.reduce((kept, pass) => pass(kept), fn);
}
