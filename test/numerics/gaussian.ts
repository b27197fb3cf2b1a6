/** Linear-Gaussian models in closed form and float64: z ~ N(0, I), x ~ N(Wᵀ z + b, s² I). */
import { random } from '../distributions/random.ts';

export interface LinearGaussian {
  /** [latent][data]. */
  readonly weight: readonly (readonly number[])[];
  readonly bias: readonly number[];
  readonly scale: number;
}

/** Draws of x from its marginal, row major. */
export function drawData({ weight, bias, scale }: LinearGaussian, rows: number, seed: number): Float32Array {
  const { normal } = random(seed);
  const x = new Float32Array(rows * bias.length);
  for (let row = 0; row < rows; row++) {
    const z = weight.map(() => normal());
    bias.forEach((b, i) => {
      x[row * bias.length + i] = b + scale * normal() + z.reduce((sum, value, k) => sum + value * weight[k]![i]!, 0);
    });
  }
  return x;
}

/** log N(x; b, Wᵀ W + s² I), by Gaussian elimination: log |Σ| from the pivots, the square from the residuals. */
export function logMarginal({ weight, bias, scale }: LinearGaussian, x: ArrayLike<number>): number {
  const n = bias.length;
  const covariance = bias.map((_, i) =>
    bias.map((_, j) => weight.reduce((sum, w) => sum + w[i]! * w[j]!, i === j ? scale * scale : 0)),
  );
  const rest = bias.map((b, i) => x[i]! - b);
  let total = -0.5 * n * Math.log(2 * Math.PI);
  for (let k = 0; k < n; k++) {
    const pivot = covariance[k]![k]!;
    total -= 0.5 * (Math.log(pivot) + rest[k]! ** 2 / pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = covariance[i]![k]! / pivot;
      for (let j = k; j < n; j++) covariance[i]![j]! -= factor * covariance[k]![j]!;
      rest[i]! -= factor * rest[k]!;
    }
  }
  return total;
}

export function meanLogMarginal(model: LinearGaussian, x: ArrayLike<number>): number {
  const n = model.bias.length;
  const rows = x.length / n;
  let sum = 0;
  for (let row = 0; row < rows; row++)
    sum += logMarginal(
      model,
      Array.from({ length: n }, (_, i) => x[row * n + i]!),
    );
  return sum / rows;
}

/**
 * The largest mean log p(x) that any such model with `latents` reaches: the leading eigenvalues of the data's covariance
 * are kept, the others averaged (Tipping & Bishop, 1999, equation 8).
 */
export function bestMeanLogMarginal(x: ArrayLike<number>, n: number, latents: number): number {
  const values = eigenvalues(covarianceOf(x, n)).sort((a, b) => b - a);
  const noise = values.slice(latents).reduce((sum, value) => sum + value, 0) / (n - latents);
  const kept = values.slice(0, latents).reduce((sum, value) => sum + Math.log(value), 0);
  return -0.5 * (n * Math.log(2 * Math.PI) + kept + (n - latents) * Math.log(noise) + n);
}

function covarianceOf(x: ArrayLike<number>, n: number): number[][] {
  const rows = x.length / n;
  const column = (i: number): number[] => Array.from({ length: rows }, (_, row) => x[row * n + i]!);
  const centred = Array.from({ length: n }, (_, i) => {
    const values = column(i);
    const mean = values.reduce((sum, value) => sum + value, 0) / rows;
    return values.map((value) => value - mean);
  });
  return centred.map((a) => centred.map((b) => a.reduce((sum, value, row) => sum + value * b[row]!, 0) / rows));
}

/** Of a symmetric matrix, by Jacobi's rotations. */
function eigenvalues(matrix: readonly (readonly number[])[]): number[] {
  const a = matrix.map((row) => [...row]);
  const n = a.length;
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k]![p]!, a[k]![q]!];
          [a[k]![p], a[k]![q]] = [c * x - s * y, s * x + c * y];
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p]![k]!, a[q]![k]!];
          [a[p]![k], a[q]![k]] = [c * x - s * y, s * x + c * y];
        }
      }
    }
  }
  return a.map((row, i) => row[i]!);
}
