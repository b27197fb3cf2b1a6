/** The device's buffers: those of the plan that the programs use, and the tables of the data sets. */
import type { Plan, PlanBuffer, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { type LoadedField, type LoadedSplit } from '../data/dataset.ts';
import type { Device } from '../device/device.ts';
import { EnvironmentError, InternalError } from '../errors.ts';
import { Usage } from './flags.ts';
import { type Demand, demandMemory, inBytes, offerOf, purposeOf } from './memory.ts';

/** The rows that a reference such as `mnist.train` means. */
export type Splits = (reference: string) => LoadedSplit;

export class Buffers {
  readonly #device: Device;
  readonly #plan: Plan;
  readonly #buffers = new Map<string, GPUBuffer>();
  readonly #tables = new Map<string, GPUBuffer>();
  readonly #demands: Demand[] = [];

  constructor(device: Device, plan: Plan) {
    this.#device = device;
    this.#plan = plan;
  }

  /**
   * Makes what the programs use and is not there yet; literals and tables are filled, everything else holds zeros.
   * Throws an EnvironmentError with the figures when the device cannot hold them; then nothing has been made.
   */
  async add(programs: readonly PlanProgram[], splits: Splits): Promise<void> {
    const used = usedBuffers(this.#plan, programs);
    const wanted = this.#plan.buffers.filter(({ name }) => used.has(name) && !this.#buffers.has(name));
    const fields = usedTables(programs, splits).filter(({ key }) => !this.#tables.has(key));
    const demands = wanted.map((buffer): Demand => ({ what: purposeOf(buffer), bytes: buffer.bytes }));
    const tables = fields.map(({ key, field }): Demand => ({ what: key, bytes: padded(field.values.byteLength) }));
    const offer = offerOf(this.#device);
    demandMemory(demands, tables, offer);
    const { gpu } = this.#device;
    gpu.pushErrorScope('out-of-memory');
    const usage = Usage.storage | Usage.copySource | Usage.copyTarget;
    const make = (label: string, bytes: number) => gpu.createBuffer({ label, size: padded(bytes), usage });
    const buffers = wanted.map((buffer) => ({ buffer, made: make(buffer.name, buffer.bytes) }));
    const filled = fields.map(({ key, field }) => ({ key, field, made: make(key, field.values.byteLength) }));
    const failure = await this.#device.until(() => gpu.popErrorScope());
    if (failure !== null) {
      for (const { made } of [...buffers, ...filled]) made.destroy();
      const total = [...this.#demands, ...demands, ...tables].reduce((sum, { bytes }) => sum + bytes, 0);
      throw new EnvironmentError(
        `the device has no room for the ${inBytes(total)} that this spec needs: make "batch" or the layers smaller, end ` +
          'what else uses the device, or use one with more memory',
      );
    }
    this.#demands.push(...demands, ...tables);
    for (const { buffer, made } of buffers) {
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

  destroy(): void {
    for (const buffer of [...this.#buffers.values(), ...this.#tables.values()]) buffer.destroy();
  }
}

function usedBuffers(plan: Plan, programs: readonly PlanProgram[]): ReadonlySet<string> {
  const names = new Set<string>(['parameters']);
  if (plan.programs.some((program) => program.kind === 'train' && program.ema)) names.add('ema');
  for (const program of programs) {
    for (const { buffer } of program.results) names.add(buffer);
    for (const { bindings } of program.dispatches) {
      for (const binding of bindings) if (binding.kind === 'buffer') names.add(binding.buffer);
    }
    if (program.kind !== 'train') continue;
    for (const { name } of program.vectors) names.add(name);
  }
  return names;
}

function usedTables(programs: readonly PlanProgram[], splits: Splits) {
  const found = new Map<string, LoadedField>();
  for (const { dispatches } of programs) {
    for (const binding of dispatches.flatMap((dispatch) => dispatch.bindings)) {
      if (binding.kind !== 'table' || found.has(tableKey(binding.set, binding.field))) continue;
      const field = splits(binding.set).fields.get(binding.field);
      if (field === undefined)
        throw new InternalError(`data set "${binding.set}" was loaded without "${binding.field}"`);
      found.set(tableKey(binding.set, binding.field), field);
    }
  }
  return [...found].map(([key, field]) => ({ key, field }));
}

function tableKey(set: string, field: string): string {
  return `${set}'s ${field}`;
}

/** Buffers are whole vectors of four words, because kernels may read them so. */
export function padded(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16);
}

function literalBytes(buffer: PlanBuffer): Uint8Array {
  const values = buffer.values ?? [];
  const typed = { f32: Float32Array, u32: Uint32Array, u8: Uint8Array }[buffer.storage].from(values);
  if (typed.byteLength > buffer.bytes) throw new InternalError(`literal "${buffer.name}" is longer than its buffer`);
  return bytesOf(typed);
}

export function bytesOf(values: Uint8Array | Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
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
async function uploadLarge(device: Device, buffer: GPUBuffer, bytes: Uint8Array): Promise<void> {
  const piece = 2 ** 23;
  for (let at = 0; at < bytes.length; at += piece) {
    upload(device.gpu, buffer, bytes.subarray(at, at + piece), at);
    device.gpu.queue.submit([]);
    await device.until(() => device.gpu.queue.onSubmittedWorkDone());
  }
}
