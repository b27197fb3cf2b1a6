/** The estimators of std against their papers' formulas, draw by draw, for a linear model whose densities are by hand. */
import { describe, expect, test } from 'vitest';
import { elaborateText, run64 } from '../support/elaborated.ts';
import {
  chained,
  clock,
  divergences,
  draws,
  linearModel,
  logMeanExp,
  normalised,
  parameters,
  rows,
  x,
  type Drawn,
  type Path,
} from '../support/linear-model.ts';
import { numbersOf, reportsOf } from '../support/reports.ts';

const inputs = { parameters, uniforms: clock, tables: { x } };
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const ofRows = <T>(f: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => f(row));
const logWeights = (drawn: readonly Drawn[]): number[] => drawn.map(({ logWeight }) => logWeight);

function evaluated(...reports: string[]): (readonly number[])[] {
  const spec = elaborateText(`${linearModel}evaluate { data points  report ${reports.join(', ')} }`);
  return reportsOf(spec, rows, inputs).map(numbersOf);
}

/** The mean over the rows of a function of K draws. */
const expected = (K: number, f: (drawn: readonly Drawn[]) => number): number =>
  mean(ofRows((row) => f(draws('evaluate', row, K))));

describe('values', () => {
  const alpha = 0.3;
  const renyi = (drawn: readonly Drawn[]): number =>
    logMeanExp(logWeights(drawn).map((log) => (1 - alpha) * log)) / (1 - alpha);
  const size = (drawn: readonly Drawn[]): number => 1 / normalised(logWeights(drawn)).reduce((a, w) => a + w * w, 0);

  test.each<[string, number]>([
    ['elbo(p, q)', expected(1, ([d]) => d!.logLikelihood) - mean(ofRows((row) => sumOf(divergences(row))))],
    [
      'elbo(p, q, beta: 4)',
      expected(1, ([d]) => d!.logLikelihood) - 4 * mean(ofRows((row) => sumOf(divergences(row)))),
    ],
    ['elbo_mc(p, q)', expected(1, ([d]) => d!.logWeight)],
    ['stl(p, q)', expected(1, ([d]) => d!.logWeight)],
    ['distortion(p, q)', -expected(1, ([d]) => d!.logLikelihood)],
    ['rate(p, q)', mean(ofRows((row) => sumOf(divergences(row))))],
    ['iwelbo(p, q, K: 3)', expected(3, (drawn) => logMeanExp(logWeights(drawn)))],
    ['iwelbo_dreg(p, q, K: 3)', expected(3, (drawn) => logMeanExp(logWeights(drawn)))],
    [`renyi(p, q, alpha: ${alpha}, K: 3)`, expected(3, renyi)],
    ['ess(p, q, K: 6)', expected(6, size)],
    [
      'free_bits(p, q, lambda: 0.3, beta: 2)',
      expected(1, ([d]) => d!.logLikelihood) -
        2 * sumOf([0, 1].map((dim) => Math.max(0.3, mean(ofRows((row) => divergences(row)[dim]!))))),
    ],
  ])('%s', (report, value) => {
    // Both are float64; sums of some tens of terms of size 10 agree to 1e-13.
    expect(evaluated(report)[0]![0]).toBeCloseTo(value, 11);
  });

  test('kl_per_dim', () => {
    const [found] = evaluated('kl_per_dim(q, p)');
    [0, 1].forEach((dim) => expect(found![dim]).toBeCloseTo(mean(ofRows((row) => divergences(row)[dim]!)), 12));
  });

  test('free bits bind in one dimension and not in the other', () => {
    const [low, high] = [0, 1].map((dim) => mean(ofRows((row) => divergences(row)[dim]!))).sort((a, b) => a - b);
    expect(low).toBeLessThan(0.3);
    expect(high).toBeGreaterThan(0.3);
  });
});

