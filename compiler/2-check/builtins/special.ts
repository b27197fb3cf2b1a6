/** Functions that look at more than numbers: `stop`, `mean_square`, `slerp`, `one_hot`, `uniform`. */
import type { Expr, ExprOf } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import { range, sameShape, type Builder } from '../../4-tensor/builder.ts';
import { sizeOf, type Node } from '../../4-tensor/ir.ts';
import { oneHot as oneHotNode } from '../../layers/shapes.ts';
import { matchArguments } from '../arguments.ts';
import type { Frame } from '../context.ts';
import { derive, deriveLinearly, nonlinear } from '../derive.ts';
import { staticCount } from '../static.ts';
import { meanSupport } from '../supports.ts';
import { floating, joinPlates, spread, tensorOf, toTensor } from '../tensors.ts';
import { describe, describeShape, invalid, number, type TensorValue } from '../values.ts';
import type { BuiltinFunction } from './index.ts';

function only(name: string, expr: ExprOf<'call'>, frame: Frame): Expr | undefined {
  return matchArguments(`'${name}'`, [{ name: 'x' }], expr.args, expr.span, frame)?.get('x');
}

/** No gradient through this occurrence: of a value, a draw, or the parameters of a net, a model or a guide. */
const stop: BuiltinFunction = (expr, frame) => {
  const arg = only('stop', expr, frame);
  if (arg === undefined) return invalid;
  const value = frame.elaborate(arg);
  switch (value.kind) {
    case 'invalid':
    case 'scalar':
      return value;
    case 'net':
    case 'model':
      return { ...value, stopped: true };
    case 'assignment': {
      const variables = [...value.variables].map(([name, held]) => [name, stopped(held, frame)] as const);
      return { ...value, variables: new Map(variables) };
    }
    default: {
      const tensor = toTensor(frame, value, arg.span);
      return tensor === undefined ? invalid : stopped(tensor, frame);
    }
  }
};

function stopped(value: TensorValue, frame: Frame): TensorValue {
  return value.node.dtype === 'f32' ? { ...value, node: frame.context.b.map('stop', value.node) } : value;
}

/** Mean over the own shape of x²: `mean_square(e)`. */
const meanSquare: BuiltinFunction = (expr, frame) => {
  const arg = only('mean_square', expr, frame);
  const value = arg && tensorOf(frame, arg);
  if (value === undefined) return invalid;
  const { b } = frame.context;
  const rule = { linearity: nonlinear, what: `'${printExpr(expr)}'`, span: expr.span };
  const mean = derive(frame, [value], rule, () => {
    const lead = value.plates.length;
    const axes = range(lead, lead + value.shape.length);
    const node = b.mul(b.sum(b.square(floating(value, frame)), axes), 1 / sizeOf(value.shape));
    return { node, support: { kind: 'nonnegative' }, shape: [], plates: value.plates };
  });
  return mean ?? invalid;
};

/** Spherical interpolation, sin((1-t)θ)/sin θ · a + sin(tθ)/sin θ · b, θ the angle between a and b (Shoemake, 1985). */
const slerp: BuiltinFunction = (expr, frame) => {
  const formals = [{ name: 'a' }, { name: 'b' }, { name: 't' }];
  const given = matchArguments("'slerp'", formals, expr.args, expr.span, frame);
  if (given === undefined) return invalid;
  const from = tensorOf(frame, given.get('a')!);
  const to = tensorOf(frame, given.get('b')!);
  const t = tensorOf(frame, given.get('t')!);
  if (from === undefined || to === undefined || t === undefined) return invalid;
  if (!sameShape(from.shape, to.shape)) {
    const params = { left: describeShape(from.shape), right: describeShape(to.shape), of: "'slerp'" };
    frame.context.session.report('shape-mismatch', expr.span, params);
    return invalid;
  }
  const rule = { linearity: nonlinear, what: `'${printExpr(expr)}'`, span: expr.span };
  const between = derive(frame, [from, to, t], rule, () => {
    const plates = joinPlates([from.plates, to.plates, t.plates]);
    const over = (value: TensorValue): Node =>
      spread(frame, { ...value, node: floating(value, frame) }, plates, from.shape);
    const node = onTheArc(frame.context.b, over(from), over(to), over(t), plates.length);
    return { node, support: { kind: 'real' }, shape: from.shape, plates };
  });
  return between ?? invalid;
};

