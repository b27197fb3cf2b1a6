/**
 * Reductions: `sum(v)` over a value's own shape, `logmeanexp[k](lw[k])` over draws, `sum(f(k) for k in 1..K)` over a range.
 * logmeanexp subtracts the largest entry first, so that nothing overflows.
 */
import { applyToTables, hostScalar } from '../host.ts';
import type { Expr, ExprOf } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import { range } from '../../4-tensor/builder.ts';
import type { Node, ReduceOp } from '../../4-tensor/ir.ts';
import { sizeOf } from '../../4-tensor/ir.ts';
import type { Builder } from '../../4-tensor/builder.ts';

import { over } from '../comprehensions.ts';
import type { Frame } from '../context.ts';

import { derive, linear, nonlinear, type Rule } from '../derive.ts';
import { resultSupport } from '../supports.ts';
import { apply, floating, toTensor } from '../tensors.ts';
import type { Support } from '../../distributions/distribution.ts';
import { logSumExp, softmax } from '../../distributions/mathematics.ts';
import { describe, invalid, type Plate, type TensorValue, type Value } from '../values.ts';

type Reduction = 'sum' | 'mean' | 'max' | 'min' | 'logsumexp' | 'logmeanexp' | 'softmax';

export const reductionNames: readonly Reduction[] = ['sum', 'mean', 'max', 'min', 'logsumexp', 'logmeanexp', 'softmax'];

export function isReduction(name: string): name is Reduction {
  return (reductionNames as readonly string[]).includes(name);
}

export function elaborateReduction(
  name: Reduction,
  index: Expr | undefined,
  expr: ExprOf<'call'>,
  frame: Frame,
): Value {
  const { session } = frame.context;
  const [first, second, third] = expr.args;
  if (
    (name === 'max' || name === 'min') &&
    index === undefined &&
    first !== undefined &&
    second !== undefined &&
    !third
  ) {
    const values = [frame.elaborate(first.value), frame.elaborate(second.value)];
    if (values.some((value) => value.kind === 'invalid')) return invalid;
    if (values.some((value) => value.kind === 'table')) return applyToTables(name, values, expr.span, frame);
    const scalars = values.filter((value) => value.kind === 'scalar');
    if (scalars.length === values.length) return hostScalar(name, scalars);
    return apply(frame, name, values, expr.span, `'${printExpr(expr)}'`);
  }
  if (first === undefined || second !== undefined) {
    const of = `'${name}'`;
    if (first === undefined) session.report('missing-argument', expr.span, { of, name: 'what to reduce' });
    else session.report('too-many-arguments', second!.span, { of, limit: 1 });
    return invalid;
  }
  const linearity = name === 'sum' || name === 'mean' ? linear : nonlinear;
  const rule = { linearity, what: `'${printExpr(expr)}'`, span: expr.span };
  if (first.value.kind === 'comprehension' && !first.value.bracketed && index === undefined) {
    const found = over(first.value, frame);
    return found === undefined ? invalid : overPlate(name, found.value, found.plate, rule, first.value, frame);
  }
  const written = frame.elaborate(first.value);
  if (written.kind === 'invalid') return invalid;
  const value = toTensor(frame, written, first.value.span);
  if (value === undefined) return invalid;
  if (index === undefined) return overShape(name, value, rule, frame);
  const found = frame.elaborate(index);
  if (found.kind === 'plate') return overPlate(name, value, found.plate, rule, first.value, frame);
  if (found.kind !== 'invalid') {
    session.report('wrong-type', index.span, { expected: 'an index of draws', found: describe(found) });
  }
  return invalid;
}

function overShape(name: Reduction, value: TensorValue, rule: Rule, frame: Frame): Value {
  const lead = value.plates.length;
  const axes = range(lead, lead + value.shape.length);
  const count = sizeOf(value.shape);
  const reduced = derive(frame, [value], rule, () => {
    const node = reduceAxes(name, frame.context.b, floating(value, frame), axes, count);
    const { plates } = value;
    if (name !== 'softmax') return { node, support: supportOf(name, value), shape: [], plates, unit: value.unit };
    // The weights of a vector sum to 1 along its only axis, as probabilities of categories do.
    const isSimplex = value.shape.length === 1;
    const support: Support = isSimplex ? { kind: 'simplex', size: count } : supportOf(name, value);
    return { node, support, shape: value.shape, plates };
  });
  return reduced ?? invalid;
}

function overPlate(name: Reduction, value: TensorValue, over: Plate, rule: Rule, arg: Expr, frame: Frame): Value {
  const axis = value.plates.findIndex((plate) => plate.id === over.id);
  if (axis < 0) {
    const instead = `leave '${name}[${over.name}]' out, or reduce what is drawn by it`;
    frame.context.session.report('index-unused', arg.span, { index: `'${over.name}'`, instead });
    return invalid;
  }
  const reduced = derive(frame, [value], rule, () => {
    const node = reduceAxes(name, frame.context.b, floating(value, frame), [axis], over.extent);
    const plates = name === 'softmax' ? value.plates : value.plates.filter((plate) => plate.id !== over.id);
    const unit = name === 'softmax' ? undefined : value.unit;
    return { node, support: supportOf(name, value), shape: value.shape, plates, unit };
  });
  return reduced ?? invalid;
}

function supportOf(name: Reduction, { support }: TensorValue): Support {
  switch (name) {
    case 'softmax':
      return { kind: 'unit' };
    case 'sum':
    case 'mean':
      return resultSupport('add', [support, support]);
    case 'max':
    case 'min':
      return support;
    case 'logsumexp':
    case 'logmeanexp':
      return { kind: 'real' };
  }
}

function reduceAxes(name: Reduction, b: Builder, arg: Node, axes: readonly number[], count: number): Node {
  switch (name) {
    case 'sum':
    case 'max':
    case 'min':
      return b.reduce(name satisfies ReduceOp, arg, axes);
    case 'mean':
      return b.mul(b.sum(arg, axes), 1 / count);
    case 'logsumexp':
      return logSumExp(b, arg, axes);
    case 'logmeanexp':
      return b.sub(logSumExp(b, arg, axes), Math.log(count));
    case 'softmax':
      return softmax(b, arg, axes);
  }
}
