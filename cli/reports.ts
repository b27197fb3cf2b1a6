/** How evaluations are printed: a line a report, with standard errors; vectors as a row of numbers. */
import type { Evaluation } from '../runtime/evaluate/evaluate.ts';
import type { Report } from '../runtime/evaluate/finish.ts';
import type { Mean } from '../runtime/evaluate/moments.ts';
import { formatValue, isPlain } from './progress.ts';

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

/** `-108.71 ± 0.24`, `(1.234 ± 0.020)e-7`, `12`: two digits of the standard error, and of the mean those down to its last. */
export function formatMean({ value, standardError }: Mean): string {
  if (standardError === undefined) return `${Number.isInteger(value) ? value : formatValue(value)}`;
  if (!(Number.isFinite(value) && standardError > 0 && standardError < Infinity)) {
    return `${formatValue(value)} ± ${standardError}`;
  }
  const size = Math.max(Math.abs(value), standardError);
  const power = isPlain(size) ? 0 : exponentOf(size);
  const [mean, error] = [value / 10 ** power, standardError / 10 ** power];
  const last = exponentOf(error) - 1;
  // Rows are f32: what they say of their mean ends with its eighth digit.
  const finest = exponentOf(size) - power - 7;
  const shown =
    last >= finest
      ? `${rounded(mean, last)} ± ${rounded(error, last)}`
      : `${rounded(mean, finest)} ± ${error.toPrecision(2)}`;
  return power === 0 ? shown : `(${shown})e${power}`;
}

/** Of the number as its first two digits say it: 0 of 9.94, 1 of 9.96. */
function exponentOf(value: number): number {
  return Number(value.toExponential(1).split('e')[1]);
}

/** To a multiple of 10^last. */
function rounded(value: number, last: number): string {
  return last <= 0 ? value.toFixed(-last) : String(Math.round(value / 10 ** last) * 10 ** last);
}

/** A report as one JSON object, with what it was made from. */
export function reportJson(evaluation: Evaluation, report: Report): string {
  const { program, set, rows, step } = evaluation;
  return JSON.stringify({ program, set, rows, step, ...report });
}
