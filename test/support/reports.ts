/** The reports of an evaluation in float64: every row by the reference interpreter, finished as the runtime does. */
import { finishReport, type Report } from '../../runtime/evaluate/finish.ts';
import { Moments } from '../../runtime/evaluate/moments.ts';
import { run64, type Inputs, type TestSpec } from './elaborated.ts';

/** The reports of the spec's first evaluation over `rows` rows, which fit one batch. */
export function reportsOf(spec: TestSpec, rows: number, inputs: Inputs): readonly Report[] {
  const program = spec.programs.programs.find(({ kind }) => kind === 'evaluate');
  if (program?.kind !== 'evaluate') throw new Error('the spec has no evaluation');
  const results = run64(program.function, spec, { ...inputs, uniforms: { ...inputs.uniforms, rows } });
  const collected = new Map<string, Moments>();
  for (const [name, values] of results) {
    const size = values.length / program.batch;
    const moments = new Moments(size);
    for (let row = 0; row < rows; row++) moments.add(values, row * size);
    collected.set(name, moments);
  }
  return program.reports.map((report) => finishReport(report, collected, (name) => inputs.uniforms?.[name] ?? 0));
}

/** The numbers of a report: one, or one an entry. */
export function numbersOf(report: Report): readonly number[] {
  return report.kind === 'vector' ? report.values : [report.value];
}
