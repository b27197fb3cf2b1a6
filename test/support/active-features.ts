/** A report of the plan that is written by hand: how many entries of `features` vary over the rows by more than 0.01. */
import { Builder } from '../../compiler/4-tensor/builder.ts';
import type { EvaluateReport } from '../../compiler/4-tensor/program.ts';

export function activeFeatures(): EvaluateReport {
  const b = new Builder();
  const variance = b.input({ kind: 'argument', name: 'variance' }, [2]);
  const output = b.sum(b.select(b.map('gt', variance, 0.01), 1, 0), [0]);
  const finish = {
    kind: 'expression',
    output,
    arguments: [{ name: 'variance', result: 'features', statistic: 'variance' }],
  } as const;
  return { name: 'active', text: 'active(x)', unit: 'features', result: 'features', finish };
}
