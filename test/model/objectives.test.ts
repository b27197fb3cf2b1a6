/** The objectives of std against mathematics written out by hand, in float64. */
import { describe, expect, test } from 'vitest';
import type { TensorFunction } from '../../compiler/4-tensor/ir.ts';
import { elaborateText, run64, someNumbers, someParameters, type TestSpec } from '../support/elaborated.ts';

const data = `
data points {
  x : real[3]
  source npy(x: "points.npy")
}
`;

/** A linear model z ~ N(0, I), x ~ N(W z + b, s²) with W's columns orthogonal, whose posterior is known. */
function linear(objective: string, more = ''): string {
  return `use "std/objectives"
${data}
net mean(z) = z |> dense(3)
net code(x) {
  return mu: dense(x, 2)
}
param spread : positive = 1
model p {
  z ~ Normal(0, 1)[2]
  x ~ Normal(mean(z), 0.5)
}
guide q(x) {
  z ~ Normal(code(x).mu, spread)
}
train { data points  maximize ${objective}  optimizer sgd(lr: 1)  batch 4  epochs 1 }
${more}`;
}

const rows = 4;
const tables = { x: someNumbers(rows * 3, 7, 1.5) };
const uniforms = { rows, step: 3, seed: 12345, epoch: 0, offset: 0 };

function trainOf(spec: TestSpec): TensorFunction {
  return spec.programs.programs.find((program) => program.kind === 'train')!.function;
}

/** With sgd at rate 1 the parameters move by minus the gradient of what is minimised. */
function gradientOf(spec: TestSpec, parameters: Record<string, Float64Array>): Map<string, number[]> {
  const results = run64(trainOf(spec), spec, { parameters, uniforms, tables });
  const next = results.get('parameters')!;
  return new Map(
    spec.programs.layout.parameters.map(({ path, offset }) => [
      path,
      Array.from(parameters[path]!, (value, i) => next[offset + i]! - value),
    ]),
  );
}

function objectiveOf(spec: TestSpec, parameters: Record<string, Float64Array>): number {
  return run64(trainOf(spec), spec, { parameters, uniforms, tables }).get('objective')![0]!;
}

const objectives = [
  'elbo(p, q)',
  'elbo(p, q, beta: 2.5)',
  'elbo_mc(p, q)',
  'free_bits(p, q, lambda: 0.3)',
  'iwelbo(p, q, K: 3)',
  'renyi(p, q, alpha: 0.5, K: 3)',
];

