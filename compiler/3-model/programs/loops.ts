/** Loops of sample programs: the parts they cut a program into, and the states that carry values between the parts. */
import type { Context, Frame, Loop, Loops } from '../../2-check/context.ts';
import { joinPlates, spread } from '../../2-check/tensors.ts';
import { describeShape, type Plate, type TensorValue } from '../../2-check/values.ts';
import { sameShape } from '../../4-tensor/builder.ts';
import { topological, type Node, type Output } from '../../4-tensor/ir.ts';
import type { PartProgram, SamplePart } from '../../4-tensor/program.ts';

interface DraftPart {
  readonly outputs: Output[];
  readonly iterations: number;
  readonly firstStep: number;
  readonly keep?: NonNullable<SamplePart['keep']>;
}

export class SampleLoops implements Loops {
  readonly #context: Context;
  readonly #program: string;
  readonly #rows: Plate;
  readonly #parts: DraftPart[] = [];
  readonly #names = new Set<string>();
  #outputs: Output[] = [];
  #iterations: number | undefined;
  #steps = 0;

  constructor(context: Context, program: string, rows: Plate) {
    this.#context = context;
    this.#program = program;
    this.#rows = rows;
  }

  /** Whether a loop keeps what it carries. */
  get keeps(): boolean {
    return this.#parts.some(({ keep }) => keep !== undefined);
  }

  get iterations(): number | undefined {
    return this.#iterations;
  }

  /** Outside of loops always the same, so that a draw is the same number in every part that computes it. */
  get drawStep(): Node {
    return this.#iterations === undefined ? this.#context.b.constant(0, 'u32') : this.#context.clock('step');
  }

  run(frame: Frame, { span, carried, iterations, body, keep }: Loop): ReadonlyMap<string, TensorValue> | undefined {
    const { session } = this.#context;
    if (this.#iterations !== undefined) {
      session.report('not-supported', span, { what: 'a loop within a loop', instead: '' });
      return undefined;
    }
    if (keep !== undefined && this.keeps) {
      // One strip is kept under the loop's own steps: a second one would need a name.
      const what = "'keep' in a second loop of a program";
      session.report('not-supported', span, { what, instead: '; keep in one of them' });
      return undefined;
    }
    const states = new Map([...carried].map(([name, value]) => [name, this.#carry(frame, name, value)]));
    this.#spill(frame, carried);
    this.#endPart({ iterations: 1, firstStep: 0 });
    this.#iterations = iterations;
    const after = body(new Map([...states].map(([name, state]) => [name, state.value])));
    this.#iterations = undefined;
    if (after === undefined) return undefined;
    for (const [name, { value, state }] of states) {
      const next = after.get(name)!;
      if (!sameShape(next.shape, value.shape)) {
        const params = {
          left: describeShape(value.shape),
          right: describeShape(next.shape),
          of: `'${name}' before and after an iteration`,
        };
        session.report('shape-mismatch', span, params);
        return undefined;
      }
      this.#store(state, spread(frame, next, value.plates, value.shape), value.node);
    }
    const kept = keep && {
      state: states.get(keep.name)!.state,
      shape: states.get(keep.name)!.value.shape,
      after: keep.after,
      labels: keep.labels,
    };
    this.#endPart({ iterations, firstStep: this.#steps + 1, ...(kept && { keep: kept }) });
    this.#steps += iterations;
    // What the last iteration made of it may lie in another set than what the first one was given.
    return new Map([...states].map(([name, { value }]) => [name, { ...value, support: after.get(name)!.support }]));
  }

  /** The parts in order, without what no later part reads; `last` are the outputs after all loops. */
  finish(last: readonly Output[]): {
    readonly parts: readonly SamplePart[];
    readonly programs: readonly PartProgram[];
  } {
    const read = new Set<string>();
    for (const { keep } of this.#parts) if (keep !== undefined) read.add(keep.state);
    const note = (outputs: readonly Output[]): void => {
      for (const node of topological(outputs.map(({ node }) => node))) {
        if (node.kind === 'input' && node.source.kind === 'state') read.add(node.source.name);
      }
    };
    note(last);
    const programs: PartProgram[] = [];
    const parts: SamplePart[] = [];
    for (const { outputs, ...part } of [...this.#parts].reverse()) {
      const needed = settled(() => {
        const wanted = outputs.filter(({ target }) => target.kind === 'state' && read.has(target.name));
        // What an iteration reads, the one before it must have stored.
        note(wanted);
        return wanted;
      });
      if (needed.length === 0) continue;
      const name = `${this.#program}.part_${this.#parts.length - parts.length}`;
      programs.unshift({ kind: 'part', name, function: { name, outputs: needed } });
      parts.unshift({ program: name, ...part });
    }
    return { parts, programs };
  }

  /** A state that holds the value from here on. */
  #carry(frame: Frame, name: string, value: TensorValue): { readonly value: TensorValue; readonly state: string } {
    const { b } = this.#context;
    const plates = joinPlates([[this.#rows], value.plates]);
    const node = spread(frame, value, plates, value.shape);
    const whole = `${this.#program}.${name}`;
    let state = whole;
    for (let i = 2; this.#names.has(state); i++) state = `${whole}_${i}`;
    this.#names.add(state);
    const input = b.input({ kind: 'state', name: state }, node.shape, node.dtype);
    this.#store(state, node, input);
    return { value: { ...value, plates, node: input }, state };
  }

  #store(state: string, node: Node, input: Node): void {
    const { b } = this.#context;
    const typed = node.dtype === input.dtype ? node : b.map(input.dtype === 'u32' ? 'toU32' : 'toF32', node);
    this.#outputs.push({ name: state, node: typed, target: { kind: 'state', name: state } });
  }

  /** What was computed before the loop is stored for its body, not computed again in every iteration. */
  #spill(frame: Frame, carried: ReadonlyMap<string, TensorValue>): void {
    for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
      for (const [name, value] of at.values) {
        if (value.kind !== 'tensor' || carried.has(name) || isCheap(value.node)) continue;
        at.values.set(name, this.#carry(frame, name, value).value);
      }
    }
  }

  #endPart(part: Omit<DraftPart, 'outputs'>): void {
    this.#parts.push({ outputs: this.#outputs, ...part });
    this.#outputs = [];
  }
}

/** The list once it no longer grows. */
function settled<T>(next: () => readonly T[]): readonly T[] {
  let list = next();
  for (let again = next(); again.length > list.length; again = next()) list = again;
  return list;
}

/** Numbers and what the device holds already are read where they are used. */
function isCheap(node: Node): boolean {
  return ['constant', 'array', 'input', 'iota', 'batch'].includes(node.kind);
}
