/** Numbers that change from step to step: `warmup(0 -> 1, epochs: 15)`, `cosine(…)`, `piecewise(…)`. */
import type { Expr, ExprOf } from '../../1-syntax/ast.ts';
import type { Duration, HostExpr } from '../../4-tensor/program.ts';
import { matchArguments } from '../arguments.ts';
import type { Frame } from '../context.ts';
import { describe, invalid, type Value } from '../values.ts';
import type { BuiltinFunction } from './index.ts';

function ramp(kind: 'warmup' | 'cosine'): BuiltinFunction {
  return (expr, frame) => {
    const formals = [
      { name: 'values' },
      { name: 'epochs', optional: true, named: true },
      { name: 'steps', optional: true, named: true },
    ];
    const given = matchArguments(`'${kind}'`, formals, expr.args, expr.span, frame);
    if (given === undefined) return invalid;
    const values = frame.elaborate(given.get('values')!);
    const over = duration(kind, given, expr, frame);
    if (values.kind === 'invalid' || over === undefined) return invalid;
    if (values.kind !== 'arrow' || values.from.kind !== 'scalar' || values.to.kind !== 'scalar') {
      const params = { expected: "a pair such as '0 -> 1'", found: describe(values) };
      frame.context.session.report('wrong-type', given.get('values')!.span, params);
      return invalid;
    }
    const expression: HostExpr = { kind, from: values.from.expression, to: values.to.expression, over };
    return { kind: 'scalar', value: undefined, expression };
  };
}

function duration(
  of: string,
  given: ReadonlyMap<string, Expr>,
  expr: ExprOf<'call'>,
  frame: Frame,
): Duration | undefined {
  const unit = given.has('epochs') ? 'epochs' : 'steps';
  const written = given.get(unit);
  if (written === undefined || (given.has('epochs') && given.has('steps'))) {
    frame.context.session.report('missing-argument', expr.span, { of: `'${of}'`, name: 'either epochs: or steps:' });
    return undefined;
  }
  const value = frame.elaborate(written);
  if (value.kind === 'scalar' && (value.value === undefined || value.value > 0))
    return { unit, value: value.expression };
  if (value.kind !== 'invalid') {
    const params = { expected: `a positive number of ${unit}`, found: describe(value) };
    frame.context.session.report('wrong-type', written.span, params);
  }
  return undefined;
}

/** `piecewise([1e-3, 1e-4, 1e-5], epochs: [10, 20])`: each value from the boundary before it on. */
const piecewise: BuiltinFunction = (expr, frame) => {
  const formals = [
    { name: 'values' },
    { name: 'epochs', optional: true, named: true },
    { name: 'steps', optional: true, named: true },
  ];
  const given = matchArguments("'piecewise'", formals, expr.args, expr.span, frame);
  if (given === undefined) return invalid;
  const unit = given.has('epochs') ? 'epochs' : 'steps';
  const written = given.get(unit);
  if (written === undefined) {
    const params = { of: "'piecewise'", name: 'either epochs: or steps:' };
    frame.context.session.report('missing-argument', expr.span, params);
    return invalid;
  }
  const values = scalars(frame.elaborate(given.get('values')!));
  const boundaries = scalars(frame.elaborate(written));
  if (values === undefined || boundaries === undefined || values.length !== boundaries.length + 1) {
    const params = { expected: 'n + 1 values and n boundaries, both lists', found: 'something else' };
    frame.context.session.report('wrong-type', expr.span, params);
    return invalid;
  }
  return { kind: 'scalar', value: undefined, expression: { kind: 'piecewise', values, boundaries, unit } };
};

function scalars(value: Value): HostExpr[] | undefined {
  if (value.kind !== 'list') return undefined;
  const found = value.items.flatMap((item) => (item.kind === 'scalar' ? [item.expression] : []));
  return found.length === value.items.length ? found : undefined;
}

export const hostFunctions: Readonly<Record<string, BuiltinFunction>> = {
  warmup: ramp('warmup'),
  cosine: ramp('cosine'),
  piecewise,
};
