/** Bounds on the device against closed forms: linear-Gaussian models, a posterior that the guide misses, a KL. */
import { describe, expect, test } from 'vitest';
import { splitNamed } from '../../runtime/data/dataset.ts';
import type { Evaluation } from '../../runtime/evaluate/evaluate.ts';
import { type Model } from '../../runtime/model.ts';
import { openModel } from '../../runtime/open-model.ts';
import { random } from '../distributions/random.ts';
import { openTestDevice } from '../support/device.ts';
import { Bench, compileText, setsOf, tell, type Rows } from './bench.ts';
import { bestMeanLogMarginal, drawData, logMarginal, meanLogMarginal, type LinearGaussian } from './gaussian.ts';

const device = await openTestDevice();
const patient = { timeout: 300_000 };

async function open(text: string, rows: Readonly<Record<string, Rows>>): Promise<Model> {
  const compiled = compileText(text, { profile: device!.report.profile });
  return openModel({ ...compiled, sets: setsOf(compiled.plan.data, rows), device: device! });
}

function valueOf({ reports }: Evaluation, at: number): number {
  const report = reports[at]!;
  if (report.kind !== 'number') throw new Error(`${report.text} is a vector`);
  return report.value;
}

/** Columns of W are orthogonal and of different lengths, so the posterior has independent entries and is unique. */
const truth: LinearGaussian = {
  weight: [
    [1.6, 0, 1.2, 0, 0],
    [0, 0.6, 0, -0.9, 0.3],
  ],
  bias: [0.3, -0.2, 0.1, 0.5, -0.4],
  scale: 0.5,
};

const linear = `use "std/objectives"
data points { x : real[5]  source npy(x: "x.npy") }
net mean(z) = dense(z, 5)
net code(x) = dense(x, 2)
param noise : positive = 1
param spread : positive[2] = 0.5
model p {
  z ~ Normal(0, 1)[2]
  x ~ Normal(mean(z), noise)
}
guide q(x) { z ~ Normal(code(x), spread) }
train {
  data points  maximize stl(p, q)  optimizer adam(lr: cosine(2e-2 -> 0, steps: 2000))
  batch 250  steps 2000  seed 5
}
evaluate { data points  report elbo_mc(p, q), elbo(p, q), iwelbo(p, q, K: 7) }
`;

const softplusInverse = (y: number): number => Math.log(Math.expm1(y));

describe.skipIf(device === undefined)('a linear-Gaussian model with orthogonal columns', () => {
  test('with the exact posterior as guide, log p(x, z) - log q(z | x) is log p(x) at every draw', patient, async () => {
    const rows = 10;
    const x = drawData(truth, rows, 11);
    const profile = device!.report.profile;
    const bench = await Bench.open(linear, { points: { x } }, { device, profile });
    const { weight, bias, scale } = truth;
    // The posterior of z[k]: precision 1 + a² / s² with a = |w[k]|, mean w[k] · (x - b) / (s² + a²).
    const squares = weight.map((w) => w.reduce((sum, value) => sum + value * value, 0));
    const code = bias.flatMap((_, i) => weight.map((w, k) => w[i]! / (scale * scale + squares[k]!)));
    bench.setParameters({
      'mean.dense_1.weight': weight.flat(),
      'mean.dense_1.bias': bias,
      'code.dense_1.weight': code,
      'code.dense_1.bias': weight.map((_, k) => -bias.reduce((sum, b, i) => sum + b * code[2 * i + k]!, 0)),
      noise: [softplusInverse(scale)],
      spread: squares.map((a2) => softplusInverse(1 / Math.sqrt(1 + a2 / (scale * scale)))),
    });
    const draws = 40;
    const found: number[][] = Array.from({ length: rows }, () => []);
    const likelihoods: number[] = [];
    for (let seed = 1; seed <= draws; seed++) {
      const results = await bench.run('evaluate', bench.evaluateMoment('evaluate', 0, seed));
      found.forEach((values, row) => values.push(results.get('report_1')![row]!));
      likelihoods.push(results.get('report_2')![0]!);
    }
    bench.close();
    // With the KL in closed form the rest of the bound moves with the draws: they do differ.
    expect(Math.max(...likelihoods) - Math.min(...likelihoods)).toBeGreaterThan(1);
    let [worstSd, worstOff] = [0, 0];
    found.forEach((values, row) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / draws;
      const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1));
      const exact = logMarginal(truth, x.subarray(5 * row, 5 * row + 5));
      worstSd = Math.max(worstSd, sd);
      worstOff = Math.max(worstOff, ...values.map((value) => Math.abs(value - exact)));
    });
    tell(
      `exact posterior: sd of the log weight at most ${worstSd.toExponential(1)}, off log p(x) by ${worstOff.toExponential(1)} nats`,
    );
    expect(worstSd).toBeLessThan(1e-4);
    expect(worstOff).toBeLessThan(1e-3);
  });

  test('trained from scratch, the bound is the mean of log p(x), and the largest there is', patient, async () => {
    const x = drawData(truth, 1000, 12);
    const model = await open(linear, { points: { x } });
    const start = valueOf(await model.evaluate(), 1);
    await model.train();
    const evaluation = await model.evaluate();
    const parameters = await model.parameters();
    model.close();
    const of = (path: string): number[] => Array.from(parameters.get(path)!.data as Float32Array);
    const flat = of('mean.dense_1.weight');
    const trained: LinearGaussian = {
      weight: [flat.slice(0, 5), flat.slice(5)],
      bias: of('mean.dense_1.bias'),
      scale: Math.log1p(Math.exp(of('noise')[0]!)),
    };
    const exact = meanLogMarginal(trained, x);
    const best = bestMeanLogMarginal(x, 5, 2);
    const [mc, closed, weighted] = [0, 1, 2].map((at) => valueOf(evaluation, at));
    tell(
      `trained: from ${start.toFixed(3)} to elbo ${closed!.toFixed(5)}, elbo_mc ${mc!.toFixed(5)}, iwelbo ${weighted!.toFixed(5)}; mean log p(x) ${exact.toFixed(5)}, the best ${best.toFixed(5)}`,
    );
    expect(start).toBeLessThan(exact - 1);
    expect(Math.abs(mc! - exact)).toBeLessThan(0.01);
    expect(Math.abs(closed! - exact)).toBeLessThan(0.01);
    expect(Math.abs(weighted! - exact)).toBeLessThan(0.01);
    expect(exact).toBeLessThanOrEqual(best);
    expect(exact).toBeGreaterThan(best - 0.01);
  });
});

