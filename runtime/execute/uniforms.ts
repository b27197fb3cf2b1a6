/** The uniform blocks of a program: the scalars of its kernels, laid out once, written anew for every run. */
import type { Plan, PlanKernel, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { InternalError } from '../errors.ts';

/** Gives the scalar of that name for one run of a program: any number for f32, a whole one for u32. */
export type Scalars = (name: string) => number;

export class UniformLayout {
  /** Bytes that one run takes; 0 when no kernel of the program has scalars. */
  readonly stride: number;
  /** Bytes of the largest block: what a bind group shows of the buffer. */
  readonly window: number;
  readonly #blocks: readonly { readonly scalars: readonly string[]; readonly offset: number }[];
  readonly #offsets: ReadonlyMap<string, number>;
  readonly #integers: ReadonlySet<string>;

  /** Kernels with the same scalars share a block; blocks begin at multiples of `alignment` bytes. */
  constructor(plan: Plan, program: PlanProgram, kernels: ReadonlyMap<string, PlanKernel>, alignment: number) {
    const distinct = new Map<string, readonly string[]>();
    for (const { kernel } of program.dispatches) {
      const scalars = kernels.get(kernel)?.scalars ?? [];
      if (scalars.length > 0) distinct.set(scalars.join(' '), scalars);
    }
    const window = Math.max(16, ...[...distinct.values()].map((scalars) => Math.ceil(scalars.length / 4) * 16));
    const step = Math.ceil(window / alignment) * alignment;
    const blocks = [...distinct.values()].map((scalars, i) => ({ scalars, offset: i * step }));
    const offsets = new Map(blocks.map(({ scalars, offset }) => [scalars.join(' '), offset]));
    const dtypes = new Map(plan.uniforms.map(({ name, dtype }) => [name, dtype]));
    for (const name of blocks.flatMap(({ scalars }) => scalars)) {
      if (!dtypes.has(name))
        throw new InternalError(`a kernel of "${program.name}" reads scalar "${name}", and the plan has none`);
    }
    this.stride = blocks.length * step;
    this.window = window;
    this.#blocks = blocks;
    this.#offsets = offsets;
    this.#integers = new Set(plan.uniforms.filter(({ dtype }) => dtype === 'u32').map(({ name }) => name));
  }

  /** Where the kernel's block lies within a run's blocks. */
  offsetOf(kernel: PlanKernel): number {
    return this.#offsets.get(kernel.scalars.join(' '))!;
  }

  /** The blocks of several runs one after the other: stride bytes each, little endian as the device reads them. */
  write(runs: readonly Scalars[]): Uint8Array {
    const view = new DataView(new ArrayBuffer(this.stride * runs.length));
    runs.forEach((scalars, run) => {
      for (const block of this.#blocks) {
        block.scalars.forEach((name, member) => {
          const at = run * this.stride + block.offset + 4 * member;
          if (this.#integers.has(name)) view.setUint32(at, scalars(name), true);
          else view.setFloat32(at, scalars(name), true);
        });
      }
    });
    return new Uint8Array(view.buffer);
  }
}
