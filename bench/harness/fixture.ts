/**
 * The numbers that every contender begins with, in a folder: the weights, the first batch and its noise as raw f32
 * (fixture.f32, little endian), an index of them (fixture.json), and the first step's loss in float64 from the spec's own
 * tensors, which all must agree with.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NodeOf, sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { TrainProgram } from '../../compiler/4-tensor/program.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { type DataSet, splitNamed } from '../../runtime/data/dataset.ts';
import { loadDataSets } from '../../runtime/data/load.ts';
import { initialParameters } from '../../runtime/parameters/initialise.ts';
import { drawsOfSteps, uniformsAt } from '../../test/support/draws.ts';
import { elaborateText } from '../../test/support/elaborated.ts';
import type { Workload } from '../workloads/workload.ts';

export interface FixtureTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it begins in fixture.f32, in numbers; row major. */
  readonly offset: number;
}

export interface FixtureIndex {
  readonly workload: string;
  readonly learningRate: number;
  readonly parameters: readonly FixtureTensor[];
  /** [batch, elements of a row]. */
  readonly batch: FixtureTensor;
  readonly noise: FixtureTensor;
  /** Of the first step, in nats a row. */
  readonly loss: number;
}

interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Writes the fixture of a workload into a new temporary folder, which it returns with the index. */
export async function exportFixture(
  workload: Workload,
  dataFolder: string,
): Promise<{ readonly folder: string; readonly index: FixtureIndex }> {
  const { programs } = elaborateText(readFileSync(workload.spec, 'utf8'));
  const program = programs.programs.find(({ kind }) => kind === 'train') as TrainProgram;
  const sets = await loadDataSets(programs.data, { folder: dataFolder });
  const vector = initialParameters(programs.layout, workload.seed, (reference) => splitNamed(sets, reference));
  const initial = new Map<string, Numbers>(
    programs.layout.parameters.map(({ path, shape, offset }) => {
      return [path, { shape, data: vector.slice(offset, offset + sizeOf(shape)) }];
    }),
  );
  const { rows, fields } = splitNamed(sets, program.set);
  const draws = drawsOfSteps(program, { steps: 1, rows, seed: workload.seed });
  const { values, rowShape, scale } = fields.get(workload.field)!;
  const width = sizeOf(rowShape);
  const stored = draws.index[0]!.flatMap((row) => Array.from(values.subarray(row * width, (row + 1) * width)));

  const writer = new TensorWriter();
  const index: FixtureIndex = {
    workload: workload.name,
    learningRate: workload.learningRate,
    parameters: Object.entries(workload.parameters).map(([name, paths]) =>
      writer.add(name, sideBySide(paths.map((path) => initial.get(path)!))),
    ),
    batch: writer.add('batch', {
      shape: [program.batch, width],
      data: Float32Array.from(stored, (number) => number * scale),
    }),
    noise: writer.add('noise', { shape: draws.shape, data: Float32Array.from(draws.noise[0]!) }),
    loss: referenceLoss(program, { initial, sets, rows, seed: workload.seed }),
  };
  const folder = mkdtempSync(join(tmpdir(), 'vaec-bench-'));
  writeFileSync(join(folder, 'fixture.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'fixture.f32'), writer.bytes());
  return { folder, index };
}

/** The loss of the first step by the float64 interpreter of the spec's tensors. */
function referenceLoss(
  program: TrainProgram,
  given: {
    readonly initial: ReadonlyMap<string, Numbers>;
    readonly sets: ReadonlyMap<string, DataSet>;
    readonly rows: number;
    readonly seed: number;
  },
): number {
  const clock = uniformsAt(0, { ...given, batch: program.batch });
  const input = ({ source }: NodeOf<'input'>): ArrayLike<number> => {
    if (source.kind === 'parameter') return given.initial.get(source.path)!.data;
    const value = 'name' in source ? clock[source.name] : undefined;
    if (value === undefined) throw new Error(`the objective depends on ${JSON.stringify(source)}`);
    return [value];
  };
  const objective = program.function.outputs.find(({ name }) => name === 'objective')!;
  const [value] = evaluate([objective.node], input, ({ set, field }) => {
    return splitNamed(given.sets, set).fields.get(field)!.values;
  });
  return (program.sense === 'maximize' ? -1 : 1) * value![0]!;
}

/** Tensors joined along their last axis; all other extents are equal. */
function sideBySide(parts: readonly Numbers[]): Numbers {
  const widths = parts.map(({ shape }) => shape.at(-1)!);
  const width = widths.reduce((sum, one) => sum + one, 0);
  const outer = parts[0]!.data.length / widths[0]!;
  const data = new Float32Array(outer * width);
  let begin = 0;
  parts.forEach((part, i) => {
    const own = widths[i]!;
    for (let row = 0; row < outer; row++) data.set(part.data.subarray(row * own, (row + 1) * own), row * width + begin);
    begin += own;
  });
  return { shape: [...parts[0]!.shape.slice(0, -1), width], data };
}

/** Tensors one after the other. */
class TensorWriter {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  add(name: string, { shape, data }: Numbers): FixtureTensor {
    const tensor = { name, shape, offset: this.#length };
    this.#chunks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#length += data.length;
    return tensor;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