describe.skipIf(device === undefined)('a guide two standard deviations beside the posterior', () => {
  const scale = 0.5;
  // p(z | x) is N(x / (1 + s²), v) with v = s² / (1 + s²).
  const sd = Math.sqrt((scale * scale) / (1 + scale * scale));
  const text = `use "std/objectives"
data points { x : real  source npy(x: "x.npy") }
param gain : real = ${1 / (1 + scale * scale)}
param shift : real = ${2 * sd}
param spread : positive = ${sd}
model p {
  z ~ Normal(0, 1)
  x ~ Normal(z, ${scale})
}
guide q(x) { z ~ Normal(gain * x + shift, spread) }
evaluate { data points  report iwelbo(p, q, K: 1000) }
`;

  test('iwelbo with K = 1000 is short of log p(x) by the variance of the weights over 2 K', patient, async () => {
    const rows = 1024;
    const one: LinearGaussian = { weight: [[1]], bias: [0], scale };
    const x = drawData(one, rows, 21);
    const model = await open(text, { points: { x } });
    const evaluation = await model.evaluate();
    model.close();
    const exact = meanLogMarginal(one, x);
    const bias = valueOf(evaluation, 0) - exact;
    const [report] = evaluation.reports;
    const error = report!.kind === 'number' ? report!.standardError! : NaN;
    // The weights over p(x) are e^(2 e - 2) of a normal e: mean 1, variance e^4 - 1 = 53.6, whatever x is.
    const predicted = -(Math.exp(4) - 1) / 2000;
    const drawn = biasByDrawing(1000, 4000, 22);
    tell(
      `iwelbo K = 1000: bias ${bias.toFixed(4)}, predicted ${predicted.toFixed(4)}, by drawing in float64 ${drawn.mean.toFixed(4)} ± ${drawn.error.toFixed(4)}`,
    );
    expect(Math.abs(bias)).toBeLessThan(0.05);
    expect(Math.abs(bias - predicted)).toBeLessThan(0.05);
    // Beside the variance over 2 K there are smaller terms; the estimator itself, drawn in float64, has them all. The
    // difference has a standard error of about 0.008: a bias of half or twice the size would be found.
    const spread = biasByDrawing(1000, rows, 23).error;
    expect(Math.abs(bias - drawn.mean)).toBeLessThan(4 * Math.hypot(spread, drawn.error));
    expect(error).toBeGreaterThan(0);
  });

  /** Mean of log (1 / K) Σ w over `count` repetitions, w = e^(-2 e - 2), in float64. */
  function biasByDrawing(K: number, count: number, seed: number): { readonly mean: number; readonly error: number } {
    const { normal } = random(seed);
    const values = Array.from({ length: count }, () => {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += Math.exp(-2 * normal() - 2);
      return Math.log(sum / K);
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
    return { mean, error: Math.sqrt(variance / count) };
  }
});

test.skipIf(device === undefined)('the KL of two Normals is 0.84714 nats', async () => {
  const text = `use "std/objectives"
data points { x : real[2]  source npy(x: "x.npy") }
param left : real = 0.5
param right : real = -1
param narrow : real = -0.2
param wide : real = 0.8
model p {
  z ~ Normal(0, 1)[2]
  x ~ Normal(z, 1)
}
guide q(x) { z ~ Normal([left, right], exp([narrow, wide] / 2)) }
evaluate { data points  report rate(p, q), kl_per_dim(q, p) }
`;
  const model = await open(text, { points: { x: new Float32Array(6) } });
  const evaluation = await model.evaluate();
  model.close();
  // ½ Σ (μ² + v - 1 - log v).
  const entries = [0.5 * (0.25 + Math.expm1(-0.2) + 0.2), 0.5 * (1 + Math.expm1(0.8) - 0.8)];
  expect(entries[0]! + entries[1]!).toBeCloseTo(0.84714, 5);
  tell(`KL ${valueOf(evaluation, 0)}`);
  expect(valueOf(evaluation, 0)).toBeCloseTo(0.84714, 5);
  const [, each] = evaluation.reports;
  expect(each).toMatchObject({ kind: 'vector', values: entries.map((value) => expect.closeTo(value, 6)) });
});

test.skipIf(device === undefined)(
  'iwelbo with one draw is elbo_mc on the same noise, and grows with K',
  patient,
  async () => {
    const text = `use "std/objectives"
data sprites { x : unit[8, 8]  source shapes(n: 500, seed: 1, size: 8)  binarize x at 0.5 }
net encoder(x) {
  h = x |> flatten |> dense(32, tanh)
  return mu: dense(h, 4), logvar: dense(h, 4)
}
net decoder(z) = z |> dense(32, tanh) |> dense(64) |> reshape(8, 8)
model p {
  z ~ Normal(0, 1)[4]
  x ~ Bernoulli(logits: decoder(z))
}
guide q(x) {
  mu, logvar = encoder(x)
  z ~ Normal(mu, exp(logvar / 2))
}
train { data sprites  maximize elbo(p, q)  optimizer adam(lr: 1e-2)  batch 100  steps 200  seed 4 }
evaluate { data sprites  report elbo_mc(p, q), iwelbo(p, q, K: 1), iwelbo(p, q, K: 5), iwelbo(p, q, K: 50) }
`;
    const compiled = compileText(text, { profile: device!.report.profile });
    const model = await openModel({ ...compiled, device: device! });
    await model.train();
    const evaluation = await model.evaluate();
    const [mc, one, five, fifty] = [0, 1, 2, 3].map((at) => valueOf(evaluation, at));
    tell(`elbo_mc ${mc!.toFixed(5)}, iwelbo K = 1 ${one!.toFixed(5)}, 5 ${five!.toFixed(4)}, 50 ${fifty!.toFixed(4)}`);
    expect(Math.abs(one! - mc!)).toBeLessThan(1e-5);
    expect(five!).toBeGreaterThan(one!);
    expect(fifty!).toBeGreaterThan(five!);

    // Row by row: the same draws give the same weight, and the mean step up is many standard errors.
    const x = splitNamed(await model.data(), 'sprites').fields.get('x')!.values;
    const parameters = Object.fromEntries([...(await model.parameters())].map(([path, { data }]) => [path, data]));
    model.close();
    const profile = device!.report.profile;
    const bench = await Bench.open(text, { sprites: { x } }, { device, profile });
    bench.setParameters(parameters as Record<string, Float32Array>);
    const bounds: number[][] = [[], [], [], []];
    for (let first = 0; first < 500;) {
      const moment = bench.evaluateMoment('evaluate', first, 4);
      const results = await bench.run('evaluate', moment);
      const found = bounds.map((_, at) => Array.from(results.get(`report_${at + 1}`)!).slice(0, 500 - first));
      bounds.forEach((values, at) => values.push(...found[at]!));
      first += found[0]!.length;
    }
    bench.close();
    const off = bounds[0]!.map((value, row) => Math.abs(value - bounds[1]![row]!));
    expect(Math.max(...off)).toBeLessThan(1e-5);
    for (const [lower, upper] of [
      [bounds[1]!, bounds[2]!],
      [bounds[2]!, bounds[3]!],
    ] as const) {
      const steps = lower.map((value, row) => upper[row]! - value);
      const mean = steps.reduce((sum, value) => sum + value, 0) / steps.length;
      const variance = steps.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (steps.length - 1);
      const errors = mean / Math.sqrt(variance / steps.length);
      tell(`a step of ${mean.toFixed(3)} nats, ${errors.toFixed(1)} standard errors`);
      expect(errors).toBeGreaterThan(4);
    }
  },
);
