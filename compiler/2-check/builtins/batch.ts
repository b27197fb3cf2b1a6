/** Functions over the rows of the batch, in an evaluation over those of the whole data set: `batch_mean`, `data_variance`. */
import type { ExprOf } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import { range } from '../../4-tensor/builder.ts';
import { matchArguments } from '../arguments.ts';
import type { Frame } from '../context.ts';
import { defer, inherited, isSound, nonlinear } from '../derive.ts';
import { meanSupport } from '../supports.ts';
import { floating, tensorOf } from '../tensors.ts';
import { invalid, type TensorValue, type Value } from '../values.ts';
import type { BuiltinFunction } from './index.ts';

/** The argument; undefined (and reported) where it is missing or no number. */
function argumentOf(name: string, expr: ExprOf<'call'>, frame: Frame): TensorValue | undefined {
  const arg = matchArguments(`'${name}'`, [{ name: 'x' }], expr.args, expr.span, frame)?.get('x');
  return arg && tensorOf(frame, arg);
}

/** The axis of the rows; undefined (and reported) where there is none. */
function rowsOf(name: string, value: TensorValue, expr: ExprOf<'call'>, frame: Frame): number | undefined {
  const axis = value.plates.findIndex((plate) => plate.id === frame.program?.rows.id);
  if (axis >= 0) return axis;
  const instead = `leave '${name}' out, or give it what depends on the data`;
  frame.context.session.report('index-unused', expr.span, { index: 'the row', instead });
  return undefined;
}

/** The mean over the rows. */
const batchMean: BuiltinFunction = (expr, frame): Value => {
  const value = argumentOf('batch_mean', expr, frame);
  if (value === undefined) return invalid;
  const isEvaluation = frame.program?.kind === 'evaluate';
  // In an evaluation such a value is its own mean already.
  if (isEvaluation && value.deferred === 'by row') return { ...value, deferred: 'alike' };
  const axis = rowsOf('batch_mean', value, expr, frame);
  if (axis === undefined) return invalid;
  if (isEvaluation) return defer(frame, value);
  const { b } = frame.context;
  const node = b.mul(b.sum(floating(value, frame), [axis]), 1 / value.plates[axis]!.extent);
  const plates = value.plates.filter((_, i) => i !== axis);
  return { ...value, node, support: meanSupport(value.support), plates, deferred: 'alike' };
};

/** The variance over the rows, entry by entry, divided by one less than the rows; 0 of a single row. */
const dataVariance: BuiltinFunction = (expr, frame): Value => {
  const value = argumentOf('data_variance', expr, frame);
  if (value === undefined) return invalid;
  const rule = { linearity: nonlinear, what: `'${printExpr(expr)}'`, span: expr.span };
  if (!isSound(frame, [value], rule)) return invalid;
  const axis = value.deferred === 'by row' ? undefined : rowsOf('data_variance', value, expr, frame);
  if (axis === undefined) {
    if (value.deferred === 'by row') frame.context.session.report('batch-mean-inside', expr.span, {});
    return invalid;
  }
  if (frame.program?.kind === 'evaluate') return defer(frame, value, 'variance');
  const { b } = frame.context;
  const rows = floating(value, frame);
  const count = value.plates[axis]!.extent;
  const mean = b.mul(b.sum(rows, [axis]), 1 / count);
  const others = range(0, rows.shape.length).filter((each) => each !== axis);
  const squares = b.square(b.sub(rows, b.broadcast(mean, rows.shape, others)));
  const node = b.mul(b.sum(squares, [axis]), 1 / Math.max(1, count - 1));
  const { shape } = value;
  const plates = value.plates.filter((_, i) => i !== axis);
  const flags = { ...inherited(frame, [value]), deferred: 'alike' } as const;
  return { kind: 'tensor', node, support: { kind: 'nonnegative' }, shape, plates, ...flags };
};

export const ofBatch: Readonly<Record<string, BuiltinFunction>> = {
  batch_mean: batchMean,
  data_variance: dataVariance,
};
