/**
 * The time of every dispatch on a WebGPU device, by timestamps around it: each dispatch is given a pass of its own, since
 * only the ends of passes can be timed. Dawn rounds timestamps to 65 µs, so means over many runs are meant.
 */
import type { WebGpuDevice } from '../../runtime/webgpu/device.ts';
import { mapForReading, Usage } from '../../runtime/webgpu/flags.ts';

/** Dispatches between two readings at most. */
const most = 512;

/** QUERY_RESOLVE of GPUBufferUsage, whose globals are not there. */
const queryResolve = 0x0200;

export class DispatchClock {
  readonly #device: WebGpuDevice;
  readonly #gpu: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #copy: GPUBuffer;
  /** Dispatches since the last reading. */
  #count = 0;

  private constructor(device: WebGpuDevice, gpu: GPUDevice) {
    this.#device = device;
    this.#gpu = gpu;
    this.#queries = gpu.createQuerySet({ type: 'timestamp', count: 2 * most });
    const size = 2 * most * 8;
    this.#resolved = gpu.createBuffer({ size, usage: queryResolve | Usage.copySource });
    this.#copy = gpu.createBuffer({ size, usage: Usage.mapRead | Usage.copyTarget });
  }

  /** From now on everything that is dispatched on the device is timed; undefined where it has no timestamps. */
  static on(device: WebGpuDevice): DispatchClock | undefined {
    const { gpu } = device;
    if (!gpu.features.has('timestamp-query')) return undefined;
    const clock = new DispatchClock(device, gpu);
    Object.defineProperty(device, 'gpu', { value: clock.#timed(gpu) });
    return clock;
  }

  /** Forgets what was dispatched so far. */
  reset(): void {
    this.#count = 0;
  }

  /** Milliseconds of each dispatch since the last reading, in order. */
  async take(): Promise<readonly number[]> {
    const count = Math.min(this.#count, most);
    this.#count = 0;
    const encoder = this.#gpu.createCommandEncoder();
    encoder.resolveQuerySet(this.#queries, 0, 2 * count, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#copy, 0, 16 * count);
    this.#gpu.queue.submit([encoder.finish()]);
    await this.#device.until(() => this.#copy.mapAsync(mapForReading, 0, 16 * count));
    const marks = new BigUint64Array(this.#copy.getMappedRange(0, 16 * count).slice(0));
    this.#copy.unmap();
    return Array.from({ length: count }, (_, i) => Number(marks[2 * i + 1]! - marks[2 * i]!) / 1e6);
  }

  /** The device, but that its encoders time what they dispatch. */
  #timed(gpu: GPUDevice): GPUDevice {
    return forwarding(gpu, {
      createCommandEncoder: (descriptor?: GPUCommandEncoderDescriptor) => {
        const encoder = gpu.createCommandEncoder(descriptor);
        return forwarding(encoder, { beginComputePass: () => this.#pass(encoder) });
      },
    });
  }

  /** A pass that opens a real one for every dispatch. */
  #pass(encoder: GPUCommandEncoder): GPUComputePassEncoder {
    let pipeline: GPUComputePipeline;
    let group: readonly [GPUBindGroup, readonly number[]];
    const pass = {
      setPipeline: (one: GPUComputePipeline) => void (pipeline = one),
      setBindGroup: (_index: number, one: GPUBindGroup, offsets: readonly number[] = []) =>
        void (group = [one, offsets]),
      dispatchWorkgroups: (x: number, y = 1, z = 1) => {
        const at = 2 * Math.min(this.#count++, most - 1);
        const timestampWrites = {
          querySet: this.#queries,
          beginningOfPassWriteIndex: at,
          endOfPassWriteIndex: at + 1,
        };
        const real = encoder.beginComputePass({ timestampWrites });
        real.setPipeline(pipeline);
        real.setBindGroup(0, group[0], [...group[1]]);
        real.dispatchWorkgroups(x, y, z);
        real.end();
      },
      end: () => undefined,
    };
    return pass as unknown as GPUComputePassEncoder;
  }
}

/** An object of Dawn's with other methods in some places; the rest are called on the object itself, as they must be. */
function forwarding<T extends object>(real: T, own: Readonly<Record<string, unknown>>): T {
  return new Proxy(real, {
    get(_, name) {
      if (typeof name === 'string' && name in own) return own[name];
      const value: unknown = Reflect.get(real, name, real);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(real) : value;
    },
  });
}
