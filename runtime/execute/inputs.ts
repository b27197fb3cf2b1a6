/**
 * What a run of a program is given, laid out once and written anew for every run: the uniform blocks of its kernels, then
 * the arguments that the host computes for it.
 */
import type { Plan, PlanKernel, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { InternalError } from '../errors.ts';

/** Gives the scalar of that name for one run of a program: any number for f32, a whole one for u32. */
export type Scalars = (name: string) => number;

/** An argument of a program that differs from run to run: a function of the run's scalars. */
export interface HostArgument {
  /** Of the plan's buffer. */
  readonly name: string;
  /** Numbers that it holds. */
  readonly length: number;
  readonly compute: (scalars: Scalars) => Uint32Array;
}

export class InputLayout {
  /** Bytes that one run takes; 0 where it is given nothing. */
  readonly stride: number;
  /** Bytes of the largest uniform block: what a bind group shows of the buffer. */
  readonly window: number;
  /** What has to be copied before a run, from so far within its inputs to the start of a buffer. */
  readonly copies: readonly { readonly from: number; readonly bytes: number; readonly buffer: string }[];
  readonly #blocks: readonly { readonly scalars: readonly string[]; readonly offset: number }[];
  readonly #offsets: ReadonlyMap<string, number>;
  readonly #integers: ReadonlySet<string>;
  readonly #given: readonly HostArgument[];

  /** Kernels with the same scalars share a block; blocks begin at multiples of `alignment` bytes. */
  constructor(
    plan: Plan,
    program: PlanProgram,
    kernels: ReadonlyMap<string, PlanKernel>,
    alignment: number,
    given: readonly HostArgument[] = [],
  ) {
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
    let end = blocks.length * step;
    this.copies = given.map(({ name, length }) => {
      const copy = { from: end, bytes: 4 * length, buffer: name };
      end += Math.ceil(copy.bytes / alignment) * alignment;
      return copy;
    });
    this.stride = end;
    this.window = window;
    this.#blocks = blocks;
    this.#offsets = offsets;
    this.#integers = new Set(plan.uniforms.filter(({ dtype }) => dtype === 'u32').map(({ name }) => name));
    this.#given = given;
  }

  /** Where the kernel's block lies within a run's inputs. */
  offsetOf(kernel: PlanKernel): number {
    return this.#offsets.get(kernel.scalars.join(' '))!;
  }

  /** The inputs of several runs one after the other: stride bytes each, little endian as the device reads them. */
  write(runs: readonly Scalars[]): Uint8Array {
    const view = new DataView(new ArrayBuffer(this.stride * runs.length));
    runs.forEach((scalars, run) => {
      const begin = run * this.stride;
      for (const block of this.#blocks) {
        block.scalars.forEach((name, member) => {
          const at = begin + block.offset + 4 * member;
          if (this.#integers.has(name)) view.setUint32(at, scalars(name), true);
          else view.setFloat32(at, scalars(name), true);
        });
      }
      this.#given.forEach(({ compute }, i) => {
        const { from } = this.copies[i]!;
        compute(scalars).forEach((value, element) => view.setUint32(begin + from + 4 * element, value, true));
      });
    });
    return new Uint8Array(view.buffer);
  }
}
