/** The same module without relaxed SIMD: multiply-adds in two roundings, choices by bits. */
import type { Operation } from './instructions.ts';
import {
  mapBlocks,
  mapParts,
  mapValues,
  type Code,
  type Instruction,
  type WasmFunction,
  type WasmModule,
} from './ir.ts';

/** Lanes of a relaxed choice are all ones or all zeros, so that choosing by bits gives the same. */
export function withoutRelaxed({ functions }: WasmModule): WasmModule {
  const known = new Map<WasmFunction, WasmFunction>();
  const value = (code: Code): Code => {
    const inner = mapParts(code, value);
    if (inner.kind === 'call') return { ...inner, callee: known.get(inner.callee)! };
    return inner.kind === 'apply' ? plain(inner) : inner;
  };
  const instruction = (one: Instruction): Instruction =>
    mapBlocks(mapValues(one, value), (block) => block.map(instruction));
  for (const fn of functions) {
    const body = fn.body.map(instruction);
    known.set(fn, fn.result === undefined ? { ...fn, body } : { ...fn, body, result: value(fn.result) });
  }
  return { functions: [...known.values()] };
}

function plain(code: Code & { readonly kind: 'apply' }): Code {
  const vector = (operation: Operation, ...args: readonly Code[]): Code => ({
    kind: 'apply',
    type: 'v128',
    operation,
    args,
  });
  const [a, b, c] = code.args as readonly [Code, Code, Code];
  switch (code.operation) {
    case 'f32x4.relaxed_madd':
      return vector('f32x4.add', vector('f32x4.mul', a, b), c);
    case 'f32x4.relaxed_nmadd':
      return vector('f32x4.sub', c, vector('f32x4.mul', a, b));
    case 'i32x4.relaxed_laneselect':
      return vector('v128.bitselect', a, b, c);
    default:
      return code;
  }
}
