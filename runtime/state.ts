/** What training carries from step to step, on the device and off it: vectors, small states, and how far it has come. */
import type { Plan, PlanBinding } from '../compiler/5-kernel/plan.ts';
import type { Executor } from './execute/executor.ts';
import type { Numbers } from './execute/results.ts';

/** How far the parameters have been trained. */
export interface TrainedClock {
  readonly step: number;
  readonly steps: number;
  readonly batch: number;
  readonly rows: number;
}

/**
 * The carried buffers. Those whose programs are not prepared yet wait here, so that drawing from a checkpoint needs no
 * room for an optimizer's slots.
 */
export class CarriedState {
  readonly #plan: Plan;
  readonly #executor: Executor;
  readonly #waiting = new Map<string, Numbers>();

  constructor(executor: Executor) {
    this.#executor = executor;
    this.#plan = executor.plan;
  }

  /** The names of the plan's carried vectors ('parameters' first), and of the small states that training carries. */
  get vectors(): readonly string[] {
    const names = this.#plan.buffers.filter(({ role }) => role === 'vector').map(({ name }) => name);
    return ['parameters', ...names.filter((name) => name !== 'parameters')];
  }

  get states(): readonly string[] {
    const trained = new Set(
      this.#plan.programs.flatMap(({ kind, dispatches }) =>
        kind !== 'train' ? [] : dispatches.flatMap(({ bindings }) => bindings.map(bufferOf)),
      ),
    );
    return this.#plan.buffers.filter(({ role, name }) => role === 'state' && trained.has(name)).map(({ name }) => name);
  }

  /** Begins anew: parameters as given, vectors as copies of them or zeros, states zero. */
  begin(parameters: Float32Array): void {
    for (const name of this.vectors) this.#put(name, new Float32Array(parameters.length));
    this.replaceParameters(parameters);
    for (const name of this.states) this.#put(name, new Uint32Array(this.#words(name)));
  }

  /** Other parameters; vectors that begin as copies of them are copies again, all else stays. */
  replaceParameters(parameters: Float32Array): void {
    this.#put('parameters', parameters);
    const vectors = this.#plan.programs.flatMap((program) => (program.kind === 'train' ? program.vectors : []));
    for (const { name, initial } of vectors) if (initial === 'parameters') this.#put(name, parameters);
  }

  /** Puts numbers into a buffer that no program changes. */
  fill(name: string, numbers: Numbers): void {
    this.#put(name, numbers);
  }

  /** Takes over vectors and states; those that are missing keep what they are. */
  set(values: ReadonlyMap<string, Numbers>): void {
    const known = new Set([...this.vectors, ...this.states]);
    for (const [name, numbers] of values) if (known.has(name)) this.#put(name, numbers);
  }

  /** Hands to the device what its prepared programs carry. */
  settle(): void {
    for (const [name, numbers] of [...this.#waiting]) {
      if (!this.#executor.holds(name)) continue;
      this.#executor.write(name, numbers);
      this.#waiting.delete(name);
    }
  }

  /** Lowers the flag that masks updates, so that training can go on from the last good state. */
  lowerTrouble(): void {
    if (this.states.includes('trouble')) this.#put('trouble', new Uint32Array(this.#words('trouble')));
  }

  async read(name: string): Promise<Numbers> {
    return this.#waiting.get(name) ?? (await this.#executor.read(name));
  }

  /** One after the other: each takes a copy on the device while it is read. */
  async readVectors(): Promise<ReadonlyMap<string, Float32Array>> {
    const read = new Map<string, Float32Array>();
    for (const name of this.vectors) read.set(name, (await this.read(name)) as Float32Array);
    return read;
  }

  /** The states, the trouble flag lowered: what is kept is always good. */
  async readStates(): Promise<ReadonlyMap<string, Numbers>> {
    const all = this.states.map(async (name) => {
      const numbers = await this.read(name);
      return [name, name === 'trouble' ? numbers.map(() => 0) : numbers] as const;
    });
    return new Map(await Promise.all(all));
  }

  #put(name: string, numbers: Numbers): void {
    this.#waiting.set(name, numbers);
    this.settle();
  }

  #words(name: string): number {
    return Math.floor(this.#plan.buffers.find((buffer) => buffer.name === name)!.bytes / 4);
  }
}

function bufferOf(binding: PlanBinding): string | undefined {
  return binding.kind === 'buffer' ? binding.buffer : undefined;
}
