/** The data of a model: loaded when it is first needed, its derived fields computed, let go of when the device holds it. */
import type { CompiledKernels } from '../compiler/5-kernel/plan.ts';
import { frozenVector } from '../compiler/4-tensor/program.ts';
import { type DataSet, type LoadedSplit, splitNamed } from './data/dataset.ts';
import { deriveFields } from './data/derived-fields.ts';
import { loadDataSets, type LoadOptions } from './data/load.ts';
import type { Device } from './device/device.ts';
import type { Hypers } from './host/hypers.ts';
import { hostClock } from './host/positions.ts';
import { scalarsOf } from './host/scalars.ts';
import { programNamed } from './programs.ts';

export interface DataOptions {
  /** Where data files lie, and readers of sources that are not built in. Data is loaded when first needed. */
  readonly data?: LoadOptions;
  /** Data that is loaded already, in place of `data`. */
  readonly sets?: ReadonlyMap<string, DataSet>;
}

export class ModelData {
  readonly #compiled: CompiledKernels;
  readonly #device: Device;
  readonly #hypers: Hypers;
  /** The parameters of finished runs, which derived fields are computed with. */
  readonly #frozen: Float32Array | undefined;
  readonly #options: DataOptions;
  #sets: Promise<ReadonlyMap<string, DataSet>> | undefined;
  /** Rows of the sets that were asked for, by reference; known when the data has been let go of. */
  readonly #rows = new Map<string, number>();

  constructor(
    compiled: CompiledKernels,
    device: Device,
    hypers: Hypers,
    frozen: Float32Array | undefined,
    options: DataOptions,
  ) {
    this.#compiled = compiled;
    this.#device = device;
    this.#hypers = hypers;
    this.#frozen = frozen;
    this.#options = options;
    this.#sets = options.sets && Promise.resolve(options.sets);
  }

  /** Whether data was asked for, and is still held. */
  get isLoaded(): boolean {
    return this.#sets !== undefined;
  }

  /** Every set by name. Throws a UserError for anything wrong with the data. */
  sets(): Promise<ReadonlyMap<string, DataSet>> {
    this.#sets ??= loadDataSets(this.#compiled.plan.data, {
      ...(this.#options.data ?? { folder: '.' }),
      derive: (program, split) => this.#derive(program, split),
    });
    return this.#sets;
  }

  /** How many rows a reference such as `mnist.train` means. */
  async rowsOf(reference: string): Promise<number> {
    const rows = this.#rows.get(reference) ?? splitNamed(await this.sets(), reference).rows;
    this.#rows.set(reference, rows);
    return rows;
  }

  /** Holds what was loaded no longer: it is loaded again if it is asked for again. Data that was handed in stays. */
  letGo(): void {
    if (this.#options.sets === undefined) this.#sets = undefined;
  }

  /** Fields of a set's rows from the others: by an executor of its own, so that nothing of it stays on the device. */
  async #derive(name: string, split: LoadedSplit): Promise<ReadonlyMap<string, Float32Array>> {
    const { plan } = this.#compiled;
    const program = programNamed(plan, 'derive', name);
    const executor = this.#device.executor(this.#compiled);
    try {
      await executor.prepare([program], () => split);
      if (this.#frozen !== undefined && executor.holds(frozenVector)) executor.write(frozenVector, this.#frozen);
      const host = hostClock(0, 1, split.rows, 0);
      const scalars = scalarsOf(plan, this.#hypers);
      const clock = { step: 0, epoch: 0, offset: 0, rows: split.rows, seed: 0 };
      return await deriveFields(executor, program, split.rows, (first) =>
        scalars({ clock: { ...clock, first }, host }),
      );
    } finally {
      executor.close();
    }
  }
}
