/** Finding the programs of a plan, and what they dispatch. */
import type { Plan, PlanProgram } from '../compiler/5-kernel/plan.ts';
import { suggestion } from './data/suggest.ts';
import { UsageError, UserError } from './errors.ts';

export type ProgramOf<Kind extends PlanProgram['kind']> = Extract<PlanProgram, { kind: Kind }>;

/**
 * The program of that name; without one the only one of its kind, or the first where that is allowed. Throws a UserError where
 * the spec has none of the kind, a UsageError for a name that is not there or is wanted.
 */
export function programNamed<Kind extends PlanProgram['kind']>(
  plan: Plan,
  kind: Kind,
  name?: string,
  first = false,
): ProgramOf<Kind> {
  const known = plan.programs.filter((program): program is ProgramOf<Kind> => program.kind === kind);
  const names = known.map((program) => program.name);
  if (known.length === 0) throw new UserError(`"${plan.spec.name}" has no "${kind}" block`);
  const found = name === undefined ? known[0]! : known.find((program) => program.name === name);
  if (found === undefined) throw new UsageError(`there is no ${kind} "${name}"${suggestion(name ?? '', names)}`);
  if (name === undefined && !first && known.length > 1) {
    throw new UsageError(`"${plan.spec.name}" has several "${kind}" blocks: choose one of ${names.join(', ')}`);
  }
  return found;
}

/** The kernels that programs dispatch, by name. */
export function kernelsOf(programs: readonly PlanProgram[]): ReadonlySet<string> {
  return new Set(programs.flatMap(({ dispatches }) => dispatches.map(({ kernel }) => kernel)));
}

export function usesBuffer({ dispatches }: PlanProgram, name: string): boolean {
  return dispatches.some(({ bindings }) =>
    bindings.some((binding) => binding.kind === 'buffer' && binding.buffer === name),
  );
}

export function readsData({ couplings, dispatches }: PlanProgram): boolean {
  return couplings !== undefined || dispatches.some(({ bindings }) => bindings.some(({ kind }) => kind === 'table'));
}
