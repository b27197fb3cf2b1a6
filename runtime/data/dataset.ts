/** What a loaded data set is, and the ways the rest of the runtime looks at it. */
import type { Shape, Storage } from '../../compiler/4-tensor/ir.ts';
import { UserError } from '../errors.ts';

/** One field of one split: row major, [rows, ...rowShape], element value = stored number * scale. */
export interface LoadedField {
  readonly name: string;
  readonly storage: Storage;
  /** Uint8Array for u8 (one byte an element, not padded), Float32Array for f32, Uint32Array for u32. */
  readonly values: Uint8Array | Float32Array | Uint32Array;
  readonly rowShape: Shape;
  readonly scale: number;
  /** Mean and standard deviation of every element, where the field was standardized: stored = (x - mean) / sd. */
  readonly standardization?: Standardization;
  /** Grey values were cut at a threshold when the field was loaded. */
  readonly binarized?: boolean;
}

/** Float64, one number an element of the row shape. */
export interface Standardization {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

export interface LoadedSplit {
  readonly name: string;
  readonly rows: number;
  readonly fields: ReadonlyMap<string, LoadedField>;
  /** For each row, its ordinal in the source, the files of several splits counted one after the other: ascending. */
  readonly indices: Uint32Array;
}

export interface DataSet {
  readonly name: string;
  /** Rows of all splits together. */
  readonly rows: number;
  /** In the order written. A set without splits has a single one, named `all`. */
  readonly splits: ReadonlyMap<string, LoadedSplit>;
  /** Remarks for the person, one sentence each: a constant column that was standardized, and the like. */
  readonly notes: readonly string[];
}

/** The name of the only split of a set that has none. */
export const WHOLE = 'all';

/**
 * The rows that a program means by `mnist.train` or `mixture`. The bare name of a set with splits means all its rows,
 * split after split. Throws a UserError naming the splits that exist.
 */
export function splitNamed(sets: ReadonlyMap<string, DataSet>, reference: string): LoadedSplit {
  const [name = '', part] = reference.split('.');
  const set = sets.get(name);
  if (set === undefined) throw new UserError(`there is no data set "${name}"; there is ${[...sets.keys()].join(', ')}`);
  if (part === undefined) return wholeOf(set);
  const split = set.splits.get(part);
  if (split !== undefined) return split;
  const known = [...set.splits.keys()].filter((other) => other !== WHOLE);
  throw new UserError(
    known.length === 0
      ? `data set "${name}" has no splits, so "${reference}" means nothing: write "${name}", or give it a "split"`
      : `data set "${name}" has no split "${part}"; it has ${known.join(', ')}`,
  );
}

/** All rows of a set as one split named `all`, in the order of its splits. */
export function wholeOf(set: DataSet): LoadedSplit {
  const parts = [...set.splits.values()];
  const [first] = parts;
  if (first === undefined) throw new UserError(`data set "${set.name}" has no rows`);
  if (parts.length === 1) return first;
  const fields = new Map<string, LoadedField>();
  for (const [name, field] of first.fields) {
    const arrays = parts.map((part) => part.fields.get(name)!.values);
    fields.set(name, { ...field, values: concatenated(arrays) });
  }
  return {
    name: WHOLE,
    rows: set.rows,
    fields,
    indices: concatenated(parts.map((part) => part.indices)) as Uint32Array,
  };
}

/** Throws a UserError unless the split fills one batch at least. `reference` is what the spec calls it. */
export function requireRows(split: LoadedSplit, batch: number, reference: string): void {
  if (split.rows >= batch) return;
  throw new UserError(
    `data set "${reference}" has ${counted(split.rows, 'row')}, fewer than one batch of ${batch}: ` +
      `write "batch ${split.rows}" or less, or give it more rows`,
  );
}

/** `1 row`, `12 rows`. */
export function counted(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** Typed arrays of one kind end to end. */
export function concatenated(
  arrays: readonly (Uint8Array | Float32Array | Uint32Array)[],
): Uint8Array | Float32Array | Uint32Array {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const result = emptyLike(arrays[0]!, length);
  let offset = 0;
  for (const array of arrays) {
    result.set(array, offset);
    offset += array.length;
  }
  return result;
}

function emptyLike(array: Uint8Array | Float32Array | Uint32Array, length: number) {
  if (array instanceof Uint8Array) return new Uint8Array(length);
  return array instanceof Float32Array ? new Float32Array(length) : new Uint32Array(length);
}
