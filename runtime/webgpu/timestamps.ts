/** The times of a submit's dispatches, by timestamps at both ends of the pass that each is in. */
import type { Interval } from '../profile/timeline.ts';
import type { WebGpuDevice } from './device.ts';
import { mapForReading, Usage } from './flags.ts';

/** Timestamps that WebGPU lets a query set hold at most. */
const mostQueries = 4096;

export class Timestamps {
  readonly #device: WebGpuDevice;
  readonly #count: number;
  readonly #sets: readonly GPUQuerySet[];
  readonly #resolved: GPUBuffer;
  readonly #copy: GPUBuffer;
  #next = 0;

  private constructor(device: WebGpuDevice, dispatches: number) {
    const { gpu } = device;
    this.#device = device;
    this.#count = 2 * dispatches;
    this.#sets = Array.from({ length: Math.ceil(this.#count / mostQueries) }, (_, i) => {
      return gpu.createQuerySet({ type: 'timestamp', count: Math.min(mostQueries, this.#count - i * mostQueries) });
    });
    const size = 8 * this.#count;
    this.#resolved = gpu.createBuffer({ label: 'timestamps', size, usage: Usage.queryResolve | Usage.copySource });
    this.#copy = gpu.createBuffer({ label: 'timestamps read', size, usage: Usage.mapRead | Usage.copyTarget });
  }

  /** For so many dispatches; undefined where the device has no timestamps. */
  static on(device: WebGpuDevice, dispatches: number): Timestamps | undefined {
    return device.report.features.includes('timestamp-query') ? new Timestamps(device, dispatches) : undefined;
  }

  /** What the pass of the next dispatch writes. */
  next(): GPUComputePassTimestampWrites {
    const at = 2 * this.#next++;
    const querySet = this.#sets[Math.floor(at / mostQueries)]!;
    const within = at % mostQueries;
    return { querySet, beginningOfPassWriteIndex: within, endOfPassWriteIndex: within + 1 };
  }

  /** To be called once every dispatch has been recorded. */
  resolve(encoder: GPUCommandEncoder): void {
    this.#sets.forEach((set, i) => encoder.resolveQuerySet(set, 0, set.count, this.#resolved, 8 * i * mostQueries));
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#copy, 0, 8 * this.#count);
  }

  /** Milliseconds by the device's clock, dispatch by dispatch; to be called once, after the submit. */
  async read(): Promise<readonly Interval[]> {
    await this.#device.until(() => this.#copy.mapAsync(mapForReading));
    const marks = new BigUint64Array(this.#copy.getMappedRange().slice(0));
    for (const buffer of [this.#resolved, this.#copy]) buffer.destroy();
    for (const set of this.#sets) set.destroy();
    const milliseconds = (at: number) => Number(marks[at]!) / 1e6;
    return Array.from({ length: this.#count / 2 }, (_, i) => {
      return { begin: milliseconds(2 * i), end: milliseconds(2 * i + 1) };
    });
  }
}
