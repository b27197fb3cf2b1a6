/** Which of two clocks to believe: the host's, which waits and wakes with every batch, or the device's own. */

/** Batches shorter than this, in milliseconds, tell nothing about a clock: devices round their timestamps. */
const telling = 5;
/** The share of the host's time that a device's clock may give: kernels are what a batch spends its time on. */
const plausible = { least: 0.5, most: 1.02 };

/** Decides by the first long batch that both have timed, and stays with that, so that times can be compared. */
export class BatchClock {
  #isTrusted: boolean | undefined;

  /** Stays with the host's clock where no batch was long enough to decide: a race is timed by one clock. */
  settle(): void {
    this.#isTrusted ??= false;
  }

  /** Milliseconds of a batch, by the host's clock and, where it has one, by the device's. */
  reading(host: number, device: number | undefined): number {
    if (device === undefined) return host;
    if (host >= telling) {
      this.#isTrusted ??= device >= plausible.least * host && device <= plausible.most * host;
    }
    return this.#isTrusted === true ? device : host;
  }
}
