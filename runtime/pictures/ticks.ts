/** Round numbers for the marks of an axis. */

/** Multiples of 1, 2 or 5 times a power of ten within [low, high], about `count` of them. */
export function ticks(low: number, high: number, count: number): readonly number[] {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999)!;
  const result: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) result.push(i * step);
  return result;
}

/** Texts that tell the marks apart and no more: `-1.5`, `20,000`, `3e-7`. */
export function tickTexts(values: readonly number[]): readonly string[] {
  const largest = Math.max(...values.map(Math.abs));
  const step = values.length > 1 ? values[1]! - values[0]! : largest;
  if (largest >= 1e7 || (largest > 0 && largest < 1e-3)) {
    return values.map((value) => (value === 0 ? '0' : Number(value.toPrecision(6)).toExponential().replace('e+', 'e')));
  }
  const digits = Math.min(12, Math.max(0, -Math.floor(Math.log10(step || 1) + 1e-9)));
  return values.map((value) => {
    const [whole = '', fraction] = Math.abs(value).toFixed(digits).split('.');
    const sign = Number(value.toFixed(digits)) < 0 ? '−' : '';
    const grouped = largest >= 1e4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
    return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
  });
}
