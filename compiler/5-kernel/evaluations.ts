/** The evaluations of a plan, told apart. */
import type { Plan, PlanProgram } from './plan.ts';

type PlanEvaluation = Extract<PlanProgram, { kind: 'evaluate' }>;

/** Those of the spec's `evaluate` blocks, and those that training tracks; each in the order of the spec. */
export function evaluationsOf({ programs }: Pick<Plan, 'programs'>): {
  readonly own: readonly PlanEvaluation[];
  readonly tracked: readonly PlanEvaluation[];
} {
  const names = new Set(
    programs.flatMap((program) => (program.kind === 'train' ? program.track.map(({ evaluate }) => evaluate) : [])),
  );
  const evaluations = programs.filter((program) => program.kind === 'evaluate');
  return {
    own: evaluations.filter(({ name }) => !names.has(name)),
    tracked: evaluations.filter(({ name }) => names.has(name)),
  };
}
