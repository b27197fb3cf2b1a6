/** The device's buffers: those of the plan that the programs use, and the tables of the data sets. */
import { inBytes, type MemoryNeed, totalOf } from '../../compiler/5-kernel/needs.ts';
import type { Plan, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { EnvironmentError, InternalError } from '../errors.ts';
import {
  bytesOf,
  type Contents,
  literalBytes,
  missingContents,
  needsOf,
  padded,
  type Splits,
  tableKey,
} from '../execute/contents.ts';
import { partsText, remedyText } from '../execute/refusal.ts';
import type { WebGpuDevice } from './device.ts';
import { Usage } from './flags.ts';

export class Buffers {
  readonly #device: WebGpuDevice;
  readonly #plan: Plan;
  readonly #buffers = new Map<string, GPUBuffer>();
  readonly #tables = new Map<string, GPUBuffer>();
  /** All there are, with arenas that became too short for later programs and are still those of earlier ones. */
  readonly #made: GPUBuffer[] = [];

  constructor(device: WebGpuDevice, plan: Plan) {
    this.#device = device;
    this.#plan = plan;
  }

  /** The memory of what the programs use and is not there yet. */
  needs(programs: readonly PlanProgram[], splits: Splits): readonly MemoryNeed[] {
    return needsOf(this.#missing(programs, splits));
  }

  /**
   * Makes what the programs use and is not there yet; literals and tables are filled, everything else holds zeros.
   * Throws an EnvironmentError with the figures when the device has no room; then nothing has been made.
   */
  async add(programs: readonly PlanProgram[], splits: Splits): Promise<void> {
    const missing = this.#missing(programs, splits);
    const { gpu } = this.#device;
    gpu.pushErrorScope('out-of-memory');
    const usage = Usage.storage | Usage.copySource | Usage.copyTarget;
    const make = (label: string, bytes: number) => gpu.createBuffer({ label, size: padded(bytes), usage });
    const buffers = missing.buffers.map((buffer) => ({ buffer, made: make(buffer.name, buffer.bytes) }));
    const filled = missing.tables.map(({ key, field }) => ({ key, field, made: make(key, field.values.byteLength) }));
    const failure = await this.#device.until(() => gpu.popErrorScope());
    if (failure !== null) {
      for (const { made } of [...buffers, ...filled]) made.destroy();
      const needs = needsOf(missing);
      throw new EnvironmentError(
        `the device has no room for the ${inBytes(totalOf(needs))} that this spec needs (${partsText(needs)}); ` +
          `${remedyText(this.#plan, programs, needs)}, end what else uses the device, or use one with more memory`,
      );
    }
    for (const { buffer, made } of buffers) {
      this.#made.push(made);
      this.#buffers.set(buffer.name, made);
      if (buffer.role === 'literal') upload(gpu, made, literalBytes(buffer));
    }
    for (const { key, field, made } of filled) {
      this.#tables.set(key, made);
      await uploadLarge(this.#device, made, bytesOf(field.values));
    }
  }

  named(name: string): GPUBuffer {
    const buffer = this.#buffers.get(name);
    if (buffer === undefined) throw new InternalError(`the plan has no buffer "${name}", or no program here uses it`);
    return buffer;
  }

  has(name: string): boolean {
    return this.#buffers.has(name);
  }

  table(set: string, field: string): GPUBuffer {
    const table = this.#tables.get(tableKey(set, field));
    if (table === undefined) throw new InternalError(`no table of "${set}" and "${field}" is on the device`);
    return table;
  }

  #missing(programs: readonly PlanProgram[], splits: Splits): Contents {
    const held = (name: string) => this.#buffers.get(name)?.size ?? 0;
    return missingContents(this.#plan, programs, splits, held, this.#tables);
  }

  destroy(): void {
    for (const buffer of [...this.#made, ...this.#tables.values()]) buffer.destroy();
  }
}

/** Copies bytes into a buffer, from `at` on (a multiple of four); what follows them up to a whole word is zero. */
export function upload(gpu: GPUDevice, buffer: GPUBuffer, bytes: Uint8Array, at = 0): void {
  const whole = bytes.length - (bytes.length % 4);
  if (whole > 0) gpu.queue.writeBuffer(buffer, at, bytes, 0, whole);
  if (whole === bytes.length) return;
  const rest = new Uint8Array(4);
  rest.set(bytes.subarray(whole));
  gpu.queue.writeBuffer(buffer, at + whole, rest);
}

/** The same for a table: a piece at a time, each waited for, so that no second copy of the whole is ever held. */
async function uploadLarge(device: WebGpuDevice, buffer: GPUBuffer, bytes: Uint8Array): Promise<void> {
  const piece = 2 ** 23;
  for (let at = 0; at < bytes.length; at += piece) {
    upload(device.gpu, buffer, bytes.subarray(at, at + piece), at);
    device.gpu.queue.submit([]);
    await device.until(() => device.gpu.queue.onSubmittedWorkDone());
  }
}