describe('limits', () => {
  test('renyi at alpha = 0 is iwelbo, towards 1 the mean of the log-weights', () => {
    const [zero, bound, near] = evaluated(
      'renyi(p, q, alpha: 0, K: 4)',
      'iwelbo(p, q, K: 4)',
      'renyi(p, q, alpha: 0.999999, K: 4)',
    );
    expect(zero![0]).toBeCloseTo(bound![0]!, 12);
    // What is left is (1 - alpha) / 2 times the variance of the log-weights, a few hundred at most.
    expect(Math.abs(near![0]! - expected(4, (drawn) => mean(logWeights(drawn))))).toBeLessThan(1e-3);
    expect(Math.abs(near![0]! - bound![0]!)).toBeGreaterThan(0.01);
  });

  test('ess of equal weights is their number, of any others between 1 and it', () => {
    // Where the guide's density stands in for the model's, every weight is 1.
    const same =
      'E[z[k] ~ q(z | x) for k in 1..6](exp(2 * logsumexp[k](lw[k]) - logsumexp[k](2 * lw[k])) where lw[k] = log q(z[k] | x) - log q(z[k] | x))';
    const [equal, own] = evaluated(same, 'ess(p, q, K: 6)');
    expect(equal![0]).toBeCloseTo(6, 12);
    expect(own![0]).toBeGreaterThan(1);
    expect(own![0]).toBeLessThan(5.9);
  });
});

describe('gradients', () => {
  const K = 3;

  /** The gradient that a training step takes. */
  function gradientOf(objective: string): Record<string, number[]> {
    const train = `train { data points  maximize ${objective}  optimizer sgd(lr: 1)  batch ${rows}  epochs 1 }`;
    const spec = elaborateText(linearModel + train);
    const { function: step } = spec.programs.programs.find(({ kind }) => kind === 'train')!;
    const next = run64(step, spec, inputs).get('parameters')!;
    return Object.fromEntries(
      spec.programs.layout.parameters.map(({ path, offset }) => [
        path,
        Array.from(parameters[path as Path], (value, i) => next[offset + i]! - value),
      ]),
    );
  }

  /** The mean over the rows of Σ_k a_k · ∂z_k/∂φ and of Σ_k b_k ∂log p(x | z_k)/∂θ. */
  function byHand(
    draw: number,
    through: (drawn: readonly Drawn[]) => readonly number[],
    direct: (drawn: readonly Drawn[]) => readonly number[],
  ): Record<Path, number[]> {
    const parts = ofRows((row) => {
      const drawn = draws('train', row, draw);
      const weights = through(drawn);
      const slopes = drawn.map(({ slope }, k) => slope.map((value) => weights[k]! * value));
      return chained(drawn, slopes, direct(drawn));
    });
    const paths = Object.keys(parameters) as Path[];
    return Object.fromEntries(
      paths.map((path) => [path, parts[0]![path].map((_, i) => mean(parts.map((part) => part[path][i]!)))]),
    ) as Record<Path, number[]>;
  }

  function agree(found: Record<string, number[]>, wanted: Record<Path, number[]>): void {
    for (const [path, gradient] of Object.entries(wanted)) {
      gradient.forEach((value, i) => expect(found[path]![i], `${path}[${i}]`).toBeCloseTo(value, 10));
    }
  }

  const ones = (drawn: readonly Drawn[]): number[] => drawn.map(() => 1);
  const weights = (drawn: readonly Drawn[]): readonly number[] => normalised(logWeights(drawn));
  const squares = (drawn: readonly Drawn[]): number[] => weights(drawn).map((w) => w * w);

  test('stl goes through the draw and not through the density of the guide', () => {
    agree(gradientOf('stl(p, q)'), byHand(1, ones, ones));
  });

  test('iwelbo_dreg weighs the draws by w² in the guide and by w in the model (Tucker et al., 2019)', () => {
    const wanted = byHand(K, squares, weights);
    agree(gradientOf(`iwelbo_dreg(p, q, K: ${K})`), wanted);
    // The weights are far from equal and from 0 and 1, so that w in the place of w² would be seen.
    const wrong = byHand(K, weights, weights);
    expect(Math.abs(wrong.spread[0]! - wanted.spread[0]!)).toBeGreaterThan(0.01);
  });
});

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
