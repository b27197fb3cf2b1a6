/** The one memory that all threads of an executor compute in: handed out piece by piece, zeros at first. */
import { freemem } from 'node:os';
import { inBytes, type MemoryNeed, totalOf } from '../../compiler/5-kernel/needs.ts';
import { EnvironmentError } from '../errors.ts';
import { partsText } from '../execute/refusal.ts';

const page = 65_536;
/** What 32-bit addresses reach. */
export const mostMemory = 2 ** 32;
/** A cache line: no two pieces share one, and vectors of four never straddle two. */
const alignment = 64;

export class SharedMemory {
  /** Room is only reserved until it is handed out, so the largest is asked for at once. */
  readonly memory: WebAssembly.Memory;
  /** Address 0 is nobody's. */
  #used = alignment;

  /** Throws an EnvironmentError where the machine gives none. */
  constructor() {
    this.memory = withRoom(() => new WebAssembly.Memory({ initial: 1, maximum: mostMemory / page, shared: true }));
  }

  /**
   * Throws an EnvironmentError, with the figures, unless there is room for all of it, each as long as `sizeInMemory`
   * says. `remedy` tells what to change about the spec.
   */
  demand(
    needs: readonly MemoryNeed[],
    remedy: string,
    machine: number = process.availableMemory?.() ?? freemem(),
  ): void {
    const total = totalOf(needs);
    const figures = `(${partsText(needs)})`;
    if (this.#used + total > mostMemory) {
      throw new EnvironmentError(
        `this spec needs ${inBytes(this.#used + total)} of memory ${figures}, and on the processor there are ` +
          `${inBytes(mostMemory)} at most; ${remedy}, or compute on a graphics card with --device webgpu`,
      );
    }
    if (total > machine) {
      throw new EnvironmentError(
        `this spec needs ${inBytes(total)} of memory ${figures}, and the machine has ${inBytes(machine)} left; ${remedy}`,
      );
    }
  }

  /** The address of so many bytes, all zero, that nothing else lies in; a multiple of 64. */
  allocate(bytes: number): number {
    const address = this.#used;
    const end = address + sizeInMemory(bytes);
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

/** What a piece of so many bytes takes. */
export function sizeInMemory(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function withRoom<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new EnvironmentError(`the machine gave no memory to compute in: ${error.message}`, { cause: error });
  }
}
