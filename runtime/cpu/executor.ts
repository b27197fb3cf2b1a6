/** Runs the programs of a plan on the processor: threads over one memory, many runs an order. */
import type { MemoryNeed } from '../../compiler/5-kernel/needs.ts';
import type { CompiledKernels, Plan, PlanKernel, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { EnvironmentError, InternalError, UserError } from '../errors.ts';
import { bytesOf, padded, type Splits } from '../execute/contents.ts';
import type { Executor, Flight } from '../execute/executor.ts';
import { type Numbers, readSlot } from '../execute/results.ts';
import type { Scalars } from '../execute/inputs.ts';
import { flightsInAir, type Layouts, layoutsOf } from '../execute/layouts.ts';
import { type DispatchInterval, hostNow, type Interval } from '../profile/timeline.ts';
import { remedyText } from '../execute/refusal.ts';
import { Buffers } from './buffers.ts';
import type { CpuDevice } from './device.ts';
import { line } from './control.mjs';
import { compileModule } from './engine.ts';
import { SharedMemory, sizeInMemory } from './memory.ts';
import type { Tape } from './orders.ts';
import { tapeOf } from './tape.ts';
import { Threads } from './threads.ts';

/** Blocks of scalars and arguments share no cache line. */
const blockAlignment = 64;

interface Prepared extends Layouts {
  readonly tape: Tape;
  /** Trays not in use. */
  readonly trays: Tray[];
}

/** Memory of a flight, two addresses: what it is given, and what comes out. */
interface Tray {
  readonly inputs: number;
  readonly results: number;
}

export class CpuExecutor implements Executor {
  readonly device: CpuDevice;
  readonly plan: Plan;
  /** What computes. */
  readonly threads: Threads;
  readonly #kernels: ReadonlyMap<string, PlanKernel>;
  readonly #module: Promise<WebAssembly.Module>;
  readonly #memory = new SharedMemory();
  readonly #buffers: Buffers;
  readonly #prepared = new Map<string, Prepared>();
  /** Addresses of each thread's own memory, once the threads have the kernels. */
  #scratch: readonly number[] | undefined;

  /**
   * Begins to start the threads and to compile the kernels, which goes on beside the main thread. Throws an
   * EnvironmentError where the kernels were compiled for another target.
   */
  constructor(device: CpuDevice, { plan, modules }: CompiledKernels) {
    if (plan.target !== 'cpu' || modules === undefined) {
      throw new EnvironmentError(
        `the kernels were compiled for the profile "${plan.profile}", which does not run on the processor: compile them ` +
          `again with --target ${device.report.profile}`,
      );
    }
    this.device = device;
    this.plan = plan;
    this.#kernels = new Map(plan.kernels.map((kernel) => [kernel.name, kernel]));
    this.#buffers = new Buffers(plan, this.#memory);
    this.#module = compileModule(modules[device.report.simd]);
    // Whoever prepares a program hears of it.
    this.#module.catch(() => undefined);
    this.threads = new Threads(device.report.threads);
  }

  needs(programs: readonly PlanProgram[], splits: Splits): readonly MemoryNeed[] {
    const added = programs.filter(({ name }) => !this.#prepared.has(name));
    const layouts = added.map((program) => layoutsOf(this.plan, program, splits, blockAlignment));
    const own = this.#scratch === undefined ? this.threads.count * sizeInMemory(scratchOf(this.plan)) : 0;
    const needs: readonly MemoryNeed[] = [
      ...this.#buffers.needs(added, splits),
      ...layouts.map((layout) => flying(layout, this.threads.count)),
      { part: 'threads', what: "the threads' own", bytes: own },
    ];
    return needs.map((need) => ({ ...need, bytes: sizeInMemory(need.bytes) })).filter(({ bytes }) => bytes > 0);
  }

  async prepare(programs: readonly PlanProgram[], splits: Splits): Promise<void> {
    const added = programs.filter(({ name }) => !this.#prepared.has(name));
    if (added.length === 0) return;
    const needs = this.needs(added, splits);
    this.#memory.demand(needs, remedyText(this.plan, added, needs));
    const layouts = added.map((program) => layoutsOf(this.plan, program, splits, blockAlignment));
    this.#buffers.add(added, splits);
    this.#scratch ??= await this.#open(scratchOf(this.plan));
    for (const layout of layouts) this.#load(layout, this.#scratch);
  }

  isPrepared(program: string): boolean {
    return this.#prepared.has(program);
  }

  capacity(program: string): number {
    return this.#named(program).capacity;
  }

  submit(program: string, runs: readonly Scalars[], timed = false): Flight {
    const prepared = this.#named(program);
    const { inputs, slot, capacity, tape, trays } = prepared;
    if (runs.length > capacity) throw new InternalError(`${runs.length} runs of "${program}" in one submit`);
    const tray = trays.pop() ?? this.#trayFor(prepared);
    const begun = hostNow();
    this.#memory.put(tray.inputs, inputs.write(runs));
    const written = hostNow();
    const timeline = timed ? { timeline: timelineFor(tape, runs.length) } : {};
    const order = { program, runs: runs.length, ...tray, ...timeline };
    const answer = this.threads.ask('run', order, tape.threads === 1);
    const submitted = hostNow();
    let readBack: Interval = { begin: submitted, end: submitted };
    const landed = answer.then(() => {
      const begin = hostNow();
      const { buffer } = this.#memory.copy(tray.results, slot.bytes * runs.length);
      trays.push(tray);
      const results = runs.map((_, run) => readSlot(slot, buffer, run));
      readBack = { begin, end: hostNow() };
      return results;
    });
    // Whoever asks for the results hears of it.
    landed.catch(() => undefined);
    const timesOf = async () => {
      await landed;
      const [upload, submit] = [{ begin: begun, end: written }, { begin: written, end: submitted }]; // prettier-ignore
      const dispatches = timeline.timeline === undefined ? [] : intervalsIn(timeline.timeline, tape, runs.length);
      return { upload, submit, readBack, dispatches, clock: 'host' as const };
    };
    return { runs: runs.length, results: () => landed, timeline: timesOf };
  }

  holds(name: string): boolean {
    return this.#buffers.has(name);
  }

  write(name: string, values: Numbers | Uint8Array): void {
    this.threads.check();
    const { address, bytes: room } = this.#buffers.named(name);
    const bytes = bytesOf(values);
    if (bytes.length > padded(room)) {
      throw new UserError(`"${name}" holds ${padded(room) / 4} numbers, and ${values.length} were given`);
    }
    // After what has been submitted, before what will be.
    if (this.threads.busy) this.threads.tell({ kind: 'write', address, bytes: bytes.slice() });
    else this.#memory.put(address, bytes);
  }

  async read(name: string): Promise<Numbers> {
    this.threads.check();
    const { address, bytes: length } = this.#buffers.named(name);
    const { storage } = this.plan.buffers.find((candidate) => candidate.name === name)!;
    const { buffer } = this.threads.busy
      ? (await this.threads.ask('read', { address, length })).bytes
      : this.#memory.copy(address, length);
    return storage === 'f32' ? new Float32Array(buffer) : new Uint32Array(buffer);
  }

  close(): void {
    this.threads.close();
    this.device.release(this);
  }

  /** Hands the kernels to the threads, and makes each thread's own memory. */
  async #open(scratch: number): Promise<readonly number[]> {
    const module = await this.#module;
    const known = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
    for (const name of this.#kernels.keys()) {
      if (!known.has(name)) throw new InternalError(`the plan names kernel "${name}", and its module lacks it`);
    }
    this.threads.tell({ kind: 'open', module, memory: this.#memory.memory });
    return Array.from({ length: this.threads.count }, () => this.#memory.allocate(scratch));
  }

  #load(layouts: Layouts, scratch: readonly number[]): void {
    const { program } = layouts;
    const tape = tapeOf({
      ...layouts,
      kernels: this.#kernels,
      threads: this.threads.count,
      tickets: this.#memory.allocate(ticketBytes(layouts.program, this.threads.count)),
      placeOf: (binding) => this.#buffers.bound(binding),
      addressOf: (buffer) => this.#buffers.named(buffer).address,
    });
    this.threads.tell({ kind: 'load', tape, scratch });
    this.#prepared.set(program.name, { ...layouts, tape, trays: [] });
  }

  #trayFor({ inputs, slot, capacity }: Layouts): Tray {
    return {
      inputs: this.#memory.allocate(inputs.stride * capacity),
      results: this.#memory.allocate(slot.bytes * capacity),
    };
  }

  #named(program: string): Prepared {
    const prepared = this.#prepared.get(program);
    if (prepared === undefined) throw new InternalError(`program "${program}" was not opened`);
    return prepared;
  }
}

function timelineFor({ threads, steps }: Tape, runs: number): SharedArrayBuffer {
  return new SharedArrayBuffer(8 * 2 * threads * runs * steps.length);
}

/** What the threads noted; a thread that had no part in a step noted zeros. */
function intervalsIn(timeline: SharedArrayBuffer, { threads, steps }: Tape, runs: number): DispatchInterval[] {
  const times = new Float64Array(timeline);
  const found: DispatchInterval[] = [];
  for (let lane = 0, at = 0; lane < threads; lane++) {
    for (let run = 0; run < runs; run++) {
      for (let dispatch = 0; dispatch < steps.length; dispatch++, at += 2) {
        const [begin, end] = [times[at]!, times[at + 1]!];
        if (end > 0) found.push({ run, dispatch, lane, begin, end });
      }
    }
  }
  return found;
}

/** Memory of the counters that say which workgroups are taken. */
function ticketBytes({ dispatches }: PlanProgram, threads: number): number {
  return 4 * line * dispatches.length * threads;
}

function flying({ program, inputs, slot, capacity }: Layouts, threads: number): MemoryNeed {
  const flight = sizeInMemory(inputs.stride * capacity) + sizeInMemory(slot.bytes * capacity);
  return { part: 'in flight', what: program.name, bytes: flightsInAir * flight + ticketBytes(program, threads) };
}

/** Bytes of memory of its own that a thread needs for any kernel of the plan. */
function scratchOf({ kernels }: Plan): number {
  return Math.max(0, ...kernels.map((kernel) => kernel.scratch ?? 0));
}