describe('objectives', () => {
  test.each(objectives)('the gradient of %s is that of its central differences', (objective) => {
    const spec = elaborateText(linear(objective));
    const parameters = someParameters(spec);
    const gradients = gradientOf(spec, parameters);
    for (const [path, gradient] of gradients) {
      gradient.forEach((found, i) => {
        const at = (delta: number): number => {
          const moved = Float64Array.from(parameters[path]!);
          moved[i]! += delta;
          return objectiveOf(spec, { ...parameters, [path]: moved });
        };
        const step = 1e-5;
        // Central differences in float64 at 1e-5: truncation 1e-10 of the third derivative, rounding 1e-16 / 1e-5.
        expect(found).toBeCloseTo((at(step) - at(-step)) / (2 * step), 6);
      });
    }
  });

  test('iwelbo with one draw is elbo_mc on the same noise', () => {
    const one = elaborateText(linear('iwelbo(p, q, K: 1)'));
    const plain = elaborateText(linear('elbo_mc(p, q)'));
    const parameters = someParameters(one);
    expect(objectiveOf(one, parameters)).toBeCloseTo(objectiveOf(plain, parameters), 12);
  });

  test('iwelbo_dreg with one draw has the gradient of stl', () => {
    const dreg = elaborateText(linear('iwelbo_dreg(p, q, K: 1)'));
    const stl = elaborateText(linear('stl(p, q)'));
    const parameters = someParameters(dreg);
    expect(objectiveOf(dreg, parameters)).toBeCloseTo(objectiveOf(stl, parameters), 12);
    const [left, right] = [gradientOf(dreg, parameters), gradientOf(stl, parameters)];
    for (const [path, gradient] of left) {
      gradient.forEach((value, i) => expect(value, `${path}[${i}]`).toBeCloseTo(right.get(path)![i]!, 10));
    }
  });

  test('iwelbo_dreg has the value of iwelbo and, in the model, its gradient', () => {
    const dreg = elaborateText(linear('iwelbo_dreg(p, q, K: 4)'));
    const plain = elaborateText(linear('iwelbo(p, q, K: 4)'));
    const parameters = someParameters(dreg);
    expect(objectiveOf(dreg, parameters)).toBeCloseTo(objectiveOf(plain, parameters), 12);
    const [left, right] = [gradientOf(dreg, parameters), gradientOf(plain, parameters)];
    for (const path of ['mean.dense_1.weight', 'mean.dense_1.bias']) {
      left.get(path)!.forEach((value, i) => expect(value).toBeCloseTo(right.get(path)![i]!, 10));
    }
    // In the guide it is another estimator of the same expectation: the values differ.
    const differs = left
      .get('code.dense_1.weight')!
      .some((v, i) => Math.abs(v - right.get('code.dense_1.weight')![i]!) > 1e-6);
    expect(differs).toBe(true);
  });

  test('with the exact posterior as guide the weight log p(x, z) - log q(z | x) is log p(x) at every draw', () => {
    const report = `evaluate { data points  report elbo_mc(p, q), iwelbo(p, q, K: 5) }`;
    const spec = elaborateText(linear('elbo(p, q)', report));
    // W's rows (one a latent) are orthogonal: [a, 0, 0] and [0, b, c] with |b, c| = a.
    const [a, s] = [1.2, 0.5];
    const W = [a, 0, 0, 0, 0.72, 0.96];
    const bias = [0.3, -0.2, 0.1];
    // Posterior: precision 1 + a²/s², mean W (x - b) / (s² + a²).
    const variance = 1 / (1 + (a * a) / (s * s));
    const code = new Float64Array(6);
    for (let i = 0; i < 3; i++) for (let k = 0; k < 2; k++) code[i * 2 + k] = W[k * 3 + i]! / (s * s + a * a);
    const codeBias = [0, 1].map((k) => -bias.reduce((sum, b, i) => sum + b * code[i * 2 + k]!, 0));
    const parameters = {
      'mean.dense_1.weight': Float64Array.from(W),
      'mean.dense_1.bias': Float64Array.from(bias),
      'code.dense_1.weight': code,
      'code.dense_1.bias': Float64Array.from(codeBias),
      spread: Float64Array.from([Math.log(Math.expm1(Math.sqrt(variance)))]),
    };
    const evaluation = spec.programs.programs.find((program) => program.kind === 'evaluate')!;
    const results = run64(evaluation.function, spec, { parameters, uniforms, tables });
    for (let row = 0; row < rows; row++) {
      const x = [0, 1, 2].map((i) => tables.x[row * 3 + i]! - bias[i]!);
      const expected = logMarginal(x, W, s);
      expect(results.get('report_1')![row]).toBeCloseTo(expected, 10);
      expect(results.get('report_2')![row]).toBeCloseTo(expected, 10);
    }
  });
});

/** log N(x; 0, Wᵀ W + s² I) for W [2, 3] with orthogonal rows of one length a, in the basis that W spans. */
function logMarginal(x: readonly number[], W: readonly number[], s: number): number {
  const a2 = W.slice(0, 3).reduce((sum, w) => sum + w * w, 0);
  const along = [0, 1].map((k) => x.reduce((sum, value, i) => sum + value * W[k * 3 + i]!, 0) / Math.sqrt(a2));
  const rest = x.reduce((sum, value) => sum + value * value, 0) - along[0]! ** 2 - along[1]! ** 2;
  const normal = (square: number, variance: number): number =>
    -0.5 * (square / variance + Math.log(2 * Math.PI * variance));
  const spanned = along.reduce((sum, value) => sum + normal(value * value, a2 + s * s), 0);
  return spanned + normal(rest, s * s);
}

test('terms carry the text of the objective', () => {
  const spec = elaborateText(linear('elbo(p, q)'));
  const train = spec.programs.programs.find((program) => program.kind === 'train')!;
  expect(train.terms.map((term) => term.text)).toEqual(['elbo(p, q)', 'log p(x | z)', 'KL(q(z | x) || p(z))']);
});
