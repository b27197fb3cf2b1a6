/** The training loop: keeps the device busy, reads metrics once a submit, stops where a report or a checkpoint is due. */
import type { PlanProgram } from '../../compiler/5-kernel/plan.ts';
import type { Evaluation } from '../evaluate/evaluate.ts';
import type { Executor, Flight } from '../execute/executor.ts';
import { flightsInAir } from '../execute/layouts.ts';
import type { RunResults } from '../execute/results.ts';
import type { Scalars } from '../execute/inputs.ts';
import { epochSteps } from '../host/duration.ts';
import type { TrainEvent } from './events.ts';
import { Pace } from '../execute/pace.ts';
import { isDue, nextDue } from './track.ts';
import { scalarResults, type Window, type WindowMean } from './window.ts';

export type TrainPlanProgram = Extract<PlanProgram, { kind: 'train' }>;

/** What the loop needs from outside, so that it knows nothing of folders and files. */
export interface LoopContext {
  readonly executor: Executor;
  readonly program: TrainPlanProgram;
  readonly rows: number;
  /** Steps done at the start, and steps of the whole run. */
  readonly step: number;
  readonly steps: number;
  readonly window: Window;
  readonly scalars: (step: number) => Scalars;
  /** What a step would break that the update needs, in words; undefined where it may be taken. */
  readonly refusal: (step: number) => string | undefined;
  /** Takes in that the device has done exactly so many steps. */
  readonly reached: (step: number) => void;
  /** Lowers the trouble flag on the device: updates are taken again. */
  readonly recover: () => void;
  readonly evaluate: (name: string) => Promise<Evaluation>;
  /** Keeps the metrics of a window, or an evaluation. */
  readonly keepMeans: (means: WindowMean) => Promise<void>;
  readonly keepEvaluation: (evaluation: Evaluation) => Promise<void>;
  /** Whether an evaluation at the starting step has been kept already. */
  readonly hasEvaluation: (name: string) => boolean;
  /** Keeps the state after `step` steps; the device has done exactly those. */
  readonly checkpoint: (step: number) => Promise<void>;
  /** Seconds between checkpoints; one more may come at the end of an epoch. */
  readonly checkpointSeconds: number;
  readonly onEvent: (event: TrainEvent) => void;
  readonly signal?: AbortSignal;
}

export type LoopEnd =
  | { readonly kind: 'finished' | 'interrupted'; readonly step: number }
  /** Step `step` was not taken, for a reason in words. */
  | { readonly kind: 'refused'; readonly step: number; readonly why: string }
  /** Step `step` met a value that is not finite; the state is the one before it. */
  | { readonly kind: 'trouble'; readonly step: number; readonly term: number; readonly results: RunResults };

/** Milliseconds that a submit should take: a person who interrupts waits for two at most. */
const submitTarget = 150;

/** At the end of an epoch a checkpoint is kept when the last one is older than this (or than the interval). */
const epochSeconds = 5;

