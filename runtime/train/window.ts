/** Means of a run's scalars over windows of steps: what metrics.jsonl holds of training. */
import type { RunResults } from '../execute/results.ts';

/** The part of a window that has run; plain data, kept in checkpoints so that a resumed run writes the same lines. */
export interface WindowState {
  readonly count: number;
  readonly sums: { readonly [name: string]: number };
}

export interface WindowMean {
  /** Steps done at the window's end. */
  readonly step: number;
  readonly means: { readonly [name: string]: number };
}

/** About this many windows cover a run. */
const windowsOfRun = 2000;

/** The length of the windows: 1, 2, 5, 10, 20, 50, … steps, so that a run has about 2000 of them at most. */
export function windowLength(steps: number): number {
  for (let decade = 1; ; decade *= 10) {
    for (const factor of [1, 2, 5]) if (steps <= windowsOfRun * decade * factor) return decade * factor;
  }
}

export class Window {
  readonly #length: number;
  #count: number;
  #sums: Map<string, number>;

  constructor(length: number, state: WindowState = { count: 0, sums: {} }) {
    this.#length = length;
    this.#count = state.count;
    this.#sums = new Map(Object.entries(state.sums));
  }

  /** Takes in the scalars of a step; gives the means when `step`, the steps done with it, ends a window. */
  add(step: number, scalars: { readonly [name: string]: number }): WindowMean | undefined {
    this.#count++;
    for (const [name, value] of Object.entries(scalars)) this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
    if (step % this.#length !== 0) return undefined;
    const means = Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum / this.#count]));
    this.#count = 0;
    this.#sums = new Map();
    return { step, means };
  }

  get state(): WindowState {
    return { count: this.#count, sums: Object.fromEntries(this.#sums) };
  }
}

/** The scalar results of a run by name; vectors and states are left out. */
export function scalarResults(results: RunResults, names: readonly string[]): { readonly [name: string]: number } {
  return Object.fromEntries(names.map((name) => [name, results.get(name)![0]!]));
}
