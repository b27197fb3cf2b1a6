/**
 * What the expectations around a place draw. Expectations beside one another share the plate of a number of draws, and
 * noise of one name, so they share their draws; within one another each has its own, or the inner draw would be the outer.
 */
import type { Plate } from './values.ts';

export class OpenDraws {
  readonly #made = new Map<string, Plate>();
  readonly #open: Plate[] = [];
  readonly #noise: string[] = [];
  #largest = 1;

  /** Runs `within` one expectation: what it opens is closed behind it. */
  around<T>(within: () => T): T {
    const [plates, names] = [this.#open.length, this.#noise.length];
    const result = within();
    this.#open.length = plates;
    this.#noise.length = names;
    return result;
  }

  /** How many expectations around this place draw noise of this name; the place is within one more from here on. */
  noise(name: string): number {
    const around = this.#noise.filter((open) => open === name).length;
    this.#noise.push(name);
    return around;
  }

  /** The plate of `count` draws that no expectation around this place has open; `make` makes it where there is none yet. */
  plate(count: number, make: () => Plate): Plate {
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
