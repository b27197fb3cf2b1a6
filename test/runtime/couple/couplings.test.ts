/**
 * Coupled draws on both targets, against float64: the steps of a training run and the batches of an evaluation, each with the
 * permutation that the interpreter's own draws give.
 */
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import { topological } from '../../../compiler/4-tensor/ir.ts';
import type { Coupling } from '../../../compiler/4-tensor/program.ts';
import { evaluate } from '../../../compiler/4-tensor/reference.ts';
import type { Plan } from '../../../compiler/5-kernel/plan.ts';
import { mixSeed } from '../../../compiler/ops/index.ts';
import { assign } from '../../../runtime/couple/assignment.ts';
import { type DataSet, splitNamed } from '../../../runtime/data/dataset.ts';
import { loadDataSets } from '../../../runtime/data/load.ts';
import type { Device } from '../../../runtime/device/device.ts';
import { stepClock } from '../../../runtime/host/positions.ts';
import { type Model, openModel } from '../../../runtime/index.ts';
import { elaborateText, run64, type TestSpec } from '../../support/elaborated.ts';
import { testSources } from '../../support/sources.ts';
import { openTestTargets } from '../../support/targets.ts';
import { temporaryFolder } from '../folder.ts';

const batch = 12;
const seed = 4;

/** Two couplings of one name, with different values; 31 rows, so that batches straddle epochs; 150 rows to evaluate. */
const text = `
data points {
  x : real[2]
  source gaussian_mixture(n: 181, seed: 3, centers: [[2, 2], [-2, 2], [0, -2]], stds: [0.3, 0.4, 0.35])
  standardize x
  split train: 0.172, test: 0.828
}
net velocity(x: real[2], t: unit) = concat(x, t) |> dense(7, silu) |> dense(2)
function missed(e, x, t) = sum(square(x - e - velocity((1 - t) * e + t * x, t)))
train {
  data points.train
  minimize E[t ~ Uniform(0, 1) by stratified, e ~ Normal(0, 1) like x coupled(x, by: optimal_transport)](missed(e, x, t))
    + E[e ~ Normal(0, 1) like x coupled(x + 2 * abs(x), by: optimal_transport)](mean_square(exp(e / 4) - x))
  optimizer sgd(lr: 0.05)
  batch ${batch}
  steps 40
  seed ${seed}
}
evaluate {
  data points.test
  report E[e ~ Normal(0, 1) like x coupled(x, by: optimal_transport)](sum(square(x - e))),
    E[e ~ Normal(0, 1) like x](sum(square(x - e)))
}
`;

const spec = elaborateText(text);
const sets = await loadDataSets(spec.programs.data, { folder: '.' });
const targets = await openTestTargets();

function programOf<Kind extends 'train' | 'evaluate'>(of: TestSpec, kind: Kind) {
  return of.programs.programs.find((program): program is typeof program & { kind: Kind } => program.kind === kind)!;
}

type Uniforms = Readonly<Record<string, number>>;

/** The data and the draws that a coupling pairs, [batch, …] each, and how many rows count. */
function paired({ values, draws, counted }: Coupling, data: ReadonlyMap<string, DataSet>, uniforms: Uniforms) {
  const read = ({ source }: { source: { name?: string } }): number[] => [uniforms[source.name!]!];
  const [x, e, n] = evaluate([values, draws, counted], read as never, ({ set, field }) => {
    return splitNamed(data, set).fields.get(field)!.values;
  });
  return { x: x!, e: e!, counted: n![0]! };
}

/** The permutation, from squared distances written out. */
function permutationOf(coupling: Coupling, uniforms: Uniforms): number[] {
  const { x, e, counted } = paired(coupling, sets, uniforms);
  const size = x.length / coupling.values.shape[0]!;
  const cost = Float64Array.from({ length: counted * counted }, (_, at) => {
    const [i, j] = [Math.floor(at / counted), at % counted];
    return Array.from({ length: size }, (_, k) => (x[i * size + k]! - e[j * size + k]!) ** 2).reduce(
      (a, b) => a + b,
      0,
    );
  });
  const { columns } = assign(cost, counted);
  return coupling.values.shape[0]! > counted
    ? [...columns, ...Array.from({ length: coupling.values.shape[0]! - counted }, (_, i) => counted + i)]
    : [...columns];
}

