/** How many runs to hand to the device at once: few enough to stay responsive, many enough that waiting costs nothing. */
export class Pace {
  /** Runs of the next submit. */
  size = 1;
  readonly #target: number;
  readonly #most: number;
  #milliseconds: number | undefined;

  /** `target`: milliseconds that a submit should take. `most`: runs that it may hold. */
  constructor(target: number, most: number) {
    this.#target = target;
    this.#most = most;
  }

  /** Runs a second; undefined before anything but the first submit, which compiles, was measured. */
  get rate(): number | undefined {
    return this.#milliseconds === undefined ? undefined : 1000 / this.#milliseconds;
  }

  /** Takes in that `runs` took so long. The size grows at most fourfold at a time, so that one odd measurement is mild. */
  measured(runs: number, milliseconds: number, first: boolean): void {
    const each = Math.max(1e-3, milliseconds / runs);
    if (!first) this.#milliseconds = this.#milliseconds === undefined ? each : 0.8 * this.#milliseconds + 0.2 * each;
    const wanted = Math.floor(this.#target / (this.#milliseconds ?? each));
    this.size = Math.max(1, Math.min(wanted, 4 * this.size, this.#most));
  }
}
