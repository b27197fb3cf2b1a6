/** Means of densities. */
import type { ExprOf } from '../1-syntax/ast.ts';
import type { Frame } from '../2-check/context.ts';
import { inherited } from '../2-check/derive.ts';
import { invalid, type DistributionValue, type TensorValue, type Value } from '../2-check/values.ts';
import { inARow } from './density.ts';
import { instantiate } from './instance.ts';
import { isTractable, readDensity } from './query.ts';

/**
 * `mean p(x | z)`: the mean of the one variable left of the bar, at the values given. Of a role, all that it stands for,
 * one after the other as a vector: each variable's mean where those that it depends on are at theirs.
 */
export function elaborateMean(expr: ExprOf<'mean'>, frame: Frame): Value {
  const query = readDensity(expr.density, frame);
  if (query === undefined) return invalid;
  const isRole = frame.roles !== undefined && query.model.declaration.kind === 'guide';
  if (query.of.length !== 1 && !isRole) {
    const found = `${query.of.length} variables`;
    frame.context.session.report('wrong-type', expr.span, { expected: 'one variable left of the bar', found });
    return invalid;
  }
  const values = new Map(query.values);
  for (const name of query.of) values.delete(name);
  if (!isTractable({ ...query, values }, frame)) return invalid;
  const means: TensorValue[] = [];
  const choose = (_: string, distribution: DistributionValue): TensorValue | undefined => {
    const mean = meanOf(distribution, expr, frame);
    if (mean !== undefined) means.push(mean);
    return mean;
  };
  const instance = instantiate(query.model, query.of, values, choose, frame);
  if (instance === undefined || means.length < query.of.length) return invalid;
  return means.length === 1 ? means[0]! : inARow(means, frame);
}

/** Undefined (and reported) for a family that has none. */
function meanOf(distribution: DistributionValue, expr: ExprOf<'mean'>, frame: Frame): TensorValue | undefined {
  const { session, b } = frame.context;
  const family = distribution.distribution;
  if (family.mean === undefined) {
    const what = `the mean of a ${family.name}`;
    session.report('not-supported', expr.span, { what, instead: '; draw from it instead' });
    return undefined;
  }
  const node = family.mean(b, distribution.parameters);
  const lead = distribution.plates.length;
  const shape = node.shape.slice(lead);
  const support = family.support(distribution.parameters);
  const unit = support.kind === 'binary' || support.kind === 'unit' ? 'unit' : 'real';
  const { plates } = distribution;
  return { kind: 'tensor', node, support: { kind: unit }, shape, plates, ...inherited(frame, [distribution]) };
}
