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
import { addressName, locals, Sets, type Names } from './locals.ts';

export function share(fn: WasmFunction): WasmFunction {
  const names = locals(fn);
  const sets = new Sets();
  return { ...fn, body: shareBlock(fn.body, names, sets) };
}

function shareBlock(block: readonly Instruction[], names: Names, sets: Sets): readonly Instruction[] {
  const { keys, counts } = addressesIn(block, sets);
  const held = new Map<number, Local>();
  return block.flatMap((instruction, i) => {
    const before: Instruction[] = [];
    const part = (code: Code): Code => {
      const key = keys[i]!.get(code);
      const inner = mapParts(code, part);
      if (key === undefined || (counts.get(key) ?? 0) < 2) return inner;
      const local = held.get(key) ?? names.local(addressName(code), 'i32');
      if (!held.has(key)) before.push({ kind: 'set', local, value: inner });
      held.set(key, local);
      return b.get(local);
    };
    const shared = keys[i]!.size === 0 ? instruction : mapValues(instruction, part);
    return [...before, mapBlocks(shared, (inner) => shareBlock(inner, names, sets))];
  });
}

/** The addresses that each instruction of the block computes itself, and how often each is, as part of no larger one. */
function addressesIn(block: readonly Instruction[], sets: Sets) {
  const counts = new Map<number, number>();
  const numbers = new Keys();
  const keys = block.map((instruction) => {
    const found = new Map<Code, number>();
    const look = (code: Code, counted: boolean): void => {
      if (!isAddress(code)) return partsOf(code).forEach((part) => look(part, counted));
      const key = numbers.of(code);
      found.set(code, key);
      const before = counts.get(key) ?? 0;
      if (counted) counts.set(key, before + 1);
      // The parts of one that was there before have been counted with it.
      partsOf(code).forEach((part) => look(part, counted && before === 0));
    };
    for (const value of valuesOf(instruction)) look(value, true);
    numbers.changed(sets.of(instruction));
    return found;
  });
  return { keys, counts };
}

/** Arithmetic of whole numbers; what it is made of may be read from memory only by way of locals. */
function isAddress(code: Code): boolean {
  return code.kind === 'apply' && code.type === 'i32' && code.args.every((arg) => isAtom(arg) || isAddress(arg));
}

function isAtom(code: Code): boolean {
  return code.type === 'i32' && (code.kind === 'number' || code.kind === 'get');
}
