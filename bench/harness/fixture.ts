/**
 * The numbers that every contender begins with, in a folder: the weights, and the batches and the noise of the first steps
 * as raw f32 (fixture.f32, little endian), with an index of them (fixture.json) that also holds the losses of those steps
 * in float64, which all must agree with.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { splitNamed } from '../../runtime/data/dataset.ts';
import { drawsOfSteps, type NoiseKind } from '../../test/support/draws.ts';
import type { Workload } from '../workloads/workload.ts';
import { openSubject, referenceLosses } from './reference.ts';

/** Steps whose losses must agree: by the last one, every term of the objective weighs more than its tolerance. */
const steps = 6;

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
  /** [steps, batch, elements of a row]. */
  readonly batches: FixtureTensor;
  /** Each [steps, ...]. */
  readonly draws: readonly FixtureDraw[];
  /** Of each step, in nats a row. */
  readonly losses: readonly number[];
}

/** What a step draws under a name, as the workload says. */
export interface FixtureDraw extends FixtureTensor {
  readonly kind: NoiseKind;
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
  const subject = await openSubject(workload, dataFolder);
  const { program, plan, sets, rows, seed } = subject;
  const initial = new Map<string, Numbers>(
    plan.layout.parameters.map(({ path, shape, offset }) => {
      return [path, { shape, data: subject.parameters.slice(offset, offset + sizeOf(shape)) }];
    }),
  );
  const kinds = Object.entries(workload.draws);
  const draws = drawsOfSteps(
    program,
    { steps, rows, seed },
    kinds.map(([, kind]) => kind),
  );
  const { values, rowShape, scale } = splitNamed(sets, program.set).fields.get(workload.field)!;
  const width = sizeOf(rowShape);
  const stored = draws.index.flat().flatMap((row) => Array.from(values.subarray(row * width, (row + 1) * width)));

  const writer = new TensorWriter();
  const index: FixtureIndex = {
    workload: workload.name,
    learningRate: workload.learningRate,
    parameters: Object.entries(workload.parameters).map(([name, paths]) =>
      writer.add(name, sideBySide(paths.map((path) => initial.get(path)!))),
    ),
    batches: writer.add('batches', {
      shape: [steps, program.batch, width],
      data: Float32Array.from(stored, (number) => number * scale),
    }),
    draws: kinds.map(([name, kind], i) => {
      const { shape, values } = draws.noise[i]!;
      return { kind, ...writer.add(name, { shape: [steps, ...shape], data: Float32Array.from(values.flat()) }) };
    }),
    losses: referenceLosses(subject, steps),
  };
  const folder = mkdtempSync(join(tmpdir(), 'vaec-bench-'));
  writeFileSync(join(folder, 'fixture.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'fixture.f32'), writer.bytes());
  return { folder, index };
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