const tables = (reference: string) => ({ x: splitNamed(sets, reference).fields.get('x')!.values });

function uniformsAt(step: number): Uniforms {
  const { rows } = splitNamed(sets, 'points.train');
  return { ...stepClock(step, batch, rows, mixSeed(seed)) };
}

async function withModel<T>(device: Device, use: (model: Model) => Promise<T>, of = text): Promise<T> {
  const profile = device.report.target === 'cpu' ? 'cpu' : 'portable';
  const { compiled } = compile({ entry: 'test.vae', host: testSources({ 'test.vae': of }), profile });
  const { kernels: sources, modules } = compiled!;
  // As plan.json holds it.
  const plan = JSON.parse(JSON.stringify(compiled!.plan)) as Plan;
  const model = await openModel({ plan, sources, ...(modules && { modules }), sets, device });
  try {
    return await use(model);
  } finally {
    model.close();
  }
}

const numbersOf = async (model: Model): Promise<Record<string, number[]>> =>
  Object.fromEntries([...(await model.parameters())].map(([path, { data }]) => [path, Array.from(data)]));

describe.each(targets)('$target', ({ device }) => {
  const test = it.skipIf(device === undefined);

  test('trains as float64 does with the same permutations', () =>
    withModel(device!, async (model) => {
      const program = programOf(spec, 'train');
      const differences: number[] = [];
      for (let step = 0; step < 4; step++) {
        const uniforms = uniformsAt(step);
        const given = Object.fromEntries(
          program.couplings!.map((coupling) => [coupling.argument, permutationOf(coupling, uniforms)]),
        );
        const inputs = { parameters: await numbersOf(model), uniforms, tables: tables('points.train') };
        const wanted = run64(program.function, spec, { ...inputs, arguments: given });
        const unpaired = Object.fromEntries(Object.keys(given).map((name) => [name, [...Array(batch).keys()]]));
        const other = run64(program.function, spec, { ...inputs, arguments: unpaired });
        let objective = NaN;
        await model.train({
          steps: step + 1,
          onEvent: (event) => {
            if (event.kind === 'progress') ({ objective } = event);
          },
        });
        // A mean of some tens of f32 terms of size 1 to 10, each within some units in the last place.
        const exact = wanted.get('objective')![0]!;
        expect(Math.abs(objective - exact)).toBeLessThan(2e-5);
        differences.push(Math.abs(other.get('objective')![0]! - exact));
        const after = await numbersOf(model);
        for (const { path, offset, shape } of spec.programs.layout.parameters) {
          const size = shape.reduce((a, b) => a * b, 1);
          const next = wanted.get('parameters')!.slice(offset, offset + size);
          after[path]!.forEach((value, i) => expect(Math.abs(value - next[i]!)).toBeLessThan(1e-5));
        }
      }
      // Rows with draws of their own would be seen.
      expect(Math.min(...differences)).toBeGreaterThan(0.05);
    }));

  test('how steps are divided into submits, and a resumption, change no bit', async () => {
    const whole = await withModel(device!, async (model) => {
      await model.train();
      return numbersOf(model);
    });
    const single = await withModel(device!, async (model) => {
      for (let steps = 1; steps <= 40; steps++) await model.train({ steps });
      return numbersOf(model);
    });
    expect(single).toEqual(whole);
    const path = join(temporaryFolder(), 'checkpoint.safetensors');
    await withModel(device!, async (model) => {
      await model.train({ steps: 17 });
      await model.save(path);
    });
    const resumed = await withModel(device!, async (model) => {
      await model.load(path);
      await model.train({ steps: 40 });
      return numbersOf(model);
    });
    expect(resumed).toEqual(whole);
  });

  test('evaluates batch by batch, rows that only fill up the last one left out of the pairing', () =>
    withModel(device!, async (model) => {
      const { couplings, batch: size } = programOf(spec, 'evaluate');
      const [coupling] = couplings!;
      const { rows } = splitNamed(sets, 'points.test');
      expect([size, rows]).toEqual([128, 150]);
      let sums = [0, 0];
      for (const first of [0, size]) {
        const uniforms = { step: 0, seed: mixSeed(seed), rows, first };
        const { x, e, counted } = paired(coupling!, sets, uniforms);
        const permutation = permutationOf(coupling!, uniforms);
        for (let row = 0; row < counted; row++) {
          const cost = (j: number): number =>
            [0, 1].map((k) => (x[2 * row + k]! - e[2 * j + k]!) ** 2).reduce((a, b) => a + b);
          sums = [sums[0]! + cost(permutation[row]!), sums[1]! + cost(row)];
        }
      }
      const { reports } = await model.evaluate();
      const [coupled, independent] = reports.map((report) => (report.kind === 'number' ? report.value : NaN));
      expect(coupled).toBeCloseTo(sums[0]! / rows, 5);
      expect(independent).toBeCloseTo(sums[1]! / rows, 5);
      expect(coupled).toBeLessThan(0.5 * independent!);
    }));
});

