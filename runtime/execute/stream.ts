/** Runs of a program one after the other, with one flight computed while the results of another are taken in. */
import { Pace } from './pace.ts';
import type { Executor, Flight } from './executor.ts';
import type { Scalars } from './inputs.ts';
import { flightsInAir } from './layouts.ts';
import type { RunResults } from './results.ts';

/** Milliseconds that a submit should take: what is aborted ends after two at most. */
const submitTarget = 150;

/**
 * `count` runs, run i with the scalars of `scalars(i)`; `onResult` takes in each in order. Throws the signal's reason when
 * aborted.
 */
export async function streamRuns(
  executor: Executor,
  program: string,
  count: number,
  scalars: (run: number) => Scalars,
  onResult: (run: number, results: RunResults) => void,
  signal?: AbortSignal,
): Promise<void> {
  const pace = new Pace(submitTarget, executor.capacity(program));
  const flights: Flight[] = [];
  let [next, done, measured] = [0, 0, 0];
  let last = performance.now();
  while (done < count) {
    signal?.throwIfAborted();
    while (flights.length < flightsInAir && next < count) {
      const runs = Array.from({ length: Math.min(pace.size, count - next) }, (_, i) => scalars(next + i));
      flights.push(executor.submit(program, runs));
      next += runs.length;
    }
    const results = await flights.shift()!.results();
    const now = performance.now();
    pace.measured(results.length, now - last, measured++ === 0);
    last = now;
    for (const result of results) onResult(done++, result);
  }
}
