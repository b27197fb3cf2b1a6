/** Runs the programs of a plan through WebGPU: many runs a submit, results through a ring that is read once a submit. */
import type { MemoryNeed } from '../../compiler/5-kernel/needs.ts';
import type { CompiledKernels, Plan, PlanBinding, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { EnvironmentError, InternalError, UserError } from '../errors.ts';
import { bytesOf, padded, type Splits } from '../execute/contents.ts';
import type { Executor, Flight } from '../execute/executor.ts';
import { type Numbers, readSlot } from '../execute/results.ts';
import type { Scalars } from '../execute/inputs.ts';
import { flightsInAir, type Layouts, layoutsOf } from '../execute/layouts.ts';
import { hostNow, type Interval } from '../profile/timeline.ts';
import { remedyText } from '../execute/refusal.ts';
import { Buffers, upload } from './buffers.ts';
import type { WebGpuDevice } from './device.ts';
import { mapForReading, Usage } from './flags.ts';
import { demandKernels, demandMemory, offerOf } from './limits.ts';
import { Timestamps } from './timestamps.ts';
import { makePipelines, type Pipeline } from './pipelines.ts';

/** A dynamic offset must be a multiple of this in every implementation. */
const blockAlignment = 256;

interface PreparedDispatch {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  /** Offset of its uniform block within a run's inputs; undefined where it has none. */
  readonly block: number | undefined;
  readonly workgroups: readonly [number, number, number];
}

interface Prepared extends Layouts {
  readonly dispatches: readonly PreparedDispatch[];
  readonly inputBuffer: GPUBuffer | undefined;
  /** Rings not in use. */
  readonly rings: GPUBuffer[];
}

export class WebGpuExecutor implements Executor {
  readonly device: WebGpuDevice;
  readonly plan: Plan;
  readonly #sources: ReadonlyMap<string, string>;
  readonly #buffers: Buffers;
  readonly #pipelines = new Map<string, Pipeline>();
  readonly #prepared = new Map<string, Prepared>();

  /** Throws an EnvironmentError where the kernels were compiled for another target. */
  constructor(device: WebGpuDevice, { plan, sources }: CompiledKernels) {
    if (plan.target !== 'webgpu') {
      throw new EnvironmentError(
        `the kernels were compiled for the profile "${plan.profile}", which does not run through WebGPU: compile them ` +
          `again with --target ${device.report.profile}`,
      );
    }
    this.device = device;
    this.plan = plan;
    this.#sources = sources;
    this.#buffers = new Buffers(device, plan);
  }

  needs(programs: readonly PlanProgram[], splits: Splits): readonly MemoryNeed[] {
    const added = programs.filter(({ name }) => !this.#prepared.has(name));
    return [
      ...this.#buffers.needs(added, splits),
      ...added.flatMap((program) => flying(layoutsOf(this.plan, program, splits, blockAlignment))),
    ];
  }

  async prepare(programs: readonly PlanProgram[], splits: Splits): Promise<void> {
    const { device, plan } = this;
    const added = programs.filter(({ name }) => !this.#prepared.has(name));
    if (added.length === 0) return;
    demandKernels(plan, added, device);
    const needs = this.needs(added, splits);
    demandMemory(needs, offerOf(device), remedyText(plan, added, needs));
    const used = new Set(added.flatMap(({ dispatches }) => dispatches.map(({ kernel }) => kernel)));
    const kernels = plan.kernels.filter(({ name }) => used.has(name) && !this.#pipelines.has(name));
    // The driver compiles while tables travel.
    const [pipelines] = await Promise.all([
      makePipelines(device, kernels, this.#sources),
      this.#buffers.add(added, splits),
    ]);
    for (const [name, pipeline] of pipelines) this.#pipelines.set(name, pipeline);
    for (const program of added) {
      const layouts = layoutsOf(plan, program, splits, blockAlignment);
      this.#prepared.set(program.name, prepare(device, layouts, this.#buffers, this.#pipelines));
    }
  }

  isPrepared(program: string): boolean {
    return this.#prepared.has(program);
  }

  capacity(program: string): number {
    return this.#named(program).capacity;
  }

  submit(program: string, runs: readonly Scalars[], timed = false): Flight {
    this.device.check();
    const prepared = this.#named(program);
    const { dispatches, inputs, inputBuffer, slot, capacity, rings } = prepared;
    if (runs.length > capacity) throw new InternalError(`${runs.length} runs of "${program}" in one submit`);
    const { gpu } = this.device;
    const begun = hostNow();
    if (inputBuffer !== undefined) gpu.queue.writeBuffer(inputBuffer, 0, inputs.write(runs));
    const written = hostNow();
    const ring = rings.pop() ?? makeRing(gpu, prepared);
    const timestamps = timed ? Timestamps.on(this.device, runs.length * dispatches.length) : undefined;
    const encoder = gpu.createCommandEncoder({ label: program });
    for (let run = 0; run < runs.length; run++) {
      for (const { from, bytes, buffer } of inputs.copies) {
        const to = this.#buffers.named(buffer);
        encoder.copyBufferToBuffer(inputBuffer!, run * inputs.stride + from, to, 0, bytes);
      }
      let pass: GPUComputePassEncoder | undefined;
      for (const { pipeline, group, block, workgroups } of dispatches) {
        // Only the ends of passes can be timed.
        const timestampWrites = timestamps?.next();
        pass ??= encoder.beginComputePass({ label: program, ...(timestampWrites && { timestampWrites }) });
        pass.setPipeline(pipeline);
        if (block === undefined) pass.setBindGroup(0, group);
        else pass.setBindGroup(0, group, [run * inputs.stride + block]);
        pass.dispatchWorkgroups(...workgroups);
        if (timestampWrites === undefined) continue;
        pass.end();
        pass = undefined;
      }
      pass?.end();
      for (const { buffer, from, bytes, to } of slot.copies) {
        encoder.copyBufferToBuffer(this.#buffers.named(buffer), from, ring, run * slot.bytes + to, bytes);
      }
    }
    // A ring that the commands leave alone could be mapped before they are through.
    if (runs.length === 0 || slot.copies.length === 0) encoder.clearBuffer(ring, 0, 4);
    timestamps?.resolve(encoder);
    gpu.queue.submit([encoder.finish()]);
    const submitted = hostNow();
    let readBack: Interval = { begin: submitted, end: submitted };
    const results = async () => {
      const length = Math.max(4, slot.bytes * runs.length);
      await this.device.until(() => ring.mapAsync(mapForReading, 0, length));
      const begin = hostNow();
      const bytes = ring.getMappedRange(0, length).slice(0);
      ring.unmap();
      rings.push(ring);
      const read = runs.map((_, run) => readSlot(slot, bytes, run));
      readBack = { begin, end: hostNow() };
      return read;
    };
    const timeline = async () => {
      const times = (await timestamps?.read()) ?? [];
      const count = dispatches.length;
      const intervals = times.map((interval, i) => {
        return { run: Math.floor(i / count), dispatch: i % count, lane: 0, ...interval };
      });
      const [upload, submit] = [{ begin: begun, end: written }, { begin: written, end: submitted }]; // prettier-ignore
      return { upload, submit, readBack, dispatches: intervals, clock: 'device' as const };
    };
    return { runs: runs.length, results, timeline };
  }

  holds(name: string): boolean {
    return this.#buffers.has(name);
  }

  write(name: string, values: Numbers | Uint8Array): void {
    const buffer = this.#buffers.named(name);
    if (values.byteLength > buffer.size) {
      throw new UserError(`"${name}" holds ${buffer.size / 4} numbers, and ${values.length} were given`);
    }
    upload(this.device.gpu, buffer, bytesOf(values));
  }

  async read(name: string): Promise<Numbers> {
    const buffer = this.#buffers.named(name);
    const { gpu } = this.device;
    const copy = gpu.createBuffer({
      label: `copy of ${name}`,
      size: buffer.size,
      usage: Usage.mapRead | Usage.copyTarget,
    });
    try {
      const encoder = gpu.createCommandEncoder({ label: `read ${name}` });
      encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size);
      gpu.queue.submit([encoder.finish()]);
      await this.device.until(() => copy.mapAsync(mapForReading));
      const { bytes: length, storage } = this.plan.buffers.find((candidate) => candidate.name === name)!;
      const bytes = copy.getMappedRange().slice(0, length);
      return storage === 'f32' ? new Float32Array(bytes) : new Uint32Array(bytes);
    } finally {
      copy.destroy();
    }
  }

  close(): void {
    this.#buffers.destroy();
    for (const { inputBuffer, rings } of this.#prepared.values()) {
      inputBuffer?.destroy();
      for (const ring of rings) ring.destroy();
    }
  }

  #named(program: string): Prepared {
    const prepared = this.#prepared.get(program);
    if (prepared === undefined) throw new InternalError(`program "${program}" was not opened`);
    return prepared;
  }
}

/** Its input buffer, and as many rings as flights are in the air. */
function flying(layouts: Layouts): MemoryNeed[] {
  const need = (bytes: number) => ({ part: 'in flight' as const, what: layouts.program.name, bytes });
  const rings = Array.from({ length: flightsInAir }, () => need(ringBytes(layouts)));
  return [need(layouts.inputs.stride * layouts.capacity), ...rings].filter(({ bytes }) => bytes > 0);
}

function prepare(
  device: WebGpuDevice,
  layouts: Layouts,
  buffers: Buffers,
  pipelines: ReadonlyMap<string, Pipeline>,
): Prepared {
  const { program, inputs, capacity } = layouts;
  const size = inputs.stride * capacity;
  const usage = Usage.uniform | Usage.copyTarget | Usage.copySource;
  const inputBuffer =
    size === 0 ? undefined : device.gpu.createBuffer({ label: `${program.name} inputs`, size, usage });
  const groups = new Map<string, GPUBindGroup>();
  const dispatches = program.dispatches.map(({ kernel: name, bindings, workgroups }): PreparedDispatch => {
    const { kernel, pipeline, layout } = pipelines.get(name)!;
    const key = JSON.stringify([name, bindings]);
    const scalars = kernel.scalars.length > 0;
    const entries = bindings.map((binding, i) => ({
      binding: i + 1,
      resource: resourceOf(binding, buffers),
    }));
    const head = { binding: 0, resource: { buffer: inputBuffer!, size: inputs.window } };
    const group =
      groups.get(key) ??
      device.gpu.createBindGroup({ label: name, layout, entries: scalars ? [head, ...entries] : entries });
    groups.set(key, group);
    return { pipeline, group, block: scalars ? inputs.offsetOf(kernel) : undefined, workgroups };
  });
  return { ...layouts, dispatches, inputBuffer, rings: [] };
}

function resourceOf(binding: PlanBinding, buffers: Buffers): GPUBufferBinding {
  if (binding.kind === 'table') return { buffer: buffers.table(binding.set, binding.field) };
  const { buffer, offset, bytes } = binding;
  return { buffer: buffers.named(buffer), offset, size: padded(bytes) };
}

function makeRing(gpu: GPUDevice, layouts: Layouts): GPUBuffer {
  const usage = Usage.mapRead | Usage.copyTarget;
  return gpu.createBuffer({ label: `${layouts.program.name} results`, size: ringBytes(layouts), usage });
}

function ringBytes({ slot, capacity }: Layouts): number {
  return Math.max(4, slot.bytes * capacity);
}
