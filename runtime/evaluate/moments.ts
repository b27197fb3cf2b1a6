/** Means and variances over rows, entry by entry, in float64 and in one pass. */
export class Moments {
  /** Rows taken in. */
  rows = 0;
  readonly #means: Float64Array;
  /** Sums of squared differences from the mean. */
  readonly #squares: Float64Array;

  /** `size`: numbers a row. */
  constructor(size: number) {
    this.#means = new Float64Array(size);
    this.#squares = new Float64Array(size);
  }

  /** Takes in the row that begins at `offset`; by Welford's update, which does not cancel. */
  add(values: ArrayLike<number>, offset: number): void {
    this.rows++;
    for (let i = 0; i < this.#means.length; i++) {
      const value = values[offset + i]!;
      const difference = value - this.#means[i]!;
      this.#means[i]! += difference / this.rows;
      this.#squares[i]! += difference * (value - this.#means[i]!);
    }
  }

  get means(): readonly number[] {
    return [...this.#means];
  }

  /** Unbiased: divided by rows - 1. 0 for a single row. */
  get variances(): readonly number[] {
    return [...this.#squares].map((sum) => (this.rows > 1 ? sum / (this.rows - 1) : 0));
  }
}

/** A mean, with its standard error where it is one of several rows. */
export interface Mean {
  readonly value: number;
  readonly standardError?: number;
}

/** The mean of one number a row. */
export function meanOf({ means, variances, rows }: Moments): Mean {
  const value = means[0]!;
  // One row tells nothing of how rows differ.
  return rows < 2 ? { value } : { value, standardError: Math.sqrt(variances[0]! / rows) };
}