test('explain says how draws are arranged', () => {
  const { compiled } = compile({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
  const lines = compiled!.explanation.lines.filter((line) => / ~ (Uniform|Normal): /.test(line));
  expect(lines.map((line) => /one draw a row, (.*?), shared/.exec(line)?.[1])).toEqual([
    'stratified within the batch',
    'coupled with x within the batch by optimal transport',
    'coupled with x + 2 * abs(x) within the batch by optimal transport',
    'coupled with x within the batch by optimal transport',
    undefined,
  ]);
});

test('one permutation serves the same coupling again; another value, or another draw, has its own', () => {
  const names = (report: string): string[] => {
    const { programs } = elaborateText(`${text}evaluate { data points.test  report ${report} }`);
    const [, last] = programs.programs.filter(({ kind }) => kind === 'evaluate');
    return last?.kind === 'evaluate' ? (last.couplings ?? []).map(({ argument }) => argument) : [];
  };
  const coupled = (variable: string, value: string): string =>
    `E[${variable} ~ Normal(0, 1) like x coupled(${value}, by: optimal_transport)](sum(${variable} * x))`;
  expect(names(`${coupled('e', 'x')}, 2 * ${coupled('e', 'x')}`)).toEqual(['coupling_e']);
  expect(names(`${coupled('e', 'x')}, ${coupled('e', '2 * x')}`)).toEqual(['coupling_e', 'coupling_e_2']);
  expect(names(`${coupled('e', 'x')}, ${coupled('u', 'x')}`)).toEqual(['coupling_e', 'coupling_u']);
  expect(names('mean_square(x)')).toEqual([]);
});

test('what the assignment sees of binarized data are the zeros and ones of the step', async () => {
  const pictures = elaborateText(`
data sprites { x : unit[16, 16]  source shapes(n: 40, seed: 1, size: 16)  binarize x dynamic }
evaluate {
  data sprites
  report E[e ~ Normal(0, 1) like x coupled(x, by: optimal_transport)](mean_square(x - e))
}`);
  const [coupling] = programOf(pictures, 'evaluate').couplings!;
  const loaded = await loadDataSets(pictures.programs.data, { folder: '.' });
  const { x } = paired(coupling!, loaded, { step: 0, seed: 1, rows: 40, first: 0 });
  expect(new Set(x)).toEqual(new Set([0, 1]));
});

describe.each(targets)('$target', ({ device }) => {
  it.skipIf(device === undefined)('a distance that is not finite stops the run with words', async () => {
    const overflowing = text.replace('coupled(x + 2 * abs(x)', 'coupled(exp(2000 * x)');
    await withModel(
      device!,
      async (model) => {
        await expect(model.train()).rejects.toThrow(
          /^e coupled with exp\(2000 \* x\): a distance .* is not finite; look at/,
        );
      },
      overflowing,
    );
  });
});

test('the host computes a coupling from data and scalars alone', () => {
  for (const kind of ['train', 'evaluate'] as const) {
    for (const { values, draws, counted } of programOf(spec, kind).couplings!) {
      const inputs = topological([values, draws, counted]).flatMap((node) =>
        node.kind === 'input' ? [node.source.kind] : [],
      );
      expect(new Set(inputs)).toEqual(new Set(['uniform']));
    }
  }
});