export async function trainingLoop(context: LoopContext): Promise<LoopEnd> {
  const { executor, program, rows, steps, signal } = context;
  const { batch, track } = program;
  const names = ['objective', ...program.terms.map(({ name }) => name), 'gradient_norm'];
  const scalarNames = names.filter((name) => program.results.some((result) => result.name === name));
  const pace = new Pace(submitTarget, executor.capacity(program.name));
  const flights: { readonly flight: Flight; readonly begun: number }[] = [];
  let done = context.step;
  let next = done;
  let flown = 0;
  let completed = 0;
  /** Why no more steps are taken. */
  let refused: string | undefined;
  let kept = performance.now();
  /** What the last run that landed found. */
  let landed: RunResults | undefined;
  try {
    return await run();
  } catch (error) {
    // A listener's, or the disk's; where it is the device's, there is no state any more.
    await settle().catch(() => undefined);
    throw error;
  }

  async function run(): Promise<LoopEnd> {
    let isWhole = await reports(done, context.hasEvaluation);
    while (done < steps) {
      if (signal?.aborted === true && flights.length === 0) {
        await keep(done);
        return { kind: 'interrupted', step: done };
      }
      if (refused !== undefined && flights.length === 0) {
        await keep(done);
        return { kind: 'refused', step: done, why: refused };
      }
      const stop = nextStop(done);
      const due = secondsSince(kept) >= context.checkpointSeconds;
      while (flights.length < flightsInAir && next < stop && !(due && flown > 0) && signal?.aborted !== true) {
        const runs = runsUntil(Math.min(next + pace.size, stop));
        if (runs.length === 0) break;
        flights.push({ flight: executor.submit(program.name, runs), begun: performance.now() });
        next += runs.length;
      }
      const current = flights.shift();
      if (current !== undefined) {
        const results = await current.flight.results();
        landed = results.at(-1);
        const now = performance.now();
        pace.measured(results.length, now - Math.max(current.begun, completed), flown++ === 0);
        completed = now;
        const bad = results.findIndex((result) => (result.get('trouble')?.[0] ?? 0) !== 0);
        await takeIn(bad === -1 ? results : results.slice(0, bad));
        if (bad !== -1) return await stopAt(results[bad]!);
      }
      if (flights.length > 0) continue;
      const atStop = done === stop && next === stop;
      if (atStop) isWhole = await reports(done, () => false);
      const old =
        secondsSince(kept) >= (atStop ? Math.min(epochSeconds, context.checkpointSeconds) : context.checkpointSeconds);
      if (old && done < steps) {
        await keep(done);
        kept = performance.now();
        flown = 0;
      }
    }
    await keep(done);
    return { kind: isWhole ? 'finished' : 'interrupted', step: done };
  }

  /** The scalars of the steps from the next one on, up to one that may not be taken. */
  function runsUntil(end: number): Scalars[] {
    const runs: Scalars[] = [];
    for (let step = next; step < end && refused === undefined; step++) {
      refused = context.refusal(step);
      if (refused === undefined) runs.push(context.scalars(step));
    }
    return runs;
  }

  /** Where nothing may be in flight: a report is due, or an epoch ends and the last checkpoint is some seconds old. */
  function nextStop(step: number): number {
    const stops = track.map((one) => nextDue(one, step, batch, rows));
    if (secondsSince(kept) >= epochSeconds) stops.push(epochSteps(Math.floor((step * batch) / rows) + 1, batch, rows));
    return Math.max(next, Math.min(steps, ...stops));
  }

  async function takeIn(results: readonly RunResults[]): Promise<void> {
    const totals = new Map<string, number>();
    for (const result of results) {
      done++;
      const scalars = scalarResults(result, scalarNames);
      for (const [name, value] of Object.entries(scalars)) totals.set(name, (totals.get(name) ?? 0) + value);
      const means = context.window.add(done, scalars);
      if (means !== undefined) await context.keepMeans(means);
    }
    if (results.length === 0) return;
    const mean = (name: string) => (totals.get(name) ?? 0) / results.length;
    const rate = pace.rate;
    context.onEvent({
      kind: 'progress',
      step: done,
      steps,
      epoch: (done * batch) / rows,
      epochs: (steps * batch) / rows,
      ...(rate !== undefined && { stepsPerSecond: rate, secondsLeft: (steps - done) / rate }),
      objective: mean('objective'),
      terms: program.terms.map(({ name, text }) => ({ name, text, value: mean(name) })),
    });
  }

  /** The evaluations that are due at a step, but those that were kept before; false where an interruption left one out. */
  async function reports(step: number, known: (name: string) => boolean): Promise<boolean> {
    for (const one of track) {
      if (!isDue(one, step, batch, rows) || known(one.evaluate)) continue;
      if (signal?.aborted === true) return false;
      context.reached(step);
      const evaluation = await context.evaluate(one.evaluate).catch((error: unknown) => {
        // An interruption breaks an evaluation off; a resumed run makes up for it.
        if (signal?.aborted === true) return undefined;
        throw error;
      });
      if (evaluation === undefined) return false;
      await context.keepEvaluation(evaluation);
      context.onEvent({ kind: 'evaluation', step, epoch: (step * batch) / rows, evaluation });
    }
    return true;
  }

  /** Every later update was masked: the state stays the one before the bad step. */
  async function stopAt(results: RunResults): Promise<LoopEnd> {
    const [mark, term] = results.get('trouble')!;
    const step = mark! - 1;
    await settle();
    await keep(step);
    return { kind: 'trouble', step, term: term!, results };
  }

  /** Lets what is in flight land, so that it is known how many steps the state has had. */
  async function settle(): Promise<void> {
    for (const { flight } of flights.splice(0)) landed = (await flight.results()).at(-1);
    const mark = landed?.get('trouble')?.[0] ?? 0;
    if (mark !== 0) context.recover();
    context.reached(mark === 0 ? next : mark - 1);
  }

  /** Keeps the state; nothing is in flight. */
  async function keep(step: number): Promise<void> {
    context.reached(step);
    await context.checkpoint(step);
  }
}

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1000;
}
