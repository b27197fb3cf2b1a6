/**
 * Tables of a schedule: one number a step, computed in float64 while compiling. A table knows whether it begins at step
 * 0 or at step 1; of two tables that meet, the steps that both have are kept, and a quotient by 0 at step 0 begins at 1.
 */
export interface Table {
  /** The step of the first number: 0 or 1. */
  readonly first: 0 | 1;
  readonly values: readonly number[];
}

/** A table, or a number that stands at every step. */
export type Entry = Table | number;

/** `f` at every step that all tables among the arguments have; a number where there is no table. */
export function mapTables(f: (...numbers: number[]) => number, entries: readonly Entry[]): Entry {
  const tables = entries.filter((entry) => typeof entry !== 'number');
  if (tables.length === 0) return f(...(entries as readonly number[]));
  const first = tables.some((table) => table.first === 1) ? 1 : 0;
  const last = Math.min(...tables.map(lastStep));
  const values = Array.from({ length: last - first + 1 }, (_, i) =>
    f(...entries.map((entry) => (typeof entry === 'number' ? entry : at(entry, first + i)!))),
  );
  return { first, values };
}

/** Without a step 0 at which it is no number: signal-to-noise ratios begin at step 1. */
export function fromWhereItIs({ first, values }: Table): Table {
  return first === 0 && !Number.isFinite(values[0]) ? { first: 1, values: values.slice(1) } : { first, values };
}

/** `count` numbers from `from` to `to`, both included. */
export function linspace(from: number, to: number, count: number, first: 0 | 1): Table {
  const step = count === 1 ? 0 : (to - from) / (count - 1);
  // The end is exact, whatever rounding does on the way.
  return { first, values: Array.from({ length: count }, (_, i) => (i === count - 1 ? to : from + i * step)) };
}

/** Products of all numbers up to each step, from 1 at step 0 on. */
export function cumulativeProduct({ first, values }: Table): Table {
  const products: number[] = first === 1 ? [1] : [];
  for (const value of values) products.push((products.at(-1) ?? 1) * value);
  return { first: 0, values: products };
}

/** The number of the step before, at every step that has one: from step 1, or 2, on. */
export function previous(table: Table): Table | undefined {
  return table.first === 0 ? { first: 1, values: table.values.slice(0, -1) } : undefined;
}

export function lastStep({ first, values }: Table): number {
  return first + values.length - 1;
}

/** The number at a step, or undefined where the table has none. */
export function at({ first, values }: Table, step: number): number | undefined {
  return values[step - first];
}
