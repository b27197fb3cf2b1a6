/**
 * Reductions, over a value's own shape or, with an index, over draws: `sum(v)`, `logmeanexp[k](lw[k])`.
 * logmeanexp subtracts the largest entry first, so that nothing overflows; the entry takes no gradient, which cancels.
 */
import type { Expr, ExprOf } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import { range } from '../../4-tensor/builder.ts';
import type { Node, ReduceOp } from '../../4-tensor/ir.ts';
import { sizeOf } from '../../4-tensor/ir.ts';
import type { Builder } from '../../4-tensor/builder.ts';
import type { Frame } from '../context.ts';
import { resultSupport } from '../supports.ts';
import { apply, floating, toTensor } from '../tensors.ts';
import { describe, invalid, type TensorValue, type Value } from '../values.ts';

type Reduction = 'sum' | 'mean' | 'max' | 'min' | 'logsumexp' | 'logmeanexp' | 'softmax';

export const reductionNames: readonly Reduction[] = ['sum', 'mean', 'max', 'min', 'logsumexp', 'logmeanexp', 'softmax'];

const unbiased: ReadonlySet<Reduction> = new Set(['sum', 'mean']);

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
    return apply(frame, name, values, expr.span, `'${printExpr(expr)}'`);
  }
  if (first === undefined || second !== undefined) {
    const of = `'${name}'`;
    if (first === undefined) session.report('missing-argument', expr.span, { of, name: 'what to reduce' });
    else session.report('too-many-arguments', second!.span, { of, limit: 1 });
    return invalid;
  }
  const written = frame.elaborate(first.value);
  if (written.kind === 'invalid') return invalid;
  const value = toTensor(frame, written, first.value.span);
  if (value === undefined) return invalid;
  if (value.estimate && !unbiased.has(name)) {
    session.report('estimate-under-nonlinearity', expr.span, { function: `'${name}'` });
    return invalid;
  }
  return index === undefined ? overShape(name, value, frame) : overPlate(name, value, index, first.value, frame);
}

function overShape(name: Reduction, value: TensorValue, frame: Frame): Value {
  const lead = value.plates.length;
  const axes = range(lead, lead + value.shape.length);
  const count = sizeOf(value.shape);
  const node = reduceAxes(name, frame.context.b, floating(value, frame), axes, count);
  if (name !== 'softmax') return finish(name, value, node, [], value.plates);
  const weights = finish(name, value, node, value.shape, value.plates);
  // Those of a vector sum to 1 along its only axis, as probabilities of categories do.
  return value.shape.length === 1 ? { ...weights, support: { kind: 'simplex', size: count } } : weights;
}

function overPlate(name: Reduction, value: TensorValue, index: Expr, arg: Expr, frame: Frame): Value {
  const { session, b } = frame.context;
  const found = frame.elaborate(index);
  if (found.kind === 'invalid') return invalid;
  if (found.kind !== 'plate') {
    session.report('wrong-type', index.span, { expected: 'an index of draws', found: describe(found) });
    return invalid;
  }
  const axis = value.plates.findIndex((plate) => plate.id === found.plate.id);
  if (axis < 0) {
    session.report('index-unused', arg.span, { index: found.plate.name });
    return invalid;
  }
  const node = reduceAxes(name, b, floating(value, frame), [axis], found.plate.extent);
  const plates = name === 'softmax' ? value.plates : value.plates.filter((plate) => plate.id !== found.plate.id);
  return finish(name, value, node, value.shape, plates);
}

function finish(
  name: Reduction,
  value: TensorValue,
  node: Node,
  shape: TensorValue['shape'],
  plates: TensorValue['plates'],
): TensorValue {
  const support =
    name === 'softmax'
      ? ({ kind: 'unit' } as const)
      : name === 'sum' || name === 'mean'
        ? resultSupport('add', [value.support, value.support])
        : name === 'max' || name === 'min'
          ? value.support
          : ({ kind: 'real' } as const);
  const { estimate, deferred } = value;
  return { kind: 'tensor', node, support, shape, plates, ...(estimate && { estimate }), ...(deferred && { deferred }) };
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
    case 'softmax': {
      const weights = b.exp(b.sub(arg, restore(b, largest(b, arg, axes), arg, axes)));
      return b.div(weights, restore(b, b.sum(weights, axes), arg, axes));
    }
  }
}

/** log Σ exp(x) = m + log Σ exp(x - m), m the largest. */
function logSumExp(b: Builder, arg: Node, axes: readonly number[]): Node {
  const top = largest(b, arg, axes);
  const sum = b.sum(b.exp(b.sub(arg, restore(b, top, arg, axes))), axes);
  return b.add(top, b.log(sum));
}

function largest(b: Builder, arg: Node, axes: readonly number[]): Node {
  return b.map('stop', b.reduce('max', arg, axes));
}

/** A reduced node repeated along the axes it lost. */
function restore(b: Builder, reduced: Node, like: Node, axes: readonly number[]): Node {
  const kept = like.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return b.broadcast(reduced, like.shape, kept);
}
