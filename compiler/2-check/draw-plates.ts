/**
 * The plates of K draws of a program. Expectations beside one another share the plate of a number of draws, and so their
 * draws; one that stands within another, or a second index of the same one, has its own.
 */
import type { Plate } from './values.ts';

export class DrawPlates {
  readonly #made = new Map<string, Plate>();
  readonly #open: Plate[] = [];
  #largest = 1;

  /** Runs `within` the draws of one expectation: the plates that it opens are closed behind it. */
  around<T>(within: () => T): T {
    const before = this.#open.length;
    const result = within();
    this.#open.length = before;
    return result;
  }

  /** The plate of `count` draws that no expectation around this place has open; `make` makes it where there is none yet. */
  open(count: number, make: () => Plate): Plate {
    const ordinal = this.#open.filter(({ extent }) => extent === count).length;
    const key = `${count} ${ordinal}`;
    const plate = this.#made.get(key) ?? make();
    this.#made.set(key, plate);
    this.#open.push(plate);
    const held = this.#open.reduce((product, { extent }) => product * extent, 1);
    this.#largest = Math.max(this.#largest, held);
    return plate;
  }

  /** The most draws a row that are held together: 1 where nothing is drawn more than once. */
  get largest(): number {
    return this.#largest;
  }
}
