/** A compiled spec on a device: train it, evaluate it, draw from it. What generated modules and the command line use. */
import { evaluationsOf } from '../compiler/5-kernel/evaluations.ts';
import { bytesByPart, type MemoryNeed, totalOf } from '../compiler/5-kernel/needs.ts';
import { frozenVector } from '../compiler/4-tensor/program.ts';
import { mixSeed, streamKey, threefry2x32 } from '../compiler/ops/index.ts';
import type { CompiledKernels, Plan, PlanProgram, WasmModules } from '../compiler/5-kernel/plan.ts';
import { type DataSet, requireRows, splitNamed } from './data/dataset.ts';
import { suggestion } from './data/suggest.ts';
import type { Device } from './device/device.ts';
import type { DeviceReport } from './device/report.ts';
import { UsageError } from './errors.ts';
import { type Evaluation, evaluateProgram } from './evaluate/evaluate.ts';
import type { Executor } from './execute/executor.ts';
import type { Numbers } from './execute/results.ts';
import type { Tensor } from './formats/safetensors.ts';
import { writeAtomic } from './formats/files.ts';
import { evaluateHost, type HostClock } from '../compiler/4-tensor/host.ts';
import { stepsOf } from './host/duration.ts';
import type { Hypers, Overrides } from './host/hypers.ts';
import { hostClock } from './host/positions.ts';
import { scalarsOf } from './host/scalars.ts';
import { type DataOptions, ModelData } from './model-data.ts';
import { initialParameters } from './parameters/initialise.ts';
import { kernelsOf, programNamed, readsData, usesBuffer } from './programs.ts';
import { type Checkpoint, encodeCheckpoint, readCheckpoint, splitVector } from './run/checkpoint.ts';
import { RunFolder } from './run/folder.ts';
import { frozenNumbers, type FrozenTensors } from './run/frozen.ts';
import { drawSamples, type Sample } from './sample/sample.ts';
import { CarriedState, type TrainedClock } from './state.ts';
import type { TrainEvent, TrainOutcome } from './train/events.ts';
import { train, type TrainOptions } from './train/train.ts';

export interface ModelOptions extends DataOptions {
  readonly plan: Plan;
  /** The text of each kernel by name. */
  readonly sources: ReadonlyMap<string, string>;
  /** The kernels assembled, where they were compiled for the processor. */
  readonly modules?: WasmModules;
  /** The parameters of the finished runs that the spec uses. */
  readonly frozen?: FrozenTensors;
  /** What computes, in place of what the kernels were compiled for: a device that the caller opened, and closes. */
  readonly device?: Device;
  /** In place of the spec's seed. */
  readonly seed?: number;
  /** Other values for hypers that do not shape the kernels. */
  readonly hypers?: Overrides;
}

export class Model {
  readonly plan: Plan;
  readonly #compiled: CompiledKernels;
  readonly #device: Device;
  readonly #ownsDevice: boolean;
  readonly #hypers: Hypers;
  readonly #options: ModelOptions;
  readonly #executor: Executor;
  readonly #state: CarriedState;
  readonly #data: ModelData;
  #seed: number;
  /** Whether the parameters are there: they are drawn when first needed, once the device is known to hold them. */
  #drawn = false;
  #trained: TrainedClock | undefined;

  constructor(compiled: CompiledKernels, device: Device, ownsDevice: boolean, hypers: Hypers, options: ModelOptions) {
    this.plan = compiled.plan;
    this.#compiled = compiled;
    this.#device = device;
    this.#ownsDevice = ownsDevice;
    this.#hypers = hypers;
    this.#options = options;
    this.#executor = device.executor(compiled);
    this.#state = new CarriedState(this.#executor);
    const frozen = compiled.plan.frozen && frozenNumbers(compiled.plan.frozen, options.frozen);
    if (frozen !== undefined) this.#state.fill(frozenVector, frozen);
    this.#data = new ModelData(compiled, device, hypers, frozen, options);
    this.#seed = 0;
  }

  /** What computes. */
  get device(): DeviceReport {
    return this.#device.report;
  }

  get seed(): number {
    return this.#seed;
  }

  /** Steps of training that the parameters have had. */
  get step(): number {
    return this.#trained?.step ?? 0;
  }

  /** Names of the programs of a kind, in the order of the spec. */
  programs(kind: PlanProgram['kind']): readonly string[] {
    return this.plan.programs.filter((program) => program.kind === kind).map(({ name }) => name);
  }

