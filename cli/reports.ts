/** How evaluations are printed: a line a report, with standard errors; vectors as a row of numbers. */
import type { Evaluation } from '../runtime/evaluate/evaluate.ts';
import type { Report } from '../runtime/evaluate/finish.ts';
import type { Mean } from '../runtime/evaluate/moments.ts';
import { formatValue } from './progress.ts';

/** The evaluation as a table, a line a report under a heading. */
export function evaluationLines({ set, rows, step, reports }: Evaluation): readonly string[] {
  const width = Math.max(0, ...reports.map(({ text }) => text.length));
  const head = `${set}, ${rows} rows, after ${step} step${step === 1 ? '' : 's'}`;
  return [head, ...reports.map((report) => `  ${report.text.padEnd(width)}  ${formatReport(report)}`)];
}

/** `-108.71 ± 0.24 nats`, `12`, `2.31 1.98 0.00 nats`. */
export function formatReport(report: Report): string {
  const unit = report.unit === '' ? '' : ` ${report.unit}`;
  if (report.kind === 'vector') return `${report.values.map((value) => value.toFixed(3)).join(' ')}${unit}`;
  return `${formatMean(report)}${unit}`;
}

/** `-108.71 ± 0.24`, `12`. */
export function formatMean({ value, standardError }: Mean): string {
  if (standardError === undefined) return `${Number.isInteger(value) ? value : formatValue(value)}`;
  return `${formatValue(value)} ± ${standardError.toPrecision(2)}`;
}

/** A report as one JSON object, with what it was made from. */
export function reportJson(evaluation: Evaluation, report: Report): string {
  const { program, set, rows, step } = evaluation;
  return JSON.stringify({ program, set, rows, step, ...report });
}
