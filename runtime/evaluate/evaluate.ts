/** Runs an evaluation over every row of its data set and finishes its reports in float64. */
import type { PlanProgram } from '../../compiler/5-kernel/plan.ts';
import type { Executor } from '../execute/executor.ts';
import { streamRuns } from '../execute/stream.ts';
import type { Scalars } from '../execute/inputs.ts';
import { batchesOver } from '../host/positions.ts';
import { finishReport, type Report } from './finish.ts';
import { Moments } from './moments.ts';

export type EvaluatePlanProgram = Extract<PlanProgram, { kind: 'evaluate' }>;

export interface Evaluation {
  /** Name of the evaluate program, and the set it ran over. */
  readonly program: string;
  readonly set: string;
  readonly rows: number;
  /** Steps of training that the parameters have had. */
  readonly step: number;
  readonly reports: readonly Report[];
}

export interface EvaluateOptions {
  readonly rows: number;
  readonly step: number;
  /** The scalars of the batch that begins at a row. */
  readonly scalars: (first: number) => Scalars;
  readonly signal?: AbortSignal;
}

/** Every row counts once: rows past the set's end in the last batch are left out. Throws the signal's reason when aborted. */
export async function evaluateProgram(
  executor: Executor,
  program: EvaluatePlanProgram,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { rows, step, scalars, signal } = options;
  const batches = batchesOver(rows, program.batch);
  const collected = new Map<string, Moments>();
  await streamRuns(
    executor,
    program.name,
    batches.length,
    (batch) => scalars(batches[batch]!.first),
    (batch, result) => {
      const { valid } = batches[batch]!;
      for (const [name, values] of result) {
        const size = values.length / program.batch;
        const moments = collected.get(name) ?? new Moments(size);
        collected.set(name, moments);
        for (let row = 0; row < valid; row++) moments.add(values, row * size);
      }
    },
    signal,
  );
  const reports = program.reports.map((report) => finishReport(report, collected, scalars(0)));
  return { program: program.name, set: program.set, rows, step, reports };
}
