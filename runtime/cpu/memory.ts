/** The one memory that all threads of an executor compute in: handed out piece by piece, zeros at first. */
import { freemem } from 'node:os';
import { EnvironmentError } from '../errors.ts';
import { type Demand, inBytes, totalOf } from '../execute/demand.ts';

const page = 65_536;
/** What 32-bit addresses reach. */
const most = 2 ** 32;
/** A cache line: no two pieces share one, and vectors of four never straddle two. */
const alignment = 64;

export class SharedMemory {
  /** Room is only reserved until it is handed out, so the largest is asked for at once. */
  readonly memory: WebAssembly.Memory;
  /** Address 0 is nobody's. */
  #used = alignment;

  /** Throws an EnvironmentError where the machine gives none. */
  constructor() {
    this.memory = withRoom(() => new WebAssembly.Memory({ initial: 1, maximum: most / page, shared: true }));
  }

  /** Throws an EnvironmentError, with the figures, unless there is room for all of it. */
  demand(demands: readonly Demand[], machine: number = process.availableMemory?.() ?? freemem()): void {
    const aligned = demands.map(({ what, bytes }) => ({ what, bytes: roundUp(bytes, alignment) }));
    const total = totalOf(aligned);
    const largest = aligned.reduce((a, b) => (b.bytes > a.bytes ? b : a), { what: 'nothing', bytes: 0 });
    const remedy = 'make "batch" or the layers smaller, or use fewer rows';
    const need = `the most of it (${inBytes(largest.bytes)}) for ${largest.what}`;
    if (this.#used + total > most) {
      throw new EnvironmentError(
        `this spec needs ${inBytes(this.#used + total)} of memory, ${need}, and on the processor there are ${inBytes(most)} ` +
          `at most: ${remedy}, or compute on a graphics card with --device webgpu`,
      );
    }
    if (total > machine) {
      throw new EnvironmentError(
        `this spec needs ${inBytes(total)} of memory, ${need}, and the machine has ${inBytes(machine)} left: ${remedy}`,
      );
    }
  }

  /** The address of so many bytes, all zero, that nothing else lies in; a multiple of 64. */
  allocate(bytes: number): number {
    const address = this.#used;
    const end = address + roundUp(bytes, alignment);
    const missing = Math.ceil((end - this.memory.buffer.byteLength) / page);
    if (missing > 0) withRoom(() => this.memory.grow(missing));
    this.#used = end;
    return address;
  }

  put(address: number, bytes: Uint8Array): void {
    new Uint8Array(this.memory.buffer).set(bytes, address);
  }

  copy(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer, address, length).slice();
  }
}

function withRoom<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EnvironmentError(`the machine gave no memory to compute in: ${error.message}`, { cause: error });
  }
}

function roundUp(bytes: number, step: number): number {
  return Math.ceil(bytes / step) * step;
}
