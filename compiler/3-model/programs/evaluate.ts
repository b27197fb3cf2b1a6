/** Evaluations: what each report collects from every row, and how the host finishes it in float64. */
import type { Expr, Report } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import type { Node } from '../../4-tensor/ir.ts';
import type { EvaluateProgram, EvaluateReport } from '../../4-tensor/program.ts';
import { Frame, type Context, type ProgramContext } from '../../2-check/context.ts';
import { floating, joinPlates, spread, toTensor } from '../../2-check/tensors.ts';
import { isCounted } from '../../2-check/units.ts';
import { describe, type TensorValue, type Contract } from '../../2-check/values.ts';
import { readSet } from './clauses.ts';
import { assertKnownByRow, ofStatistics } from './statistics.ts';
import { openProgram, rowsPlate } from './open.ts';
import { fieldsAt, orderedRows } from './rows.ts';

/**
 * Rows of a batch times draws a row: with the most draws that a row may have, which are all held at once, it bounds what
 * an evaluation holds in memory.
 */
const rowsTimesDraws = 8192;
const mostDraws = 65536;
const largestBatch = 128;

export interface DraftEvaluate {
  readonly evaluate: EvaluateProgram;
  readonly program: ProgramContext;
}

/** Elaborates reports over one data set; again with a smaller batch where many draws a row ask for it. */
export function draftEvaluate(
  name: string,
  reports: readonly Report[],
  data: Expr,
  context: Context,
): DraftEvaluate | undefined {
  const outer = new Frame({ context, program: undefined, scope: context.spec.scope });
  const set = readSet(data, outer);
  if (set === undefined) return undefined;
  const first = elaborateReports(name, reports, set, largestBatch, context);
  const draws = first?.program.openDraws.largest ?? 1;
  const batch = Math.max(1, Math.min(largestBatch, Math.floor(rowsTimesDraws / draws)));
  return batch === largestBatch ? first : elaborateReports(name, reports, set, batch, context);
}

function elaborateReports(
  name: string,
  reports: readonly Report[],
  set: { contract: Contract; reference: string },
  batch: number,
  context: Context,
): DraftEvaluate | undefined {
  const { b } = context;
  const rows = rowsPlate('batch', batch);
  const index = orderedRows(context, batch);
  const fields = fieldsAt(context, set.contract, set.reference, index, b.constant(0, 'u32'), [rows]);
  const counted = (): Node =>
    b.map('min', b.sub(context.clock('rows'), context.clock('first')), b.constant(batch, 'u32'));
  const program = openProgram({ name, kind: 'evaluate', rows, rowIndex: index, counted, set: set.reference, fields });
  const frame = new Frame({ context, program, scope: context.spec.scope });
  const results = new Map<string, Node>();
  const finished: EvaluateReport[] = [];
  for (const report of reports) {
    const drafted = draftReport(report, `report_${finished.length + 1}`, frame, results);
    if (drafted === undefined || !holdsDraws(program, report, context)) return undefined;
    finished.push(drafted);
  }
  for (const [name, value] of program.collected) {
    results.set(name, rowsOf({ ...value, node: floating(value, frame) }, frame));
  }
  assertKnownByRow(results, program);
  const outputs = [...results].map(([output, node]) => ({ name: output, node, target: { kind: 'result' } as const }));
  return {
    program,
    evaluate: {
      kind: 'evaluate',
      name,
      function: { name, outputs },
      set: set.reference,
      batch,
      ...(program.couplings.length > 0 && { couplings: program.couplings }),
      reports: finished,
    },
  };
}

/** False, and said at the report that asks for them, where a row has too many draws. */
function holdsDraws({ openDraws }: ProgramContext, { value }: Report, { session }: Context): boolean {
  const draws = openDraws.largest;
  if (draws <= mostDraws) return true;
  const what = `an evaluation with ${draws} draws a row`;
  session.report('not-supported', value.span, { what, instead: `; ${mostDraws} are held at once at most` });
  return false;
}

function draftReport(
  report: Report,
  result: string,
  frame: Frame,
  results: Map<string, Node>,
): EvaluateReport | undefined {
  const text = printExpr(report.value);
  const name = report.value.kind === 'call' && report.value.callee.kind === 'name' ? report.value.callee.text : text;
  const value = frame.elaborate(report.value);
  if (value.kind === 'invalid') return undefined;
  const tensor = toTensor(frame, value, report.value.span);
  if (tensor === undefined) return undefined;
  if (tensor.plates.some((plate) => plate.id !== 0) || tensor.shape.length > 1) {
    frame.context.session.report('not-an-objective', report.value.span, { found: describe(tensor) });
    return undefined;
  }
  const unit = isCounted(tensor.unit) ? tensor.unit : '';
  if (tensor.deferred) {
    return { name, text, unit, result, finish: { kind: 'expression', ...ofStatistics(tensor.node, frame) } };
  }
  results.set(result, rowsOf(tensor, frame));
  return { name, text, unit, result, finish: { kind: tensor.shape.length === 0 ? 'mean' : 'mean-vector' } };
}

/** The value at every row: [batch, …own shape]. */
function rowsOf(value: TensorValue, frame: Frame): Node {
  return spread(frame, value, joinPlates([[frame.program!.rows], value.plates]), value.shape);
}
