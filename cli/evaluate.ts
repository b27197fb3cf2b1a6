/** `vaec eval`: bounds with standard errors, and the diagnostics that the run's spec asks for. */
import { UserError } from '../runtime/errors.ts';
import { evaluationsOf } from '../compiler/5-kernel/evaluations.ts';
import type { Plan, PlanProgram } from '../compiler/5-kernel/plan.ts';
import { evaluationLines, reportJson } from './reports.ts';
import { type RunFlags, withRun } from './runs.ts';
import type { Terminal } from './terminal.ts';

export interface EvaluateFlags extends RunFlags {
  readonly seed?: number;
}

/** Runs every `evaluate` block of the spec; what is tracked while training where it has none. */
export async function evaluateCommand(run: string, flags: EvaluateFlags, terminal: Terminal): Promise<void> {
  await withRun(run, flags, {}, ['evaluate'], terminal, async ({ model }) => {
    const seed = flags.seed === undefined ? {} : { seed: flags.seed };
    for (const { name } of evaluations(model.plan)) {
      terminal.status(`evaluating ${name}`);
      const evaluation = await model.evaluate(name, seed);
      terminal.status('');
      if (flags.json) for (const report of evaluation.reports) terminal.out(reportJson(evaluation, report));
      else terminal.out(evaluationLines(evaluation).join('\n'));
    }
  });
}

function evaluations(plan: Plan): readonly PlanProgram[] {
  const { own, tracked } = evaluationsOf(plan);
  if (own.length + tracked.length === 0) {
    throw new UserError(`"${plan.spec.name}" has no "evaluate" block: add one, or name another spec with --spec FILE`);
  }
  return own.length > 0 ? own : tracked;
}
