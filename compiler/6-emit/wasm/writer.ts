/** Writes the instructions of a function, a block in another, and gives out names for its locals. */
import { get, isAtom } from './build.ts';
import type { ValueType } from './instructions.ts';
import type { Code, Instruction, Local } from './ir.ts';

export class Writer {
  #block: Instruction[] = [];
  readonly #taken = new Set<string>();
  /** Locals whose block has been closed, by name and type: another block may use them again. */
  readonly #free = new Map<string, Local[]>();
  #open: { readonly key: string; readonly local: Local }[] = [];

  get instructions(): readonly Instruction[] {
    return this.#block;
  }

  push(instruction: Instruction): void {
    this.#block.push(instruction);
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

  /** The value under a name; what costs nothing to say again needs none. */
  hold(hint: string, value: Code): Code {
    if (isAtom(value)) return value;
    const local = this.local(hint, value.type);
    this.set(local, value);
    return get(local);
  }

  append(instructions: readonly Instruction[]): void {
    this.#block.push(...instructions);
  }

  /** What `write` writes, in this block, with locals of its own. */
  splice(write: () => void): void {
    this.append(this.inside(write));
  }

  /** What `write` writes, as a block of its own. */
  inside(write: () => void): readonly Instruction[] {
    const [outer, open] = [this.#block, this.#open];
    this.#block = [];
    this.#open = [];
    write();
    const inner = this.#block;
    for (const { key, local } of this.#open) this.#free.set(key, [...(this.#free.get(key) ?? []), local]);
    this.#block = outer;
    this.#open = open;
    return inner;
  }
}
