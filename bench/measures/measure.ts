/** A measurement: what it found for a person and for a file. */
import type { Machine } from '../harness/machine.ts';
import type { Options } from '../options.ts';

export interface Finding {
  readonly measure: string;
  /** Tables for a terminal. */
  readonly text: string;
  /** The same as plain data. */
  readonly data: unknown;
}

/** A file of bench/results. */
export interface Results {
  readonly machine: Machine;
  readonly measures: readonly Finding[];
}

/** Says on the terminal how it goes. */
export type Tell = (text: string) => void;

export interface Measure {
  /** About how many seconds it will take with these options; 0 where nothing of it is wanted. */
  seconds(options: Options): number;
  /** Undefined where nothing of it is wanted. */
  run(options: Options, tell: Tell): Promise<Finding | undefined>;
}
