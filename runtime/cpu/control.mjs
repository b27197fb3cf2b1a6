/**
 * The words that the threads of one executor share beside the memory: a barrier, and a mark that a kernel failed.
 * Types stand in comments: see worker.mjs.
 */

/** Words of a cache line: each word that threads share has one of its own, so that they do not slow each other. */
export const line = 16;

const words = { arrived: 0, generation: line, asleep: 2 * line, failed: 3 * line };

/** Looks at the barrier so often before a thread sleeps: some twenty microseconds, what most waits last. */
const looks = 4000;

export class Control {
  static bytes = 4 * 4 * line;
  /** @type {Int32Array} */
  #words;
  /** @type {number} */
  #threads;

  /**
   * @param {SharedArrayBuffer} shared zeros at first
   * @param {number} threads how many meet at the barrier
   */
  constructor(shared, threads) {
    this.#words = new Int32Array(shared);
    this.#threads = threads;
  }

  /**
   * Waits until every thread has arrived; what each wrote before is seen by all after. A long wait takes no core. The
   * last to arrive sets these words to zero, while nobody is at them.
   * @param {Int32Array} [cleared]
   */
  meet(cleared) {
    const all = this.#words;
    const generation = Atomics.load(all, words.generation);
    if (Atomics.add(all, words.arrived, 1) === this.#threads - 1) {
      cleared?.fill(0);
      Atomics.store(all, words.arrived, 0);
      Atomics.add(all, words.generation, 1);
      // Whoever counts itself as asleep after this looks at the generation again before it sleeps.
      if (Atomics.load(all, words.asleep) > 0) Atomics.notify(all, words.generation);
      return;
    }
    for (let i = 0; i < looks; i++) if (Atomics.load(all, words.generation) !== generation) return;
    Atomics.add(all, words.asleep, 1);
    while (Atomics.load(all, words.generation) === generation) Atomics.wait(all, words.generation, generation);
    Atomics.sub(all, words.asleep, 1);
  }

  /** Threads that sleep at the barrier. */
  get asleep() {
    return Atomics.load(this.#words, words.asleep);
  }

  /** Whether a kernel has failed: nothing is computed any more, and every thread goes on to the end. */
  get failed() {
    return Atomics.load(this.#words, words.failed) !== 0;
  }

  fail() {
    Atomics.store(this.#words, words.failed, 1);
  }
}
