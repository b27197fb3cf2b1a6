/** The rounds: every contender has a turn in each, so that a machine whose speed drifts slows all of them. */
import type { Tell } from '../measures/measure.ts';
import { type Contestant, type LeftOut, leftOutLine } from './contestants.ts';
import { processorSeconds } from './processes.ts';

/** A turn takes about so many milliseconds at most; a contender that is slower does fewer steps, five at least. */
const longestTurn = 4000;
const fewestSteps = 5;

/** What was measured of one contender, a number a round. */
export interface Timed {
  readonly contestant: Contestant;
  /** Milliseconds a step. */
  readonly times: readonly number[];
  /** Milliseconds of processor time a step, all threads together; not a number where the system does not tell. */
  readonly processor: readonly number[];
  readonly stepsOfTurn: number;
  /** Part of a core that it took between its turns; absent where that is not known. */
  readonly idle?: number;
}

export interface Race {
  readonly timed: readonly Timed[];
  /** Those that failed on the way. */
  readonly lost: readonly LeftOut[];
}

/** One contender in the race. */
class Runner {
  readonly contestant: Contestant;
  readonly times: number[] = [];
  readonly processor: number[] = [];
  turn = fewestSteps;
  failure: string | undefined;
  /** Seconds by the clock and of the processor, in its turns. */
  #busy = 0;
  #used = 0;

  constructor(contestant: Contestant) {
    this.contestant = contestant;
  }

  /** Compiles, and fills caches; then its pace says how long a turn is. */
  async warmUp(steps: number): Promise<void> {
    await this.#steps(fewestSteps);
    const milliseconds = await this.#steps(fewestSteps);
    this.turn = Math.max(fewestSteps, Math.min(steps, Math.floor(longestTurn / (milliseconds ?? Infinity))));
  }

  async takeTurn(): Promise<void> {
    const [begin, before] = [performance.now(), this.processorSeconds()];
    const milliseconds = await this.#steps(this.turn);
    if (milliseconds === undefined) return;
    const used = this.processorSeconds() - before;
    this.#busy += (performance.now() - begin) / 1000;
    this.#used += used;
    this.times.push(milliseconds);
    this.processor.push((1000 * used) / this.turn);
  }

  processorSeconds(): number {
    return processorSeconds(this.contestant.child.pid ?? -1) ?? Number.NaN;
  }

  /** What it measured, given the race's seconds and those of the processor that it took in them. */
  result(seconds: number, processor: number): Timed {
    const waited = seconds - this.#busy;
    const idle = (processor - this.#used) / waited;
    const { contestant, times, processor: ofSteps, turn: stepsOfTurn } = this;
    const known = Number.isFinite(idle) && waited > 1;
    return { contestant, times, processor: ofSteps, stepsOfTurn, ...(known && { idle }) };
  }

  /** Milliseconds a step; undefined once it has failed. */
  async #steps(count: number): Promise<number | undefined> {
    if (this.failure !== undefined) return undefined;
    try {
      return (await this.contestant.child.ask(`steps ${count}`, 'steps')).milliseconds;
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }
}

/** Warms every contender up, then runs the rounds, each of which begins with another contender. */
export async function race(
  contestants: readonly Contestant[],
  { rounds, steps }: { readonly rounds: number; readonly steps: number },
  tell: Tell,
): Promise<Race> {
  const runners = contestants.map((contestant) => new Runner(contestant));
  for (const runner of runners) await runner.warmUp(steps);
  const begin = performance.now();
  const before = runners.map((runner) => runner.processorSeconds());
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < runners.length; i++) await runners[(i + round) % runners.length]!.takeTurn();
    tell(`round ${round + 1} of ${rounds}`);
  }
  const seconds = (performance.now() - begin) / 1000;
  const after = runners.map((runner) => runner.processorSeconds());
  const results = runners.map((runner, i) => runner.result(seconds, after[i]! - before[i]!));
  const lost = runners.flatMap(({ contestant, failure }): LeftOut[] =>
    failure === undefined ? [] : [{ name: contestant.entry.name, reason: `it failed: ${failure}` }],
  );
  for (const one of lost) tell(leftOutLine(one));
  return { timed: results.filter((_, i) => runners[i]!.failure === undefined), lost };
}
