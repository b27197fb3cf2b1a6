/** What a source hands to the loader: numbers as they lie in the file, before the contract is looked at. */
import type { Shape } from '../../compiler/4-tensor/ir.ts';
import type { DataContract } from '../../compiler/4-tensor/program.ts';
import type { Arguments } from './arguments.ts';
import type { Standardization } from './dataset.ts';

export type Numbers =
  Uint8Array | Int8Array | Int16Array | Int32Array | Uint32Array | Float32Array | Float64Array | BigInt64Array;

export interface RawField {
  /** Row major, [rows, ...shape]. */
  readonly values: Exclude<Numbers, BigInt64Array>;
  /** Of one row. */
  readonly shape: Shape;
  /**
   * Whether a byte b stands for b / 255. Left out where the source cannot know: then it does where the contract asks for
   * numbers within 0 and 1.
   */
  readonly grey?: boolean;
  /** Already brought to mean 0 and deviation 1: the set derives from one that was. */
  readonly standardization?: Standardization;
  /** Already cut at a threshold. */
  readonly binarized?: boolean;
  /** What messages call the whole: `"data/a.npy"`. */
  readonly origin: string;
  /** What messages call one number: `"data/quakes.csv", line 3, column "lon"`. */
  readonly locate: (row: number, element: number) => string;
}

export interface RawSplit {
  readonly name: string;
  readonly rows: number;
  readonly fields: ReadonlyMap<string, RawField>;
  /** The rows' ordinals, where they are not simply counted, split after split. */
  readonly indices?: Uint32Array;
}

export interface SourceRequest {
  readonly contract: DataContract;
  readonly args: Arguments;
  /**
   * The path of a file that is there, from a path as the spec writes it. Throws a UserError when it is missing, with what
   * `howToGet` says of the path that it should have.
   */
  readonly find: (path: string, howToGet?: (wanted: string) => string) => Promise<string>;
}

/** Reads or draws one data set: its splits, or a single one named `all`. */
export type SourceReader = (request: SourceRequest) => Promise<readonly RawSplit[]>;

/** Numbers of 64-bit integers as doubles: labels and counts are small. */
export function asNumbers(values: Numbers): Exclude<Numbers, BigInt64Array> {
  return values instanceof BigInt64Array ? Float64Array.from(values, Number) : values;
}

/** `"a.npy", row 3, element [2, 5]`; rows and elements count from 0, as in NumPy. */
export function locateIn(origin: string, shape: Shape): RawField['locate'] {
  return (row, element) => {
    if (shape.length === 0) return `${origin}, row ${row} (counted from 0)`;
    const index: number[] = [];
    let rest = element;
    for (const extent of [...shape].reverse()) {
      index.unshift(rest % extent);
      rest = Math.floor(rest / extent);
    }
    return `${origin}, row ${row}, element [${index.join(', ')}] (counted from 0)`;
  };
}
