/** Measuring schedules against each other: times of batches, taken in turns, so that what disturbs one disturbs all. */

/** Milliseconds that so many runs of a contestant take, one after the other. */
export type Stopwatch<C> = (contestant: C, runs: number) => Promise<number>;

/** A batch of runs should take so long, in milliseconds: many times what a clock and a submit are off by. */
const batchLength = 20;
/** Runs that one submit holds. */
const mostRuns = 512;

/** How many runs of the contestant make a batch. It has been run before. */
export async function runsFor<C>(contestant: C, time: Stopwatch<C>): Promise<number> {
  for (let runs = 1; ; runs = Math.min(mostRuns, runs * 8)) {
    const taken = await time(contestant, runs);
    if (taken < batchLength / 2 && runs < mostRuns) continue;
    const wanted = Math.round((runs * batchLength) / Math.max(taken, 1e-3));
    return Math.min(mostRuns, Math.max(1, wanted));
  }
}

/** Milliseconds of a run: the median of so many batches of each contestant, taken in turns. */
export async function medianTimes<C>(
  contestants: readonly C[],
  time: Stopwatch<C>,
  { runs, rounds }: { readonly runs: number; readonly rounds: number },
): Promise<readonly number[]> {
  const times = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const turn = (i + round) % contestants.length;
      times[turn]!.push((await time(contestants[turn]!, runs)) / runs);
    }
  }
  return times.map(median);
}

/** Rounds of a duel, and how many the challenger has to win: by chance alone it does so in 10 of 512. */
const duel = { rounds: 9, wins: 8 };
/** And it has to be faster by so much: a difference that is worth another text. */
const leastGain = 0.03;

export interface Duel {
  /** Milliseconds of a run, the medians. */
  readonly holder: number;
  readonly challenger: number;
  /** Whether the challenger is faster, by more than the noise. */
  readonly won: boolean;
}

/** Two contestants in fresh rounds: whoever was the best of many before was partly lucky. */
export async function fight<C>(holder: C, challenger: C, time: Stopwatch<C>, runs: number): Promise<Duel> {
  const pairs: (readonly [holder: number, challenger: number])[] = [];
  for (let round = 0; round < duel.rounds; round++) {
    const first = round % 2 === 0 ? holder : challenger;
    const before = await time(first, runs);
    const after = await time(first === holder ? challenger : holder, runs);
    pairs.push(first === holder ? [before / runs, after / runs] : [after / runs, before / runs]);
  }
  const wins = pairs.filter(([a, b]) => b < a).length;
  const ratio = median(pairs.map(([a, b]) => b / a));
  return {
    holder: median(pairs.map(([a]) => a)),
    challenger: median(pairs.map(([, b]) => b)),
    won: wins >= duel.wins && ratio <= 1 - leastGain,
  };
}

/** The middle one, or the mean of the middle two; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
