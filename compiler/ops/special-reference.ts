/** log Γ, its first two derivatives and erf in float64. */

const shift = 16;

/** log Γ(x): Stirling's series from 16 on, Γ(x + 1) = x Γ(x) below, and the reflection for x <= 0. */
export function lgammaOf(x: number): number {
  if (x <= 0) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgammaOf(1 - x);
  if (x === 1 || x === 2) return 0;
  let product = 1;
  let y = x;
  for (; y < shift; y++) product *= y;
  const r = 1 / (y * y);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / y;
  return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

export function digammaOf(x: number): number {
  if (x <= 0) return digammaOf(1 - x) - Math.PI / Math.tan(Math.PI * x);
  let sum = 0;
  let y = x;
  for (; y < shift; y++) sum += 1 / y;
  const r = 1 / (y * y);
  return Math.log(y) - 0.5 / y - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132)))) - sum;
}

export function trigammaOf(x: number): number {
  if (x <= 0) return (Math.PI / Math.sin(Math.PI * x)) ** 2 - trigammaOf(1 - x);
  let sum = 0;
  let y = x;
  for (; y < shift; y++) sum += 1 / (y * y);
  const r = 1 / (y * y);
  return sum + 1 / y + 0.5 * r + (r / y) * (1 / 6 - r * (1 / 30 - r * (1 / 42 - r * (1 / 30 - (r * 5) / 66))));
}

/** Up to 3 the series Σ 2^n x^(2n+1) / (2n+1)!! · 2/√π e^(-x²), of positive terms; beyond, erfc's continued fraction. */
export function erfOf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size > 6) return Math.sign(x);
  const density = (2 / Math.sqrt(Math.PI)) * Math.exp(-size * size);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return density * sum;
  }
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - density / 2 / (size + fraction));
}
