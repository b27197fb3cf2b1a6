/**
 * What every contender begins with, in a folder: the spec (spec.vae), and the weights, the batches and the noise of the
 * first steps as raw f32 (fixture.f32, little endian) with an index of them (fixture.json).
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { NoiseKind } from '../../test/support/draws.ts';
import type { Workload } from '../workloads/workload.ts';
import { noiseIn, openSubject, type Subject } from './reference.ts';

export interface FixtureTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it begins in fixture.f32, in numbers; row major. */
  readonly offset: number;
}

export interface FixtureIndex {
  readonly workload: string;
  readonly mathematics: string;
  readonly hypers: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly learningRate: number;
  readonly parameters: readonly FixtureTensor[];
  /** [steps, batch, elements of a row]. */
  readonly batches: FixtureTensor;
  /** Each [steps, ...]. */
  readonly draws: readonly FixtureDraw[];
  readonly sampling?: FixtureSampling;
}

/** What a step draws under a name, as the workload says. */
export interface FixtureDraw extends FixtureTensor {
  readonly kind: NoiseKind;
}

/** What is decoded where sampling is measured. */
export interface FixtureSampling {
  /** The spec's sample program. */
  readonly program: string;
  /** [draws, latent]: what that program draws. */
  readonly latents: FixtureTensor;
}

interface Numbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface Fixture {
  readonly folder: string;
  /** The path of the spec. */
  readonly spec: string;
  readonly index: FixtureIndex;
  readonly subject: Subject;
}

/** A sample program of the spec, and how many draws of it are measured. */
export interface Sampling {
  readonly program: string;
  readonly draws: number;
}

/** Writes the fixture of a workload into a new temporary folder, has it used, and takes it away. */
export async function withFixture<T>(
  workload: Workload,
  { data, sampling }: { readonly data: string; readonly sampling?: Sampling },
  use: (fixture: Fixture) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'vaec-bench-'));
  try {
    const spec = join(folder, 'spec.vae');
    writeFileSync(spec, workload.text);
    const counts = sampling && { [sampling.program]: sampling.draws };
    const subject = await openSubject(workload, spec, data, counts);
    const writer = new TensorWriter();
    const index: FixtureIndex = {
      ...stepsOf(workload, subject, writer),
      ...(sampling && { sampling: samplingOf(sampling, subject, writer) }),
    };
    writeFileSync(join(folder, 'fixture.json'), JSON.stringify(index));
    writeFileSync(join(folder, 'fixture.f32'), writer.bytes());
    return await use({ folder, spec, index, subject });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function stepsOf(workload: Workload, subject: Subject, writer: TensorWriter): FixtureIndex {
  const { plan, training } = subject;
  const initial = new Map<string, Numbers>(
    plan.layout.parameters.map(({ path, shape, offset }) => {
      return [path, { shape, data: subject.parameters.subarray(offset, offset + sizeOf(shape)) }];
    }),
  );
  const outputs = training.function.outputs.map(({ node }) => node);
  const kinds = Object.entries(workload.draws);
  const read = subject.named(outputs, workload.field);
  const nodes = [read, ...kinds.map(([, kind]) => noiseIn(outputs, kind))];
  const steps = Array.from({ length: workload.checked }, (_, step) => subject.valuesAt(step, nodes, new Map()));
  const overSteps = (i: number, shape: readonly number[]): Numbers => ({
    shape: [steps.length, ...shape],
    data: steps.flatMap((values) => Array.from(values[i]!)),
  });
  const width = sizeOf(read.shape.slice(1));
  return {
    workload: workload.name,
    mathematics: workload.mathematics,
    hypers: workload.hypers ?? {},
    seed: workload.seed,
    learningRate: workload.learningRate,
    parameters: Object.entries(workload.parameters).map(([name, paths]) =>
      writer.add(name, sideBySide(paths.map((path) => initial.get(path)!))),
    ),
    batches: writer.add('batches', overSteps(0, [training.batch, width])),
    draws: kinds.map(([name, kind], i) => ({ kind, ...writer.add(name, overSteps(i + 1, nodes[i + 1]!.shape)) })),
  };
}

function samplingOf({ program }: Sampling, subject: Subject, writer: TensorWriter): FixtureSampling {
  const noise = noiseIn(subject.sampled(program), 'standard_normal');
  const [data] = subject.valuesAt(0, [noise], new Map());
  return { program, latents: writer.add('latents', { shape: noise.shape, data: data! }) };
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
    for (let row = 0; row < outer; row++)
      for (let column = 0; column < own; column++) data[row * width + begin + column] = part.data[row * own + column]!;
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
    const stored = Float32Array.from(data);
    this.#chunks.push(new Uint8Array(stored.buffer));
    this.#length += stored.length;
    return tensor;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
