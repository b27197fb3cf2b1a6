/**
 * The rounds: every contender has a turn in each, so that a machine whose speed drifts slows all of them. Of a library's
 * variants only those that were fast when they warmed up take part.
 */
import type { Family, Place } from '../contenders/list.ts';
import type { Tell } from '../measures/measure.ts';
import { type Contestant, type LeftOut, leftOutLines } from './contestants.ts';
import { digits } from './table.ts';
import { processorSeconds } from './processes.ts';
import { outrun } from './variants.ts';

/** A turn takes about so many milliseconds at most; a contender that is slower does less in it, two at least. */
export const longestTurn = 1500;
const fewest = 2;
/** Milliseconds over which a contender's pace is taken once it has compiled. */
const warm = 500;

/** What is timed, and how often a turn does it at most. */
export interface Discipline {
  readonly ask: 'steps' | 'images';
  readonly most: number;
}

/** What was measured of one contender, a number a round. */
export interface Timed {
  readonly contestant: Contestant;
  /** Milliseconds a step, or for all images once. */
  readonly times: readonly number[];
  /** Milliseconds of processor time for the same, all threads together; not a number where the system does not tell. */
  readonly processor: readonly number[];
  /** How often a turn did it. */
  readonly turn: number;
  /** Part of a core that it took between its turns; absent where that is not known. */
  readonly idle?: number;
}

export interface Race {
  readonly timed: readonly Timed[];
  /** Those that failed on the way, and those that another variant of the same library outran. */
  readonly lost: readonly LeftOut[];
}

/** One contender in the race. */
class Runner {
  readonly contestant: Contestant;
  readonly times: number[] = [];
  readonly processor: number[] = [];
  /** Milliseconds each when it was warm. */
  pace = Infinity;
  failure: string | undefined;
  readonly #discipline: Discipline;
  #turn = fewest;
  /** Seconds by the clock and of the processor, in its turns. */
  #busy = 0;
  #used = 0;

  constructor(contestant: Contestant, discipline: Discipline) {
    this.contestant = contestant;
    this.#discipline = discipline;
  }

  /** Compiles, and fills caches; then its pace says how long a turn is. */
  async warmUp(): Promise<void> {
    const first = await this.#go(fewest);
    const count = this.#within(first, warm);
    this.pace = (await this.#go(count)) ?? Infinity;
    this.#turn = this.#within(this.pace, longestTurn);
  }

  async takeTurn(): Promise<void> {
    const [begin, before] = [performance.now(), this.processorSeconds()];
    const milliseconds = await this.#go(this.#turn);
    if (milliseconds === undefined) return;
    const used = this.processorSeconds() - before;
    this.#busy += (performance.now() - begin) / 1000;
    this.#used += used;
    this.times.push(milliseconds);
    this.processor.push((1000 * used) / this.#turn);
  }

  get name(): string {
    return this.contestant.entry.name;
  }

  get family(): Family {
    return this.contestant.entry.family;
  }

  get place(): Place {
    return this.contestant.entry.place;
  }

  processorSeconds(): number {
    return processorSeconds(this.contestant.child.pid ?? -1) ?? Number.NaN;
  }

  /** What it measured, given the race's seconds and those of the processor that it took in them. */
  result(seconds: number, processor: number): Timed {
    const waited = seconds - this.#busy;
    const idle = (processor - this.#used) / waited;
    const { contestant, times, processor: ofTurns } = this;
    const known = Number.isFinite(idle) && waited > 1;
    return { contestant, times, processor: ofTurns, turn: this.#turn, ...(known && { idle }) };
  }

  /** How often it can be done in so many milliseconds. */
  #within(pace: number | undefined, milliseconds: number): number {
    return Math.max(fewest, Math.min(this.#discipline.most, Math.floor(milliseconds / (pace ?? Infinity))));
  }

  /** Milliseconds each; undefined once it has failed. */
  async #go(count: number): Promise<number | undefined> {
    if (this.failure !== undefined) return undefined;
    try {
      return (await this.contestant.child.ask(`${this.#discipline.ask} ${count}`, 'time')).milliseconds;
    } catch (error) {
      this.failure = `it failed: ${error instanceof Error ? error.message : String(error)}`;
      return undefined;
    }
  }
}

/** Warms every contender up, then runs the rounds, each of which begins with another contender. */
export async function race(
  contestants: readonly Contestant[],
  rounds: number,
  discipline: Discipline,
  tell: Tell,
): Promise<Race> {
  const all = contestants.map((contestant) => new Runner(contestant, discipline));
  for (const runner of all) await runner.warmUp();
  const slow = outrun(all.filter(({ failure }) => failure === undefined));
  for (const { contestant } of slow) await contestant.child.quit();
  const runners = all.filter((runner) => runner.failure === undefined && !slow.includes(runner));
  const begin = performance.now();
  const before = runners.map((runner) => runner.processorSeconds());
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < runners.length; i++) await runners[(i + round) % runners.length]!.takeTurn();
    tell(`round ${round + 1} of ${rounds}`);
  }
  const seconds = (performance.now() - begin) / 1000;
  const after = runners.map((runner) => runner.processorSeconds());
  const results = runners.map((runner, i) => runner.result(seconds, after[i]! - before[i]!));
  const lost = [
    ...slow.map(({ contestant: { entry }, pace }): LeftOut => {
      return { name: `${entry.name} (${digits(pace)} ms)`, reason: 'two other variants were faster when warm' };
    }),
    ...all.flatMap(({ contestant: { entry }, failure }): LeftOut[] =>
      failure === undefined ? [] : [{ name: entry.name, reason: failure }],
    ),
  ];
  for (const line of leftOutLines(lost)) tell(line);
  return { timed: results.filter((_, i) => runners[i]!.failure === undefined), lost };
}
