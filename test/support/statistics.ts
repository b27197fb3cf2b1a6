/** Statistics of samples for tests. */

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** The mean of (x - mean)^power. */
export function centralMoment(values: ArrayLike<number>, power: number): number {
  const centre = mean(values);
  return mean(Array.from(values, (x) => (x - centre) ** power));
}

/** Pearson's correlation. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [mx, my] = [mean(x), mean(y)];
  const products = Array.from(x, (value, i) => (value - mx) * (y[i]! - my));
  return mean(products) / Math.sqrt(centralMoment(x, 2) * centralMoment(y, 2));
}

/** The largest distance between the sample's distribution function and `cdf` (Kolmogorov and Smirnov). */
export function distanceFrom(values: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  return sorted.reduce((most, x, i) => Math.max(most, cdf(x) - i / n, (i + 1) / n - cdf(x)), 0);
}

/** Σ (observed - expected)² / expected over cells of equal probability. */
export function chiSquare(cells: ArrayLike<number>): number {
  const expected = mean(cells);
  return mean(Array.from(cells, (count) => (count - expected) ** 2 / expected)) * cells.length;
}

/** What a chi-square variable exceeds with probability 10^-4, by Wilson and Hilferty's cube root. */
export function chiSquareBound(freedom: number): number {
  const v = 2 / (9 * freedom);
  return freedom * (1 - v + 3.719 * Math.sqrt(v)) ** 3;
}

/** Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …). */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0;
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > 1e-17; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
