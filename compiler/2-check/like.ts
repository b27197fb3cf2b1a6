/** `d like x`: with the shape of x. */
import type { ExprOf } from '../1-syntax/ast.ts';
import { sameShape } from '../4-tensor/builder.ts';
import type { Frame } from './context.ts';
import { deriveLinearly } from './derive.ts';
import { reshaped } from './distributions.ts';
import { spread, tensorOf, toTensor } from './tensors.ts';
import { describeShape, invalid, type Value } from './values.ts';

/** A distribution of a single number, or a value whose axes are x's last ones: repeated to the shape of x. */
export function elaborateLike(expr: ExprOf<'like'>, frame: Frame): Value {
  const value = frame.elaborate(expr.value);
  const prototype = tensorOf(frame, expr.prototype);
  if (value.kind === 'invalid' || prototype === undefined) return invalid;
  const { shape } = prototype;
  const given = value.kind === 'distribution' ? value : toTensor(frame, value, expr.value.span);
  if (given === undefined) return invalid;
  if (sameShape(given.shape, shape)) return given;
  const repeats = given.shape.length === 0 || given.kind === 'tensor';
  if (!repeats || !sameShape(given.shape, shape.slice(shape.length - given.shape.length))) {
    const params = { left: describeShape(given.shape), right: describeShape(shape), of: "'like'" };
    frame.context.session.report('shape-mismatch', expr.span, params);
    return invalid;
  }
  if (given.kind === 'distribution') return reshaped(given, shape, frame);
  const { support, plates, unit } = given;
  return deriveLinearly(frame, [given], ([from]) => ({
    node: spread(frame, from!, plates, shape),
    support,
    shape,
    plates,
    unit,
  }));
}
