/** The locals of a function, for passes: new ones by names of their own, and those that instructions set. */
import { blocksOf, localsOf, partsOf, type Code, type Instruction, type Local, type WasmFunction } from '../ir.ts';
import type { ValueType } from '../instructions.ts';

export interface Names {
  /** A new local, called after the hint. */
  local(hint: string, type: ValueType): Local;
  /** The local of a vector that is the same all through the function. */
  constant(name: string): Local;
}

export function locals(fn: WasmFunction): Names {
  const taken = new Set([...fn.parameters, ...localsOf(fn)].map(({ name }) => name));
  const constants = new Map<string, Local>();
  const local = (hint: string, type: ValueType): Local => {
    let name = hint;
    for (let i = 2; taken.has(name); i++) name = `${hint}${/\d$/.test(hint) ? '_' : ''}${i}`;
    taken.add(name);
    return { name, type };
  };
  const constant = (name: string): Local => {
    const known = constants.get(name) ?? local(name, 'v128');
    constants.set(name, known);
    return known;
  };
  return { local, constant };
}

/** The locals that instructions set, in their blocks too. */
export class Sets {
  readonly #known = new Map<Instruction, ReadonlySet<Local>>();

  of(instruction: Instruction): ReadonlySet<Local> {
    if (instruction.kind === 'set') return new Set([instruction.local]);
    const blocks = blocksOf(instruction);
    if (blocks.length === 0) return nothing;
    const known = this.#known.get(instruction);
    if (known !== undefined) return known;
    const found = new Set(blocks.flatMap((block) => block.flatMap((inner) => [...this.of(inner)])));
    this.#known.set(instruction, found);
    return found;
  }
}

const nothing: ReadonlySet<Local> = new Set();

/** `x_at` for an address in x. */
export function addressName(code: Code): string {
  const first = (part: Code): string | undefined => {
    if (part.kind === 'get') return part.local.name.replace(/_at\d*$/, '');
    for (const inner of partsOf(part)) {
      const name = first(inner);
      if (name !== undefined) return name;
    }
    return undefined;
  };
  return `${first(code) ?? 'fixed'}_at`;
}
