/** From what an evaluation collected of every row to the numbers it reports. */
import type { EvaluateReport } from '../../compiler/4-tensor/program.ts';
import type { Node, NodeOf } from '../../compiler/4-tensor/ir.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { InternalError } from '../errors.ts';
import { type Mean, meanOf, type Moments } from './moments.ts';

/** A number, with its standard error where it is a mean over several rows; or one number an entry. */
export type ReportValue =
  ({ readonly kind: 'number' } & Mean) | { readonly kind: 'vector'; readonly values: readonly number[] };

export type Report = Pick<EvaluateReport, 'name' | 'text' | 'unit'> & ReportValue;

/** Gives a scalar of the host by name, for a report that is a function of statistics. */
export type HostScalars = (name: string) => number;

export function finishReport(
  { name, text, unit, result, finish }: EvaluateReport,
  collected: ReadonlyMap<string, Moments>,
  scalars: HostScalars,
): Report {
  const moments = (wanted: string) => collected.get(wanted)!;
  return { name, text, unit, ...finished() };

  function finished(): ReportValue {
    switch (finish.kind) {
      case 'mean':
        return { kind: 'number', ...meanOf(moments(result)) };
      case 'mean-vector':
        return { kind: 'vector', values: moments(result).means };
      case 'expression': {
        const statistics = new Map(
          finish.arguments.map(({ name, result: from, statistic }) => [
            name,
            statistic === 'mean' ? moments(from).means : moments(from).variances,
          ]),
        );
        return evaluateOf(finish.output, statistics, scalars);
      }
    }
  }
}

/** A function of statistics of the rows, by the reference interpreter, in float64. */
function evaluateOf(
  output: Node,
  statistics: ReadonlyMap<string, readonly number[]>,
  scalars: HostScalars,
): ReportValue {
  const inputs = ({ source }: NodeOf<'input'>): readonly number[] => {
    if (source.kind === 'argument') return statistics.get(source.name)!;
    if (source.kind === 'uniform') return [scalars(source.name)];
    throw new InternalError(
      `a report reads the ${source.kind} of its program, and only what is known of all rows reaches it`,
    );
  };
  const [values] = evaluate([output], inputs);
  return output.shape.length === 0 ? { kind: 'number', value: values![0]! } : { kind: 'vector', values: [...values!] };
}