/** The point at share `s` of the way from `x` to `y`, vectors behind `lead` axes. */
function onTheArc(b: Builder, x: Node, y: Node, s: Node, lead: number): Node {
  const axes = range(lead, x.shape.length);
  const summed = (node: Node): Node => b.broadcast(b.sum(node, axes), x.shape, range(0, lead));
  const cosine = b.div(summed(b.mul(x, y)), b.sqrt(b.mul(summed(b.square(x)), summed(b.square(y)))));
  const inside = b.map('max', b.map('min', cosine, 0.999999), -0.999999);
  const angle = b.map('acos', inside);
  const weight = (share: Node): Node => b.div(b.map('sin', b.mul(share, angle)), b.map('sin', angle));
  return b.add(b.mul(weight(b.sub(1, s)), x), b.mul(weight(s), y));
}

/** 1 at the category's place, 0 elsewhere: one more axis. */
const oneHot: BuiltinFunction = (expr, frame) => {
  const arg = only('one_hot', expr, frame);
  const value = arg && tensorOf(frame, arg);
  if (value === undefined) return invalid;
  if (value.support.kind !== 'category') {
    const params = { expected: 'a category', found: describe(value) };
    frame.context.session.report('wrong-type', arg!.span, params);
    return invalid;
  }
  const { size } = value.support;
  const rule = { linearity: nonlinear, what: `'${printExpr(expr)}'`, span: expr.span };
  const encoded = derive(frame, [value], rule, () => {
    const node = oneHotNode(frame.context.b, value.node, size);
    return { node, support: { kind: 'binary' }, shape: [...value.shape, size], plates: value.plates };
  });
  return encoded ?? invalid;
};

/** `uniform(K)`: equal probabilities. */
const uniform: BuiltinFunction = (expr, frame) => {
  const arg = only('uniform', expr, frame);
  if (arg === undefined) return invalid;
  const size = staticCount(frame.elaborate(arg), arg.span, 'a number of categories', frame);
  if (size === undefined) return invalid;
  return { kind: 'list', items: Array.from({ length: size }, () => number(1 / size)) };
};

/** `scalar(x)`: a [1] as a single number. */
const scalar: BuiltinFunction = (expr, frame) => {
  const arg = only('scalar', expr, frame);
  const value = arg && tensorOf(frame, arg);
  if (value === undefined) return invalid;
  if (sizeOf(value.shape) !== 1) {
    const params = { expected: 'a value of one entry', found: describe(value) };
    frame.context.session.report('wrong-type', expr.span, params);
    return invalid;
  }
  const extents = value.plates.map((plate) => plate.extent);
  return { ...value, node: frame.context.b.reshape(value.node, extents), shape: [] };
};

/** `size(x)`: how many numbers a value or a list holds. */
const size: BuiltinFunction = (expr, frame) => {
  const arg = only('size', expr, frame);
  const value = arg && tensorOf(frame, arg);
  return value === undefined ? invalid : number(sizeOf(value.shape));
};

/** `bits(x)`: nats as bits, x / log 2. */
const bits: BuiltinFunction = (expr, frame) => {
  const arg = only('bits', expr, frame);
  const value = arg && tensorOf(frame, arg);
  if (value === undefined) return invalid;
  return deriveLinearly(frame, [value], ([nats]) => {
    const { shape, plates } = nats!;
    const node = frame.context.b.div(floating(nats!, frame), Math.LN2);
    return {
      node,
      support: meanSupport(nats!.support),
      shape,
      plates,
      unit: nats!.unit === 'nats' ? 'bits' : undefined,
    };
  });
};

export const special: Readonly<Record<string, BuiltinFunction>> = {
  stop,
  mean_square: meanSquare,
  slerp,
  one_hot: oneHot,
  uniform,
  scalar,
  size,
  bits,
};
