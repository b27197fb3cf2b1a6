/**
 * Names an address that a block computes more than once, so that it is computed once and reads well.
 *
 * (set a (load (add x (shl k 2)))) (set c (load offset=16 (add x (shl k 2))))  becomes
 * (set x_at (add x (shl k 2))) (set a (load (get x_at))) (set c (load offset=16 (get x_at)))
 */
import * as b from '../build.ts';
import { mapBlocks, mapParts, mapValues, partsOf, valuesOf } from '../ir.ts';
import type { Code, Instruction, Local, WasmFunction } from '../ir.ts';
import { Keys } from './keys.ts';
import { addressName, locals, setIn, type Names } from './locals.ts';

export function share(fn: WasmFunction): WasmFunction {
  const names = locals(fn);
  return { ...fn, body: shareBlock(fn.body, names) };
}

function shareBlock(block: readonly Instruction[], names: Names): readonly Instruction[] {
  const counts = countIn(block);
  const keys = new Keys();
  const held = new Map<number, Local>();
  return block.flatMap((instruction) => {
    const before: Instruction[] = [];
    const part = (code: Code): Code => {
      const key = isAddress(code) ? keys.of(code) : undefined;
      const inner = mapParts(code, part);
      if (key === undefined || (counts.get(key) ?? 0) < 2) return inner;
      const local = held.get(key) ?? names.local(addressName(code), 'i32');
      if (!held.has(key)) before.push({ kind: 'set', local, value: inner });
      held.set(key, local);
      return b.get(local);
    };
    const shared = mapBlocks(mapValues(instruction, part), (inner) => shareBlock(inner, names));
    keys.changed(setIn([instruction]));
    return [...before, shared];
  });
}

/** How often each address is computed in the block itself, as part of no larger one that is. */
function countIn(block: readonly Instruction[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const keys = new Keys();
  const count = (code: Code): void => {
    if (isAddress(code)) {
      const key = keys.of(code);
      const before = counts.get(key) ?? 0;
      counts.set(key, before + 1);
      // Its parts have been counted with its first occurrence.
      if (before > 0) return;
    }
    partsOf(code).forEach(count);
  };
  for (const instruction of block) {
    valuesOf(instruction).forEach(count);
    keys.changed(setIn([instruction]));
  }
  return counts;
}

/** Arithmetic of whole numbers; what it is made of may be read from memory only by way of locals. */
function isAddress(code: Code): boolean {
  return code.kind === 'apply' && code.type === 'i32' && code.args.every((arg) => isAtom(arg) || isAddress(arg));
}

function isAtom(code: Code): boolean {
  return code.type === 'i32' && (code.kind === 'number' || code.kind === 'get');
}
