/** The sentences of a generated module: what each of its methods does, from the plan. */
import type { Duration, HostExpr } from '../4-tensor/program.ts';
import type { Plan, PlanProgram } from '../5-kernel/plan.ts';

type ProgramOf<Kind extends PlanProgram['kind']> = Extract<PlanProgram, { kind: Kind }>;

/** `Maximizes elbo(p, q) (terms: log p(x | z); …) over batches of 128 rows of mnist.train, for 30 epochs.` */
export function describeTraining({ sense, terms, batch, set, duration }: ProgramOf<'train'>): string {
  const verb = sense === 'maximize' ? 'Maximizes' : 'Minimizes';
  const objective = terms.find(({ name }) => name === 'objective')?.text ?? 'the objective';
  const parts = terms.map(({ text }) => text).filter((text) => text !== objective);
  const what = parts.length > 0 ? `${objective} (terms: ${parts.join('; ')})` : objective;
  return inComment(`${verb} ${what} over batches of ${batch} rows of ${set}${lasting(duration)}.`);
}

export function describeEvaluation({ set, reports }: ProgramOf<'evaluate'>): string {
  return inComment(`${reports.map(({ text }) => text).join(', ')} over every row of ${set}.`);
}

export function describeSample({ n, shape, display }: ProgramOf<'sample'>, rows: readonly string[]): string {
  const of = { picture: 'pictures', points: 'points', number: 'draws', numbers: 'draws' }[display];
  const chosen = rows.length > 0 ? ` \`rows\` chooses the rows that ${rows.join(', ')} stand for.` : '';
  return inComment(`${n} ${of}, [${[n, ...shape].join(', ')}], or as many as \`n\`.${chosen}`);
}

/** The names of a sample program's arguments that stand for rows of a data set. */
export function rowArguments(plan: Plan, program: PlanProgram): readonly string[] {
  const used = new Set(program.dispatches.map(({ kernel }) => kernel));
  const scalars = new Set(plan.kernels.filter(({ name }) => used.has(name)).flatMap((kernel) => kernel.scalars));
  const rows = plan.uniforms.filter(({ name }) => scalars.has(name)).map(({ value }) => value);
  return [...new Set(rows.flatMap((value) => (value.kind === 'row' ? [value.argument] : [])))].sort();
}

function lasting({ unit, value }: Duration): string {
  const fixed = constant(value);
  return fixed === undefined ? '' : `, for ${fixed} ${unit}`;
}

function constant(expression: HostExpr): number | undefined {
  return expression.kind === 'number' ? expression.value : undefined;
}

/** A text that does not end the comment it stands in. */
function inComment(text: string): string {
  return text.replaceAll('*/', '* /');
}
