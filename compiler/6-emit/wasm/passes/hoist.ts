/**
 * Computes before a loop what it does not change. Addresses leave every loop that they stay the same in. Vectors leave
 * only loops that hold no other: kept over an inner loop, they would take the registers that it needs.
 *
 * (loop (set x (load (add (add base (shl row 4)) (shl k 2)))) …)  becomes
 * (set base_at (add base (shl row 4))) (loop (set x (load (add base_at (shl k 2)))) …)
 */
import * as b from '../build.ts';
import { blocksOf, mapBlocks, mapParts, mapValues, partsOf } from '../ir.ts';
import type { Code, CodeOf, Instruction, Local, WasmFunction } from '../ir.ts';
import { numberText } from '../numbers.ts';
import { Keys } from './keys.ts';
import { addressName, locals, Sets, type Names } from './locals.ts';

export function hoist(fn: WasmFunction): WasmFunction {
  return { ...fn, body: new Hoist(locals(fn)).block(fn.body) };
}

/** A loop around the instruction at hand. */
interface Loop {
  /** Whether it holds no other. */
  readonly isLeaf: boolean;
  /** What goes before it. */
  readonly before: Instruction[];
  readonly held: Map<number, Local>;
  readonly keys: Keys;
}

class Hoist {
  readonly #names: Names;
  readonly #sets = new Sets();
  readonly #loops: Loop[] = [];
  /** How many of the loops around change it: all but the innermost ones that do not. */
  readonly #levels = new Map<Local, number>();
  /** The same of the values of one instruction. */
  #known = new Map<Code, number>();

  constructor(names: Names) {
    this.#names = names;
  }

  block(block: readonly Instruction[]): readonly Instruction[] {
    return block.flatMap((instruction) => {
      if (instruction.kind === 'loop') return this.#loop(instruction);
      this.#known = new Map();
      const next = mapValues(instruction, (value) => this.#part(value, this.#loops.length));
      return [mapBlocks(next, (inner) => this.block(inner))];
    });
  }

  #loop(instruction: Instruction & { readonly kind: 'loop' }): readonly Instruction[] {
    const isLeaf = !instruction.body.some(hasLoop);
    const loop: Loop = { isLeaf, before: [], held: new Map(), keys: new Keys() };
    const changed = this.#sets.of(instruction);
    const outer = [...changed].map((local) => [local, this.#levels.get(local) ?? 0] as const);
    this.#loops.push(loop);
    for (const local of changed) this.#levels.set(local, this.#loops.length);
    const body = this.block(instruction.body);
    this.#loops.pop();
    for (const [local, level] of outer) this.#levels.set(local, level);
    return [...loop.before, { ...instruction, body }];
  }

  /** The value within the outermost `depth` loops. */
  #part(code: Code, depth: number): Code {
    const level = this.#targetOf(code, depth);
    if (level === undefined) return mapParts(code, (part) => this.#part(part, depth));
    const { held, before, keys } = this.#loops[level]!;
    const key = keys.of(code);
    const known = held.get(key);
    if (known !== undefined) return b.get(known);
    const local = this.#localFor(code);
    held.set(key, local);
    before.push({ kind: 'set', local, value: mapParts(code, (part) => this.#part(part, level)) });
    return b.get(local);
  }

  /** How many of the loops the value need be in; undefined where it stays in all of them. */
  #targetOf(code: Code, depth: number): number | undefined {
    if (code.kind === 'get' || code.kind === 'number') return undefined;
    const level = this.#levelOf(code);
    if (level >= depth) return undefined;
    if (code.type === 'i32') return level;
    // Zeros and ones in all bits are made by one instruction.
    if (code.kind === 'vector' && [0, -1].some((bits) => code.values.every((value) => Object.is(value, bits)))) {
      return undefined;
    }
    return depth === this.#loops.length && this.#loops[depth - 1]!.isLeaf ? depth - 1 : undefined;
  }

  /** Memory may change, and calls cost too much to make where none was: neither leaves a loop. */
  #levelOf(code: Code): number {
    if (code.kind === 'get') return this.#levels.get(code.local) ?? 0;
    if (code.kind === 'load' || code.kind === 'call') return Infinity;
    const known = this.#known.get(code);
    if (known !== undefined) return known;
    const level = partsOf(code).reduce((most, part) => Math.max(most, this.#levelOf(part)), 0);
    this.#known.set(code, level);
    return level;
  }

  /** A constant is the same wherever it is set, so that all loops share its local. */
  #localFor(code: Code): Local {
    return code.kind === 'vector'
      ? this.#names.constant(constantName(code))
      : this.#names.local(hintOf(code), code.type);
  }
}

function hasLoop(instruction: Instruction): boolean {
  return instruction.kind === 'loop' || blocksOf(instruction).some((block) => block.some(hasLoop));
}

function hintOf(code: Code): string {
  const isTruth = code.kind === 'apply' && /[.](eq|ne|[lg][te])/.test(code.operation);
  if (code.type === 'i32') return isTruth ? 'holds' : addressName(code);
  const [only] = partsOf(code);
  return only?.kind === 'get' ? `all_${only.local.name}` : 'fixed';
}

/** `1.5` for that number in all lanes, `i7` for a whole one, `0:1:2:3` for four of them. */
function constantName({ lanes, values }: CodeOf<'vector'>): string {
  const texts = values.map((value) => (lanes === 'f32x4' ? numberText(value, 'f32') : `i${numberText(value, 'i32')}`));
  return texts.every((text) => text === texts[0]) ? texts[0]! : texts.join(':');
}
