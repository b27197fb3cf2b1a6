/** A spec given as text on both sides of a check: compiled and run on the device, and evaluated in float64. */
import { compile } from '../../compiler/compile.ts';
import type { CompiledKernels, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { topological, type Node, type NodeOf } from '../../compiler/4-tensor/ir.ts';
import type { DataContract, Program } from '../../compiler/4-tensor/program.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { mixSeed } from '../../compiler/ops/index.ts';
import { type DataSet, type LoadedSplit, splitNamed, WHOLE } from '../../runtime/data/dataset.ts';
import type { Device } from '../../runtime/device/device.ts';
import type { Executor } from '../../runtime/execute/executor.ts';
import type { Numbers } from '../../runtime/execute/results.ts';
import type { WebGpuDevice } from '../../runtime/webgpu/device.ts';
import { Hypers } from '../../runtime/host/hypers.ts';
import { hostClock, stepClock } from '../../runtime/host/positions.ts';
import { type Moment, scalarsOf } from '../../runtime/host/scalars.ts';
import { initialParameters } from '../../runtime/parameters/initialise.ts';
import { elaborateText, type TestSpec } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';

/** Compiles a spec given as text; throws with the messages where it has errors. */
export function compileText(
  text: string,
  { profile, files = {} }: { readonly profile?: string; readonly files?: Readonly<Record<string, string>> } = {},
): CompiledKernels {
  const host = testSources({ 'test.vae': text, ...files });
  const { compiled, diagnostics } = compile({ entry: 'test.vae', host, ...(profile !== undefined && { profile }) });
  if (compiled === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { plan, kernels, modules } = compiled;
  return { plan, sources: kernels, ...(modules && { modules }) };
}

/** The stored numbers of each field of a set, row major; a set that has no parts. */
export type Rows = Readonly<Record<string, ArrayLike<number>>>;

/** Data sets of a spec from numbers, as if they had been loaded. */
export function setsOf(contracts: readonly DataContract[], rows: Readonly<Record<string, Rows>>): Map<string, DataSet> {
  return new Map(contracts.map((contract) => [contract.name, setOf(contract, rows[contract.name]!)]));
}

function setOf({ name, fields }: DataContract, given: Rows): DataSet {
  const loaded = fields.map(({ name: field, table }) => {
    const { storage, rowShape, scale } = table;
    const values = { u8: Uint8Array, f32: Float32Array, u32: Uint32Array }[storage].from(given[field]!);
    return { name: field, storage, values, rowShape, scale };
  });
  const { values, rowShape } = loaded[0]!;
  const rows = values.length / rowShape.reduce((product, extent) => product * extent, 1);
  const all: LoadedSplit = {
    name: WHOLE,
    rows,
    fields: new Map(loaded.map((field) => [field.name, field])),
    indices: Uint32Array.from({ length: rows }, (_, i) => i),
  };
  return { name, rows, splits: new Map([[WHOLE, all]]), notes: [] };
}

export type Results = ReadonlyMap<string, ArrayLike<number>>;

/** One spec, its data and its parameters; every scalar of a run is the same on both sides. */
export class Bench {
  readonly compiled: CompiledKernels;
  readonly spec: TestSpec;
  readonly sets: ReadonlyMap<string, DataSet>;
  readonly #executor: Executor | undefined;
  readonly #hypers: Hypers;
  #parameters: Float32Array;

  private constructor(
    compiled: CompiledKernels,
    spec: TestSpec,
    sets: ReadonlyMap<string, DataSet>,
    executor?: Executor,
  ) {
    this.compiled = compiled;
    this.spec = spec;
    this.sets = sets;
    this.#executor = executor;
    this.#hypers = new Hypers(compiled.plan);
    this.#parameters = initialParameters(compiled.plan.layout, 1, (reference) => splitNamed(sets, reference));
  }

  /** Without a device only the float64 side runs. Parameters begin as seed 1 draws them. */
  static async open(
    text: string,
    rows: Readonly<Record<string, Rows>>,
    { device, profile }: { readonly device?: Device | undefined; readonly profile?: string } = {},
  ): Promise<Bench> {
    const compiled = compileText(text, profile === undefined ? {} : { profile });
    const sets = setsOf(compiled.plan.data, rows);
    const executor = device?.executor(compiled);
    await executor?.prepare(compiled.plan.programs, (reference) => splitNamed(sets, reference));
    const bench = new Bench(compiled, elaborateText(text), sets, executor);
    executor?.write('parameters', bench.#parameters);
    return bench;
  }

  /** The stored numbers by path, rounded to f32; those that are not named stay. */
  setParameters(values: Readonly<Record<string, ArrayLike<number>>>): void {
    this.#parameters = this.#parameters.slice();
    for (const { path, offset } of this.compiled.plan.layout.parameters) {
      const given = values[path];
      if (given !== undefined) this.#parameters.set(given, offset);
    }
    this.#executor?.write('parameters', this.#parameters);
  }

  /** Runs a program once on the device: its results, by name. */
  async run(name: string, moment: Moment): Promise<Results> {
    const flight = this.#executor!.submit(name, [scalarsOf(this.compiled.plan, this.#hypers)(moment)]);
    const [results] = await flight.results();
    return results!;
  }

  /** A vector that the device carries. */
  read(vector: string): Promise<Numbers> {
    return this.#executor!.read(vector);
  }

  /** Every output of a program by name in float64, from the tensors as they were elaborated. Vectors begin as zeros. */
  reference(name: string, moment: Moment): Results {
    const { function: fn } = this.#program(name);
    const values = this.evaluate64(
      fn.outputs.map(({ node }) => node),
      moment,
    );
    return new Map(fn.outputs.map((output, i) => [output.name, values[i]!]));
  }

  /** Any nodes of the elaborated spec in float64. */
  evaluate64(nodes: readonly Node[], moment: Moment): Float64Array[] {
    const { layout } = this.compiled.plan;
    const scalars = scalarsOf(this.compiled.plan, this.#hypers)(moment);
    const places = new Map(layout.parameters.map(({ path, offset }) => [path, offset]));
    const read = ({ source, shape }: NodeOf<'input'>): ArrayLike<number> => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      switch (source.kind) {
        case 'parameter': {
          const offset = places.get(source.path)!;
          return this.#parameters.slice(offset, offset + size);
        }
        case 'vector':
          return source.name === 'parameters' ? this.#parameters : new Float64Array(size);
        case 'uniform':
          return [scalars(source.name)];
        default:
          return new Float64Array(size);
      }
    };
    return evaluate(nodes, read, ({ set, field }) => splitNamed(this.sets, set).fields.get(field)!.values);
  }

  /** Every node that a program's outputs reach. */
  nodes(name: string): Node[] {
    return topological(this.#program(name).function.outputs.map(({ node }) => node));
  }

  /** The scalars of training step `step`. */
  trainMoment(step: number, seed = 1): Moment {
    const program = this.#plan('train');
    const { rows } = splitNamed(this.sets, program.set);
    const clock = stepClock(step, program.batch, rows, mixSeed(seed));
    return { clock, host: hostClock(step, program.batch, rows, 100) };
  }

  /** The scalars of an evaluation's batch that begins at row `first`. */
  evaluateMoment(name: string, first = 0, seed = 1): Moment {
    const program = this.#plan('evaluate', name);
    const { rows } = splitNamed(this.sets, program.set);
    const clock = { step: 0, epoch: 0, offset: 0, rows, first, seed: mixSeed(seed) };
    return { clock, host: hostClock(0, 1, rows, 0) };
  }

  close(): void {
    this.#executor?.close();
  }

  #program(name: string): Program {
    return this.spec.programs.programs.find((program) => program.name === name)!;
  }

  #plan<Kind extends 'train' | 'evaluate'>(kind: Kind, name?: string): Extract<PlanProgram, { kind: Kind }> {
    const programs = this.compiled.plan.programs.filter((one): one is Extract<PlanProgram, { kind: Kind }> => {
      return one.kind === kind && (name === undefined || one.name === name);
    });
    return programs[0]!;
  }
}

/** The two kernels' profiles that the device can run: `subgroup8` only where its subgroups have eight lanes. */
export function profilesFor(device: WebGpuDevice | undefined): readonly string[] {
  const sizes = device?.report.subgroupSize;
  return sizes?.min === 8 && sizes.max === 8 ? ['portable', 'subgroup8'] : ['portable'];
}

/** A measured figure, on the terminal where VAEC_FIGURES=1 asks for them. */
export function tell(figure: string): void {
  if (process.env['VAEC_FIGURES'] === '1') process.stderr.write(`${figure}\n`);
}
