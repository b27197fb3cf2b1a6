/** Writes the instructions of a function, a block in another, and gives out names for its locals. */
import { get, isAtom } from './build.ts';
import type { ValueType } from './instructions.ts';
import { partsOf, type Code, type CodeOf, type Instruction, type Local } from './ir.ts';
import { Keys } from './passes/keys.ts';
import { Sets } from './passes/locals.ts';

/** What a block holds under names, so that it computes nothing twice. */
interface Held {
  readonly keys: Keys;
  readonly locals: Map<number, Local>;
}

const nothingHeld = (): Held => ({ keys: new Keys(), locals: new Map() });

export class Writer {
  #block: Instruction[] = [];
  #held = nothingHeld();
  readonly #sets = new Sets();
  readonly #taken = new Set<string>();
  /** Locals whose block has been closed, by name and type: another block may use them again. */
  readonly #free = new Map<string, Local[]>();
  #open: { readonly key: string; readonly local: Local }[] = [];

  get instructions(): readonly Instruction[] {
    return this.#block;
  }

  push(instruction: Instruction): void {
    this.#block.push(instruction);
    this.#held.keys.changed(this.#sets.of(instruction));
  }

  /** A local of this block. */
  local(hint: string, type: ValueType): Local {
    const key = `${hint} ${type}`;
    const local = this.#free.get(key)?.pop() ?? { name: this.name(hint), type };
    this.#open.push({ key, local });
    return local;
  }

  /** The hint as a name that nothing else in the function has. */
  name(hint: string): string {
    let name = hint;
    for (let i = 2; this.#taken.has(name); i++) name = `${hint}${/\d$/.test(hint) ? '_' : ''}${i}`;
    this.#taken.add(name);
    return name;
  }

  set(local: Local, value: Code): void {
    this.push({ kind: 'set', local, value });
  }

  /** The value under a name: that of the same value in this block, if there is one. What costs nothing needs none. */
  hold(hint: string, value: Code): Code {
    if (isAtom(value)) return value;
    if (readsMemory(value)) return this.#set(hint, value);
    const { keys, locals } = this.#held;
    const key = keys.of(value);
    const known = locals.get(key);
    if (known !== undefined) return get(known);
    const held = this.#set(hint, value);
    locals.set(key, held.local);
    return held;
  }

  append(instructions: readonly Instruction[]): void {
    instructions.forEach((instruction) => this.push(instruction));
  }

  /** What `write` writes, in this block, with locals of its own. */
  splice(write: () => void): void {
    this.append(this.inside(write));
  }

  /** What `write` writes, as a block of its own. */
  inside(write: () => void): readonly Instruction[] {
    const [outer, held, open] = [this.#block, this.#held, this.#open];
    this.#block = [];
    this.#held = nothingHeld();
    this.#open = [];
    write();
    const inner = this.#block;
    for (const { key, local } of this.#open) this.#free.set(key, [...(this.#free.get(key) ?? []), local]);
    this.#block = outer;
    this.#held = held;
    this.#open = open;
    return inner;
  }

  #set(hint: string, value: Code): CodeOf<'get'> {
    const local = this.local(hint, value.type);
    this.set(local, value);
    return { kind: 'get', type: local.type, local };
  }
}

/** Functions of the scalar language read none, so that calls of them may be shared. */
function readsMemory(code: Code): boolean {
  return code.kind === 'load' || partsOf(code).some(readsMemory);
}
