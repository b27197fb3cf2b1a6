/** The linear assignment problem, solved exactly. */

/** What each row takes, and prices that prove that nothing is cheaper. */
export interface Assignment {
  /** The column of each row: a permutation of 0 … n - 1. */
  readonly columns: Uint32Array;
  /**
   * Prices of rows and columns: rows[i] + columns[j] ≤ cost[i, j] for all, equal for those that are assigned, up to
   * rounding. Whatever the permutation, it costs the sum of all prices at least; this one costs just that.
   */
  readonly prices: { readonly rows: Float64Array; readonly columns: Float64Array };
}

/**
 * The permutation with the least Σ_i cost[i · n + columns[i]], by shortest augmenting paths (Jonker & Volgenant, 1987):
 * O(n³), in float64. Where several are the least, which one depends on the costs alone. Costs must be finite, and sums of
 * 4n of them.
 */
export function assign(cost: Float64Array, n: number): Assignment {
  const solver = new Solver(cost, n);
  for (let row = 0; row < n; row++) if (solver.columns[row] === nobody) solver.augment(row);
  return { columns: Uint32Array.from(solver.columns), prices: { rows: solver.rowPrices(), columns: solver.prices } };
}

const nobody = -1;

class Solver {
  readonly columns: Int32Array;
  /** Of the columns; a row's is what is left of its cheapest column. */
  readonly prices: Float64Array;
  readonly #cost: Float64Array;
  readonly #n: number;
  readonly #rows: Int32Array;
  // Of the search from one row, by column: how far it is while it is open, the row before it, its price while it is open;
  // how far it was once it is settled, and the columns in the order in which they are.
  readonly #distance: Float64Array;
  readonly #before: Int32Array;
  readonly #open: Float64Array;
  readonly #lengths: Float64Array;
  readonly #order: Int32Array;

  /** Each column's price is its cheapest row's cost; that row takes it, where it has none yet. */
  constructor(cost: Float64Array, n: number) {
    this.#cost = cost;
    this.#n = n;
    this.columns = new Int32Array(n).fill(nobody);
    this.#rows = new Int32Array(n).fill(nobody);
    this.prices = new Float64Array(n).fill(Infinity);
    this.#distance = new Float64Array(n);
    this.#before = new Int32Array(n);
    this.#open = new Float64Array(n);
    this.#lengths = new Float64Array(n);
    this.#order = new Int32Array(n);
    const cheapest = new Int32Array(n);
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        const price = cost[row * n + column]!;
        if (price >= this.prices[column]!) continue;
        this.prices[column] = price;
        cheapest[column] = row;
      }
    }
    for (let column = 0; column < n; column++) {
      const row = cheapest[column]!;
      if (this.columns[row] !== nobody) continue;
      this.columns[row] = column;
      this.#rows[column] = row;
    }
  }

  /**
   * Gives a free row a column: the shortest path, in reduced costs, to a column that nobody has, by Dijkstra's search;
   * every row on it moves on to the next column of the path, and prices follow so that reduced costs stay above zero.
   */
  augment(free: number): void {
    const n = this.#n;
    const [cost, prices, before] = [this.#cost, this.prices, this.#before];
    const [distance, open, order, lengths] = [this.#distance, this.#open, this.#order, this.#lengths];
    distance.fill(Infinity);
    open.set(prices);
    let row = free;
    // What the row on the path pays more elsewhere than for the column that it has, on top of the way to it.
    let surplus = 0;
    for (let settled = 0; ;) {
      const base = row * n;
      let nearest = nobody;
      let least = Infinity;
      // A settled column is open at no price, so it is never near again: cheaper than to ask which ones are left.
      for (let column = 0; column < n; column++) {
        const through = surplus + cost[base + column]! - open[column]!;
        let shortest = distance[column]!;
        if (through < shortest) {
          shortest = through;
          distance[column] = through;
          before[column] = row;
        }
        if (shortest < least) {
          least = shortest;
          nearest = column;
        }
      }
      order[settled++] = nearest;
      lengths[nearest] = least;
      distance[nearest] = Infinity;
      open[nearest] = -Infinity;
      row = this.#rows[nearest]!;
      if (row === nobody) {
        for (const column of order.subarray(0, settled)) prices[column]! += lengths[column]! - least;
        this.#follow(free, nearest);
        return;
      }
      surplus = least - (cost[row * n + nearest]! - prices[nearest]!);
    }
  }

  /** Moves every row on the path that ends in `column` one column on. */
  #follow(free: number, column: number): void {
    for (let at = column; ;) {
      const row = this.#before[at]!;
      const given = this.columns[row]!;
      this.columns[row] = at;
      this.#rows[at] = row;
      if (row === free) return;
      at = given;
    }
  }

  rowPrices(): Float64Array {
    return Float64Array.from(this.columns, (column, row) => this.#cost[row * this.#n + column]! - this.prices[column]!);
  }
}