  /** Draws the parameters anew from a seed (the spec's where absent); training begins at its first step again. */
  reset(seed?: number): void {
    const training = this.plan.programs.find((program) => program.kind === 'train');
    const scope = { clock: hostClock(0, 1, 0, 0), hyper: this.#hypers.expression };
    this.#seed = seed ?? (training === undefined ? 0 : evaluateHost(training.seed, scope));
    this.#trained = undefined;
    this.#drawn = false;
  }

  /** Every data set of the spec by name; loaded when it is needed. Throws a UserError for anything wrong with the data. */
  data(): Promise<ReadonlyMap<string, DataSet>> {
    return this.#data.sets();
  }

  /** Trains from where the model stands to the run's last step, by the program of that name or the spec's only one. */
  async train(options: TrainOptions = {}, name?: string): Promise<TrainOutcome> {
    const program = programNamed(this.plan, 'train', name);
    if (options.out !== undefined && options.resume !== true) await RunFolder.demandUnbegun(options.out);
    const tracked = new Set(program.track.map(({ evaluate }) => evaluate));
    const programs = [program, ...[...tracked].map((evaluate) => programNamed(this.plan, 'evaluate', evaluate))];
    if (!programs.every(({ name }) => this.#executor.isPrepared(name))) {
      options.onEvent?.({ kind: 'warm-up', stage: 'data' });
      const sets = await this.data();
      for (const set of sets.values()) for (const text of set.notes) options.onEvent?.({ kind: 'note', text });
      requireRows(splitNamed(sets, program.set), program.batch, program.set);
      await this.#prepare(programs, (needs) => {
        options.onEvent?.(memoryEvent(needs));
        options.onEvent?.({ kind: 'warm-up', stage: 'kernels', kernels: kernelsOf(programs).size });
      });
      for (const { set } of programs) await this.#data.rowsOf(set);
      // The device holds the tables now; a long run needs no second copy of the data.
      this.#data.letGo();
    }
    await this.#draw();
    const rows = await this.#data.rowsOf(program.set);
    const { batch } = program;
    const scope = { clock: hostClock(0, batch, rows, 0), hyper: this.#hypers.expression };
    return train(
      {
        compiled: this.#compiled,
        executor: this.#executor,
        program,
        state: this.#state,
        hypers: this.#hypers,
        seed: this.#seed,
        mixedSeed: mixSeed(this.#seed),
        rows,
        step: this.step,
        plannedSteps: stepsOf(program.duration, batch, rows, scope),
        ...(this.#options.data && { dataFolder: this.#options.data.folder }),
        evaluate: (evaluate, signal) => this.evaluate(evaluate, signal === undefined ? {} : { signal }),
        reached: (step, steps) => {
          this.#trained = { step, steps, batch, rows };
        },
        adopt: (checkpoint) => this.#adopt(checkpoint),
      },
      options,
    );
  }

  /**
   * Evaluates over every row of the program's set: the program of that name, or the spec's first `evaluate` block, or
   * where it has none what training tracks first.
   */
  async evaluate(
    name?: string,
    options: { readonly seed?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Evaluation> {
    const { own, tracked } = evaluationsOf(this.plan);
    const program = programNamed(this.plan, 'evaluate', name ?? [...own, ...tracked][0]?.name);
    const rows = await this.#data.rowsOf(program.set);
    await this.#prepare([program]);
    const host = await this.#hostClock();
    const seed = mixSeed(options.seed ?? this.#seed);
    const scalars = scalarsOf(this.plan, this.#hypers);
    return evaluateProgram(this.#executor, program, {
      rows,
      step: this.step,
      scalars: (first) => scalars({ clock: { step: this.step, epoch: 0, offset: 0, rows, first, seed }, host }),
      ...(options.signal && { signal: options.signal }),
    });
  }

  /**
   * Draws by the sample program of that name, or the spec's first; `n` in place of the spec's. `rows` chooses the rows
   * that the program's arguments stand for, where they are not to be drawn.
   */
  async sample(
    name?: string,
    options: {
      readonly n?: number;
      readonly seed?: number;
      readonly rows?: { readonly [argument: string]: number };
    } = {},
  ): Promise<Sample> {
    const program = programNamed(this.plan, 'sample', name, true);
    const sets = program.sets.length > 0 ? await this.data() : new Map<string, DataSet>();
    const parts = new Set(program.parts.map((part) => part.program));
    await this.#prepare([...this.plan.programs.filter((each) => parts.has(each.name)), program]);
    const host = await this.#hostClock();
    const seed = mixSeed(options.seed ?? this.#seed);
    const scalars = scalarsOf(this.plan, this.#hypers);
    const row = (argument: string, set: string) => {
      const { rows } = splitNamed(sets, set);
      const chosen =
        options.rows?.[argument] ?? threefry2x32(seed, streamKey('row', program.name, argument), 0, 0)[0] % rows;
      if (Number.isInteger(chosen) && chosen >= 0 && chosen < rows) return chosen;
      throw new UsageError(`"${argument}" stands for a row of "${set}", 0 to ${rows - 1}; ${chosen} is none`);
    };
    return drawSamples(this.#executor, program, options.n ?? program.n, ({ first, step, iteration }) => {
      const clock = { step, epoch: 0, offset: 0, rows: 0, first, seed };
      return scalars({ clock, host: { ...host, iteration }, row });
    });
  }

  /** The parameters by path, as they are stored: a constrained one by its free numbers. */
  async parameters(): Promise<ReadonlyMap<string, Tensor>> {
    await this.#draw();
    return splitVector(Float32Array.from(await this.#state.read('parameters')), this.plan.layout);
  }

  /** Replaces parameters by path, row major; those that are not named stay. Throws a UsageError for a wrong path or size. */
  async setParameters(values: ReadonlyMap<string, ArrayLike<number> | undefined>): Promise<void> {
    await this.#draw();
    const vector = Float32Array.from(await this.#state.read('parameters'));
    for (const [path, numbers] of values) {
      if (numbers === undefined) continue;
      const parameter = this.plan.layout.parameters.find((candidate) => candidate.path === path);
      const paths = this.plan.layout.parameters.map((candidate) => candidate.path);
      if (parameter === undefined) throw new UsageError(`there is no parameter "${path}"${suggestion(path, paths)}`);
      const size = parameter.shape.reduce((product, extent) => product * extent, 1);
      if (numbers.length !== size)
        throw new UsageError(`"${path}" has ${size} numbers, and ${numbers.length} were given`);
      vector.set(numbers, parameter.offset);
    }
    this.#state.replaceParameters(vector);
  }

  /** Fills an argument of the plan: a tensor that the caller hands in. */
  async setArgument(name: string, values: Numbers): Promise<void> {
    await this.#prepare(this.plan.programs.filter((program) => usesBuffer(program, name)));
    this.#executor.write(name, values);
  }

  /** Takes over a checkpoint. Throws a UserError for one of another spec or a newer format. */
  async load(path: string): Promise<void> {
    this.#adopt(await readCheckpoint(path, this.plan.layout));
  }

  /** Writes a checkpoint, whole or not at all. */
  async save(path: string): Promise<void> {
    const program = programNamed(this.plan, 'train', undefined);
    const { step, steps, batch, rows } = this.#trained ?? { step: 0, steps: 0, batch: program.batch, rows: 0 };
    const window = { count: 0, sums: {} };
    const head = { spec: this.plan.spec, program: program.name, step, steps, batch, rows, seed: this.#seed, window };
    await this.#draw();
    const checkpoint = { head, vectors: await this.#state.readVectors(), states: await this.#state.readStates() };
    await writeAtomic(path, encodeCheckpoint(checkpoint, this.plan.layout));
  }

  /** Frees the device's memory, and closes the device unless it was handed in. */
  close(): void {
    this.#executor.close();
    if (this.#ownsDevice) this.#device.close();
  }

  #adopt({ head, vectors, states }: Checkpoint): void {
    const { step, steps, batch, rows, seed } = head;
    this.#seed = this.#options.seed ?? seed;
    this.#trained = { step, steps, batch, rows };
    if (!this.#drawn) this.#state.begin(new Float32Array(this.plan.layout.length));
    this.#drawn = true;
    this.#state.set(new Map<string, Numbers>([...vectors, ...states]));
  }

  /** `onNeeds` hears what the programs take on the device before any of it is made. */
  async #prepare(
    programs: readonly PlanProgram[],
    onNeeds: (needs: readonly MemoryNeed[]) => void = () => undefined,
  ): Promise<void> {
    const added = programs.filter(({ name }) => !this.#executor.isPrepared(name));
    const sets = added.some(readsData) ? await this.data() : new Map<string, DataSet>();
    const splits = (reference: string) => splitNamed(sets, reference);
    onNeeds(this.#executor.needs(added, splits));
    await this.#executor.prepare(added, splits);
    await this.#draw();
    this.#state.settle();
  }

  /** Draws the parameters where they are not there yet. */
  async #draw(): Promise<void> {
    if (this.#drawn) return;
    this.#drawn = true;
    const needed = this.plan.layout.parameters.some(({ initialiser }) => initialiser.kind === 'data');
    const sets = needed ? await this.data() : new Map<string, DataSet>();
    this.#state.begin(initialParameters(this.plan.layout, this.#seed, (reference) => splitNamed(sets, reference)));
  }

  /** The moment that the host's schedules are evaluated at outside training: the step that the parameters have had. */
  async #hostClock(): Promise<HostClock> {
    if (this.#trained !== undefined) {
      const { step, steps, batch, rows } = this.#trained;
      return hostClock(step, batch, rows, steps);
    }
    const training = this.plan.programs.find((program) => program.kind === 'train');
    if (training === undefined || !this.#data.isLoaded) return hostClock(0, 1, 0, 0);
    return hostClock(0, training.batch, await this.#data.rowsOf(training.set), 0);
  }
}

function memoryEvent(needs: readonly MemoryNeed[]): TrainEvent {
  const parts = [...bytesByPart(needs)].map(([part, bytes]) => ({ part, bytes }));
  return { kind: 'memory', total: totalOf(needs), parts };
}
