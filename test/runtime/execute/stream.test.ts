/** How runs are handed over, by a device that writes down what it is asked for. */
import { expect, test } from 'vitest';
import type { Executor } from '../../../runtime/execute/executor.ts';
import type { Scalars } from '../../../runtime/execute/inputs.ts';
import { streamRuns } from '../../../runtime/execute/stream.ts';
import { trainingLoop, type TrainPlanProgram } from '../../../runtime/train/loop.ts';
import { Window, windowLength } from '../../../runtime/train/window.ts';
import { tinyPlan } from '../../support/tiny-plan.ts';

interface Recorded {
  readonly executor: Executor;
  /** `submit 4`, `read 4`: runs of a flight that was handed over, of one whose results were asked for. */
  readonly log: readonly string[];
  /** The most flights that were in the air at once. */
  readonly most: () => number;
}

/** An executor of which only `submit` and `capacity` are there; a flight lands a turn of the event loop later. */
function recording(): Recorded {
  const log: string[] = [];
  let [inAir, most] = [0, 0];
  const submit = (_: string, runs: readonly Scalars[]) => {
    log.push(`submit ${runs.length}`);
    most = Math.max(most, ++inAir);
    const results = async () => {
      log.push(`read ${runs.length}`);
      await new Promise((resolve) => setImmediate(resolve));
      inAir--;
      return runs.map((scalars) => new Map([['objective', Float32Array.of(scalars('step'))]]));
    };
    return { runs: runs.length, results };
  };
  const executor = { submit, capacity: () => 8 } as unknown as Executor;
  return { executor, log, most: () => most };
}

/** Whether each flight but the last is asked for only once the next has been handed over. */
function expectOverlap(log: readonly string[]): void {
  const submits = log.flatMap((line, at) => (line.startsWith('submit') ? [at] : []));
  const reads = log.flatMap((line, at) => (line.startsWith('read') ? [at] : []));
  expect(reads).toHaveLength(submits.length);
  submits.slice(1).forEach((at, i) => expect(at).toBeLessThan(reads[i]!));
}

const at =
  (step: number): Scalars =>
  () =>
    step;

test('runs are handed over while those before are computed, taken in in order, a promise a flight', async () => {
  const { executor, log, most } = recording();
  const seen: number[] = [];
  await streamRuns(executor, 'program', 100, at, (run, results) => {
    expect(results.get('objective')![0]).toBe(run);
    seen.push(run);
  });
  expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(most()).toBe(2);
  expectOverlap(log);
  // 1, 1, 4, and eight at a time from then on: quick runs fill what a flight can hold.
  expect(log.filter((line) => line.startsWith('read')).length).toBeLessThan(20);
});

test('an aborted stream ends with the signal', async () => {
  const { executor, log } = recording();
  const abort = new AbortController();
  const onResult = (run: number) => run === 10 && abort.abort();
  await expect(streamRuns(executor, 'program', 1000, at, onResult, abort.signal)).rejects.toThrow(/abort/);
  expect(log.length).toBeLessThan(20);
});

test('training keeps the device at work: two flights in the air, and one promise a flight however many steps it has', async () => {
  const { executor, log, most } = recording();
  const program = tinyPlan.programs.find((one): one is TrainPlanProgram => one.kind === 'train')!;
  const steps = 100;
  const reached: number[] = [];
  const nothing = () => Promise.resolve();
  const end = await trainingLoop({
    executor,
    program: { ...program, terms: [], track: [], results: program.results.filter(({ name }) => name === 'objective') },
    rows: 13,
    step: 0,
    steps,
    window: new Window(windowLength(steps)),
    scalars: at,
    refusal: () => undefined,
    reached: (step) => reached.push(step),
    recover: () => undefined,
    evaluate: () => Promise.reject(new Error('nothing is tracked')),
    keepMeans: nothing,
    keepEvaluation: nothing,
    hasEvaluation: () => false,
    checkpoint: nothing,
    checkpointSeconds: 60,
    onEvent: () => undefined,
  });
  expect(end).toEqual({ kind: 'finished', step: steps });
  expect(most()).toBe(2);
  expectOverlap(log);
  expect(log.filter((line) => line.startsWith('read')).length).toBeLessThan(20);
});
