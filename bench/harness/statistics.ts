/** Medians and spreads of a few measurements. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Throws an Error for no measurements. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('no measurements');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)! };
}

/** The ratios a / b round by round: what compares on a machine whose speed drifts. Rounds are those that both have. */
export function ratiosOf(a: readonly number[], b: readonly number[]): Spread {
  return spreadOf(a.slice(0, b.length).map((value, round) => value / b[round]!));
}

/** The power p of y = c x^p through two points. */
export function growthExponent([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): number {
  return Math.log(y2 / y1) / Math.log(x2 / x1);
}
