/** Plain numerical mathematics in float64, independent of the compiler: special functions, quadrature, statistics. */

/** log Γ by Stirling's series after the recurrence has moved the argument past 12. */
export function logGamma(x: number): number {
  let shift = 0;
  let a = x;
  for (; a < 12; a++) shift -= Math.log(a);
  const r = 1 / a ** 2;
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / a;
  return shift + (a - 0.5) * Math.log(a) - a + 0.5 * Math.log(2 * Math.PI) + series;
}

/** ψ as a central difference of log Γ of fourth order; good to about 1e-9. */
export function digamma(x: number): number {
  const h = 1e-3 * x;
  return (8 * (logGamma(x + h) - logGamma(x - h)) - (logGamma(x + 2 * h) - logGamma(x - 2 * h))) / (12 * h);
}

/** Φ, by the series of its integral: Φ(z) = ½ + φ(z) (z + z³/3 + z⁵/15 + …), Marsaglia (2004). */
export function normalCdf(z: number): number {
  if (z < -7) return 0;
  if (z > 7) return 1;
  let sum = z;
  let term = z;
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 400; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + (sum * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
}

/** Abscissas and weights for ∫_0^∞: x = exp(π/2 sinh t), the double exponential rule (Takahasi & Mori, 1974). */
export function halfLine(step = 1 / 64): { readonly x: number; readonly weight: number }[] {
  const nodes = [];
  for (let i = Math.round(-4 / step); i * step <= 4; i++) {
    const x = Math.exp((Math.PI / 2) * Math.sinh(i * step));
    nodes.push({ x, weight: step * (Math.PI / 2) * Math.cosh(i * step) * x });
  }
  return nodes;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean and the standard error of it. */
export function estimate(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const centre = mean(values);
  const variance = mean(values.map((value) => (value - centre) ** 2));
  return { mean: centre, error: Math.sqrt(variance / (values.length - 1)) };
}

/** √n · sup |F_n - F|: Kolmogorov's statistic. Above 1.95 with probability 0.001 where the draws are from F. */
export function kolmogorov(draws: readonly number[], cdf: (x: number) => number): number {
  const sorted = [...draws].sort((a, b) => a - b);
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((x, i) => {
    const exact = cdf(x);
    distance = Math.max(distance, exact - i / n, (i + 1) / n - exact);
  });
  return Math.sqrt(n) * distance;
}
