/**
 * A linear model z ~ N(0, I), x ~ N(W z + b, s²) with guide N(C x + c, σ²), in numbers: its log-densities and their
 * derivatives written out by hand, and the draws that the compiled objectives see.
 */
import { ops, streamKey } from '../../compiler/ops/index.ts';
import { someNumbers } from './elaborated.ts';

export const rows = 4;
const latents = 2;
const observed = 3;
const s = 0.5;

export const x = someNumbers(rows * observed, 7, 1.5);
export const clock = { rows, step: 3, seed: 12345, epoch: 0, offset: 0 };

/** Weights [from, to] row by row; `spread` is stored as the number that softplus takes to σ. */
export const parameters = {
  'mean.dense_1.weight': someNumbers(latents * observed, 1, 0.8),
  'mean.dense_1.bias': someNumbers(observed, 2, 0.5),
  'code.dense_1.weight': someNumbers(observed * latents, 3, 0.6),
  'code.dense_1.bias': someNumbers(latents, 4, 0.3),
  spread: Float64Array.from([0.2]),
};

export type Path = keyof typeof parameters;

export const linearModel = `use "std/objectives"
data points { x : real[3]  source npy(x: "points.npy") }
net mean(z) = z |> dense(3)
net code(x) { return mu: dense(x, 2) }
param spread : positive = 1
model p {
  z ~ Normal(0, 1)[2]
  x ~ Normal(mean(z), ${s})
}
guide q(x) { z ~ Normal(code(x).mu, spread) }
`;

export const sigma = Math.log1p(Math.exp(parameters.spread[0]!));
const across = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const dims = across(latents);
const places = across(observed);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const normal = (difference: number, sd: number): number =>
  -0.5 * (difference / sd) ** 2 - Math.log(sd) - 0.5 * Math.log(2 * Math.PI);

/** Draw k of a row with all that is asked of it. */
export interface Drawn {
  readonly x: readonly number[];
  readonly noise: readonly number[];
  readonly z: readonly number[];
  readonly logLikelihood: number;
  readonly logPrior: number;
  readonly logGuide: number;
  /** log p(x, z) - log q(z | x). */
  readonly logWeight: number;
  /** ∂/∂z of log p(x, z) - log q(z | x), the parameters held. */
  readonly slope: readonly number[];
  /** (x - W z - b) / s², the derivative of log p(x | z) by its mean. */
  readonly residual: readonly number[];
}

export function guideMean(row: number): readonly number[] {
  const [C, c] = [parameters['code.dense_1.weight'], parameters['code.dense_1.bias']];
  return dims.map((d) => c[d]! + sum(places.map((i) => x[row * observed + i]! * C[i * latents + d]!)));
}

/** The draws of z that an objective with K of them makes for a row. */
export function draws(kind: 'train' | 'evaluate', row: number, K: number): readonly Drawn[] {
  const key = (streamKey(kind, 'q', 'z') ^ clock.seed) >>> 0;
  const [W, bias] = [parameters['mean.dense_1.weight'], parameters['mean.dense_1.bias']];
  const mu = guideMean(row);
  const seen = places.map((i) => x[row * observed + i]!);
  return across(K).map((k) => {
    const noise = dims.map((d) => ops.standard_normal.reference(key, clock.step, row, k * latents + d));
    const z = dims.map((d) => mu[d]! + sigma * noise[d]!);
    const mean = places.map((i) => bias[i]! + sum(dims.map((d) => z[d]! * W[d * observed + i]!)));
    const residual = places.map((i) => (seen[i]! - mean[i]!) / (s * s));
    const slope = dims.map(
      (d) => -z[d]! + sum(places.map((i) => residual[i]! * W[d * observed + i]!)) + (z[d]! - mu[d]!) / sigma ** 2,
    );
    const logLikelihood = sum(places.map((i) => normal(seen[i]! - mean[i]!, s)));
    const logPrior = sum(z.map((value) => normal(value, 1)));
    const logGuide = sum(dims.map((d) => normal(z[d]! - mu[d]!, sigma)));
    const logWeight = logLikelihood + logPrior - logGuide;
    return { x: seen, noise, z, logLikelihood, logPrior, logGuide, logWeight, slope, residual };
  });
}

/** w / Σ w of log-weights. */
export function normalised(logs: readonly number[]): readonly number[] {
  const weights = logs.map((log) => Math.exp(log - Math.max(...logs)));
  return weights.map((weight) => weight / sum(weights));
}

export function logMeanExp(logs: readonly number[]): number {
  return Math.log(sum(logs.map(Math.exp)) / logs.length);
}

/** KL(N(μ, σ²) || N(0, 1)) of each latent dimension of a row. */
export function divergences(row: number): readonly number[] {
  return guideMean(row).map((mu) => 0.5 * (mu * mu + sigma * sigma - 1) - Math.log(sigma));
}

/** The derivatives of Σ_k a_k · z_k by the guide's parameters, and of Σ_k b_k log p(x | z_k) by the model's, of a row. */
export function chained(drawn: readonly Drawn[], a: readonly (readonly number[])[], b: readonly number[]) {
  const over = (f: (draw: Drawn, k: number) => number): number => sum(drawn.map(f));
  const slopeOfSoftplus = 1 - Math.exp(-sigma);
  return {
    'mean.dense_1.weight': dims.flatMap((d) =>
      places.map((i) => over((draw, k) => b[k]! * draw.residual[i]! * draw.z[d]!)),
    ),
    'mean.dense_1.bias': places.map((i) => over((draw, k) => b[k]! * draw.residual[i]!)),
    'code.dense_1.weight': places.flatMap((i) => dims.map((d) => over((draw, k) => a[k]![d]! * draw.x[i]!))),
    'code.dense_1.bias': dims.map((d) => over((_, k) => a[k]![d]!)),
    spread: [over((draw, k) => sum(dims.map((d) => a[k]![d]! * draw.noise[d]! * slopeOfSoftplus)))],
  } satisfies Record<Path, number[]>;
}
