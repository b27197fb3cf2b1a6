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
import { addressName, locals, setIn, type Names } from './locals.ts';

export function hoist(fn: WasmFunction): WasmFunction {
  const names = locals(fn);
  return { ...fn, body: hoistBlock(fn.body, names) };
}

function hoistBlock(block: readonly Instruction[], names: Names): readonly Instruction[] {
  return block.flatMap((instruction) => {
    if (instruction.kind !== 'loop') return [mapBlocks(instruction, (inner) => hoistBlock(inner, names))];
    const before = new Before(instruction.body, names);
    const body = instruction.body.map((one) => before.without(one));
    return [...before.instructions, { ...instruction, body: hoistBlock(body, names) }];
  });
}

/** What goes before one loop. */
class Before {
  readonly instructions: Instruction[] = [];
  readonly #changed: ReadonlySet<Local>;
  /** Whether the loop holds no other. */
  readonly #isLeaf: boolean;
  readonly #held = new Map<number, Local>();
  readonly #keys = new Keys();
  readonly #fixed = new Map<Code, boolean>();
  readonly #names: Names;

  constructor(body: readonly Instruction[], names: Names) {
    this.#changed = setIn(body);
    this.#isLeaf = !body.some(hasLoop);
    this.#names = names;
  }

  without(instruction: Instruction): Instruction {
    return mapBlocks(
      mapValues(instruction, (value) => this.#part(value)),
      (block) => block.map((inner) => this.without(inner)),
    );
  }

  #part(code: Code): Code {
    if (!this.#isFixed(code)) return mapParts(code, (part) => this.#part(part));
    if (!this.#isWorthwhile(code)) return code;
    const key = this.#keys.of(code);
    const local = this.#held.get(key) ?? this.#localFor(code);
    if (!this.#held.has(key)) this.instructions.push({ kind: 'set', local, value: code });
    this.#held.set(key, local);
    return b.get(local);
  }

  /** A constant is the same wherever it is set, so that all loops share its local. */
  #localFor(code: Code): Local {
    return code.kind === 'vector'
      ? this.#names.constant(constantName(code))
      : this.#names.local(hintOf(code), code.type);
  }

  /** Whether the loop changes nothing of it. Memory may change, and calls cost too much to make where none was. */
  #isFixed(code: Code): boolean {
    if (code.kind === 'load' || code.kind === 'call') return false;
    if (code.kind === 'get') return !this.#changed.has(code.local);
    const known = this.#fixed.get(code);
    if (known !== undefined) return known;
    const fixed = partsOf(code).every((part) => this.#isFixed(part));
    this.#fixed.set(code, fixed);
    return fixed;
  }

  #isWorthwhile(code: Code): boolean {
    if (code.kind === 'get' || code.kind === 'number') return false;
    // Zeros and ones in all bits are made by one instruction.
    if (code.kind === 'vector') return this.#isLeaf && ![0, -1].some((bits) => isOf(code, bits));
    return code.type === 'i32' || this.#isLeaf;
  }
}

function isOf({ values }: CodeOf<'vector'>, bits: number): boolean {
  return values.every((value) => Object.is(value, bits));
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
