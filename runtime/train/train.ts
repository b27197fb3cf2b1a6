/** Trains: joins the loop, the device's state and the run folder. */
import type { CompiledKernels } from '../../compiler/5-kernel/plan.ts';
import { UserError } from '../errors.ts';
import type { Evaluation } from '../evaluate/evaluate.ts';
import type { Executor } from '../execute/executor.ts';
import { epochSteps } from '../host/duration.ts';
import type { Hypers } from '../host/hypers.ts';
import { hostClock, stepClock } from '../host/positions.ts';
import { scalarsOf } from '../host/scalars.ts';
import type { Checkpoint } from '../run/checkpoint.ts';
import { RunFolder } from '../run/folder.ts';
import { RunLock } from '../run/lock.ts';
import { compareRuns, continuedRecord, recordOf, type SpecCopy } from '../run/record.ts';
import type { CarriedState } from '../state.ts';
import type { TrainEvent, TrainOutcome } from './events.ts';
import { type LoopEnd, trainingLoop, type TrainPlanProgram } from './loop.ts';
import { brokenLimit } from './limits.ts';
import { Window, windowLength, type WindowMean, type WindowState } from './window.ts';

export interface TrainOptions {
  /** Passes over the data of the whole run, in place of the spec's. */
  readonly epochs?: number;
  /** Steps of the whole run, in place of the spec's. */
  readonly steps?: number;
  /** The run folder; without it nothing is kept on disk. */
  readonly out?: string;
  /** Goes on from the last checkpoint in `out`. */
  readonly resume?: boolean;
  /** Seconds between checkpoints; 60 where absent. */
  readonly checkpointSeconds?: number;
  /** The sources to keep in the run folder. */
  readonly spec?: SpecCopy;
  readonly onEvent?: (event: TrainEvent) => void;
  /** Aborted: the steps in flight are finished, a checkpoint is kept, and the outcome says that it is not finished. */
  readonly signal?: AbortSignal;
}

/** A model, ready to be trained: its program is prepared, its state on the device. */
export interface TrainSubject {
  readonly compiled: CompiledKernels;
  readonly executor: Executor;
  readonly program: TrainPlanProgram;
  readonly state: CarriedState;
  readonly hypers: Hypers;
  /** As given, and mixed to 32 bits for the kernels. */
  readonly seed: number;
  readonly mixedSeed: number;
  readonly rows: number;
  /** Steps that the state has had. */
  readonly step: number;
  /** Steps that the spec asks for. */
  readonly plannedSteps: number;
  readonly dataFolder?: string;
  readonly evaluate: (name: string, signal?: AbortSignal) => Promise<Evaluation>;
  /** Takes in that the state is the one after `step` steps of a run of `steps`. */
  readonly reached: (step: number, steps: number) => void;
  /** Takes over a checkpoint. */
  readonly adopt: (checkpoint: Checkpoint) => void;
}

/**
 * Throws a UserError when a value is not finite, with the state before that step kept; and when another process trains
 * into the folder.
 */
export async function train(subject: TrainSubject, options: TrainOptions): Promise<TrainOutcome> {
  if (options.out === undefined) return trainAlone(subject, options);
  const lock = await RunLock.take(options.out);
  try {
    return await trainAlone(subject, options);
  } finally {
    await lock.release();
  }
}

async function trainAlone(subject: TrainSubject, options: TrainOptions): Promise<TrainOutcome> {
  const { compiled, executor, program, state, hypers, seed, rows } = subject;
  const { plan } = compiled;
  const { batch } = program;
  const onEvent = options.onEvent ?? (() => undefined);
  const run = await openRun(subject, options, onEvent);
  const { steps } = run;
  const step = run.from?.head.step ?? subject.step;
  if (run.from !== undefined) subject.adopt(run.from);
  const metrics = await run.folder?.metrics(step);
  const window = new Window(windowLength(steps), run.from?.head.window ?? emptyWindow);
  const scalars = scalarsOf(plan, hypers);
  const evaluations = new Map<string, Evaluation>();
  const kept: { path?: string } = {};
  const checkpoint = async (at: number) => {
    if (run.folder === undefined) return;
    const head = { spec: plan.spec, program: program.name, step: at, steps, batch, rows, seed, window: window.state };
    const vectors = await state.readVectors();
    const states = await state.readStates();
    await metrics?.writer.flush();
    kept.path = await run.folder.save({ head, vectors, states }, plan.layout);
    onEvent({ kind: 'checkpoint', step: at, path: kept.path });
  };
  onEvent({ kind: 'begin', step, steps, resumed: run.from !== undefined });
  try {
    const end = await trainingLoop({
      executor,
      program,
      rows,
      step,
      steps,
      window,
      scalars: (at) =>
        scalars({ clock: stepClock(at, batch, rows, subject.mixedSeed), host: hostClock(at, batch, rows, steps) }),
      refusal: (at) => brokenLimit(program, { clock: hostClock(at, batch, rows, steps), hyper: hypers.expression }),
      reached: (at) => subject.reached(at, steps),
      recover: () => state.lowerTrouble(),
      evaluate: (name) => subject.evaluate(name, options.signal),
      keepMeans: async (means) => {
        await metrics?.writer.append(trainLine(means, program, rows));
      },
      keepEvaluation: async (evaluation) => {
        evaluations.set(evaluation.program, evaluation);
        await metrics?.writer.append({ kind: 'evaluate', epoch: (evaluation.step * batch) / rows, ...evaluation });
      },
      hasEvaluation: (name) => (metrics?.known ?? []).some((line) => isEvaluation(line, name, step)),
      checkpoint,
      checkpointSeconds: options.checkpointSeconds ?? 60,
      onEvent,
      ...(options.signal && { signal: options.signal }),
    });
    if (end.kind === 'trouble') throw troubleError(end, program, rows, kept.path);
    if (end.kind === 'refused') throw refusedError(end, program, rows, kept.path);
    const outcome = {
      step: end.step,
      steps,
      finished: end.kind === 'finished',
      evaluations: [...evaluations.values()],
    };
    return kept.path === undefined ? outcome : { ...outcome, checkpoint: kept.path };
  } finally {
    await metrics?.writer.close();
  }
}

