/** When what a submit consists of took place, as executors tell it of submits that are to be timed. */

/** In milliseconds. */
export interface Interval {
  readonly begin: number;
  readonly end: number;
}

/** One dispatch of one run, as far as one lane computed it. */
export interface DispatchInterval extends Interval {
  readonly run: number;
  /** Its place among the program's dispatches. */
  readonly dispatch: number;
  /** The thread that computed; 0 on a graphics card. */
  readonly lane: number;
}

export interface Timeline {
  /** What the main thread did: runs written down for the device, handed over, results taken in; by the host's clock. */
  readonly upload: Interval;
  readonly submit: Interval;
  readonly readBack: Interval;
  /** Empty where the device keeps no times. */
  readonly dispatches: readonly DispatchInterval[];
  /** Whose clock the dispatches are timed by: one of the device begins at any moment. */
  readonly clock: 'host' | 'device';
}

/** The host's clock, the same for all threads, in milliseconds. worker.mjs reads it too. */
export function hostNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