interface OpenedRun {
  readonly folder?: RunFolder;
  /** The checkpoint to go on from. */
  readonly from?: Checkpoint;
  readonly steps: number;
}

/** The folder of a new run, or of one that goes on; none where nothing is to be kept. */
async function openRun(
  subject: TrainSubject,
  options: TrainOptions,
  onEvent: (event: TrainEvent) => void,
): Promise<OpenedRun> {
  const { compiled, executor, program, hypers, seed, rows, dataFolder } = subject;
  const { out, resume = false } = options;
  const asked = options.steps ?? (options.epochs && epochSteps(options.epochs, program.batch, rows));
  const steps = asked ?? subject.plannedSteps;
  if (out === undefined) return { steps };
  const facts = { program: program.name, seed, steps, ...(dataFolder !== undefined && { data: dataFolder }) };
  const record = recordOf(out, compiled, executor.device.report, facts, options.spec);
  const fresh = await RunFolder.isUnbegun(out);
  if (!resume || fresh) {
    if (resume) onEvent({ kind: 'note', text: `there is nothing to resume in "${out}": the run begins there` });
    return { folder: await RunFolder.create(out, record, hypers, options.spec), steps };
  }
  const folder = await RunFolder.open(out);
  const notes = compareRuns(out, folder.record, record, await folder.hypers(), hypers);
  await folder.tidy();
  const from = await folder.latestCheckpoint(compiled.plan.layout);
  if (from !== undefined && from.head.rows !== rows) {
    throw new UserError(
      `"${out}" was trained on ${from.head.rows} rows of "${program.set}", and now there are ${rows}: give it the same data`,
    );
  }
  for (const note of notes) onEvent({ kind: 'note', text: `the resumed run will not have the same bits: ${note}` });
  // The length of the run stays what it was begun with, unless another is asked for now.
  const length = asked ?? folder.record.steps;
  if (from !== undefined && from.head.step > length) {
    throw new UserError(`"${out}" has had ${from.head.step} steps already, more than the ${length} asked for`);
  }
  const continued = await folder.withRecord(continuedRecord(folder.record, record, length));
  return { folder: continued, steps: length, ...(from && { from }) };
}

const emptyWindow: WindowState = { count: 0, sums: {} };

function isEvaluation(line: unknown, program: string, step: number): boolean {
  if (typeof line !== 'object' || line === null || !('kind' in line) || line.kind !== 'evaluate') return false;
  return 'program' in line && line.program === program && 'step' in line && line.step === step;
}

/** `{"kind":"train","step":500,"epoch":1.07,"objective":-141.2,"terms":{"log p(x | z)":-120.1,…},"gradient_norm":…}` */
function trainLine({ step, means }: WindowMean, { batch, terms }: TrainPlanProgram, rows: number): object {
  const own = terms.filter(({ name }) => name !== 'objective');
  return {
    kind: 'train',
    step,
    epoch: (step * batch) / rows,
    objective: means['objective'],
    terms: Object.fromEntries(own.map(({ name, text }) => [text, means[name]])),
    gradient_norm: means['gradient_norm'],
  };
}

function troubleError(
  { step, term, results }: Extract<LoopEnd, { kind: 'trouble' }>,
  program: TrainPlanProgram,
  rows: number,
  checkpoint: string | undefined,
): UserError {
  const valueOf = (name: string) => results.get(name)?.[0];
  const bad = program.terms.filter(({ name }) => !Number.isFinite(valueOf(name) ?? 0));
  // The whole objective is bad when any of its terms is: those say more.
  const named = bad.find(({ name }) => name !== 'objective') ?? program.terms[term];
  const value = valueOf(named?.name ?? 'gradient_norm');
  const what = named === undefined ? 'the gradient' : `the term "${named.text}"`;
  const told = value === undefined || Number.isFinite(value) ? '' : ` (${value})`;
  const wrong = named === undefined && told === '' ? `has a norm of ${value}` : `is not a finite number${told}`;
  return new UserError(
    `${stopped(step, program, rows)}: ${what} ${wrong}. ${stateBefore(checkpoint)} Lower the learning rate, clip the ` +
      'gradient, or look at the data and the scales of the model',
  );
}

function refusedError(
  { step, why }: Extract<LoopEnd, { kind: 'refused' }>,
  program: TrainPlanProgram,
  rows: number,
  checkpoint: string | undefined,
): UserError {
  return new UserError(
    `${stopped(step, program, rows)}: ${why}. ${stateBefore(checkpoint)} Change the schedule or the hyper that it comes from`,
  );
}

function stopped(step: number, { batch }: TrainPlanProgram, rows: number): string {
  return `training stopped at step ${step + 1} (epoch ${((step * batch) / rows).toFixed(2)})`;
}

function stateBefore(checkpoint: string | undefined): string {
  return checkpoint === undefined
    ? 'The parameters are those before that step.'
    : `The state before that step is kept in "${checkpoint}".`;
}
