/** Laws of sums, products, quotients and signs. */
import { sizeOf, type Node } from '../../ir.ts';
import type { Builder } from '../../builder.ts';
import {
  argumentOf, areOpposite, isMap, isPositive, isRepresentable, isSplat, negated, scale, scaledOf, shift, shiftedOf, splat,
  splatOf,
} from './match.ts'; // prettier-ignore
import { binary, unary, type MapRules, type Rule } from './rule.ts';

/** Two ways of writing a commutative pair. */
function eitherWay(x: Node, y: Node, find: (x: Node, y: Node) => Node | undefined): Node | undefined {
  return find(x, y) ?? find(y, x);
}

/** A constant over another tensor of constants: (±x + c) ± d, c and d known. */
function mergeOffsets(b: Builder, x: Node, y: Node, sign: 1 | -1): Node | undefined {
  const d = splatOf(y);
  const inner = shiftedOf(x);
  if (d === undefined || inner === undefined) return undefined;
  const offset = inner.offset + sign * d;
  return isRepresentable(offset) ? shift(b, inner.base, inner.sign, offset) : undefined;
}

/** The operands of a product in both orders. */
function factorings(node: Node): readonly (readonly [Node, Node])[] {
  if (!isMap(node, 'mul')) return [];
  const [x, y] = node.args as readonly [Node, Node];
  return x === y ? [[x, y]] : [[x, y], [y, x]]; // prettier-ignore
}

/** x z ± y z = (x ± y) z, and x / z ± y / z = (x ± y) / z. */
function takeOutFactor(b: Builder, op: 'add' | 'sub', left: Node, right: Node): Node | undefined {
  if (left.dtype !== 'f32') return undefined;
  if (isMap(left, 'div') && isMap(right, 'div') && left.args[1] === right.args[1])
    return b.div(b.map(op, left.args[0]!, right.args[0]!), left.args[1]!);
  for (const [x, z] of factorings(left))
    for (const [y, w] of factorings(right)) if (z === w) return b.mul(b.map(op, x, y), z);
  return undefined;
}

/** (±x + c) z ± z = ±x z where c = ∓1. */
function vanish(b: Builder, product: Node, z: Node, sign: 1 | -1): Node | undefined {
  for (const [x, w] of factorings(product)) {
    const inner = w === z ? shiftedOf(x) : undefined;
    if (inner !== undefined && inner.offset + sign === 0) return b.mul(scale(b, inner.base, inner.sign), z);
  }
  return undefined;
}

const add: readonly Rule[] = [
  binary('x z + y z = (x + y) z', (b, x, y) => takeOutFactor(b, 'add', x, y)),
  binary('(x - 1) z + z = x z', (b, x, y) => eitherWay(x, y, (u, v) => vanish(b, u, v, 1))),
  binary('(x + c) + d = x + (c + d)', (b, x, y) => mergeOffsets(b, x, y, 1)),
  binary('x + -c = x - c', (b, x, y) => {
    const c = splatOf(y);
    return c !== undefined && c < 0 ? b.sub(x, -c) : undefined;
  }),
  binary('x + -y = x - y', (b, x, y) =>
    eitherWay(x, y, (u, v) => {
      const w = splatOf(v) === undefined ? negated(b, v) : undefined;
      return w === undefined ? undefined : b.sub(u, w);
    }),
  ),
  binary('(x - y) + y = x', (_, x, y) =>
    eitherWay(x, y, (u, v) => (isMap(u, 'sub') && u.args[1] === v ? u.args[0] : undefined)),
  ),
  binary('x + x = x * 2', (b, x, y) => (x === y && x.dtype === 'f32' ? b.mul(x, 2) : undefined)),
  binary('pad(x) + pad(y) = pad(concat(x, y)) side by side', (b, x, y) => eitherWay(x, y, (u, v) => joinPads(b, u, v))),
];

/** Two boxes of one array that touch along one axis and are alike along the others. */
function joinPads(b: Builder, x: Node, y: Node): Node | undefined {
  if (x.kind !== 'pad' || y.kind !== 'pad') return undefined;
  const differing = x.shape.flatMap((_, axis) => (x.starts[axis] === y.starts[axis] ? [] : [axis]));
  const [axis] = differing;
  if (axis === undefined || differing.length > 1) return undefined;
  const alike = x.arg.shape.every((extent, i) => i === axis || extent === y.arg.shape[i]);
  if (!alike || x.starts[axis]! + x.arg.shape[axis]! !== y.starts[axis]) return undefined;
  return b.pad(b.concat([x.arg, y.arg], axis), x.starts, x.shape);
}

const sub: readonly Rule[] = [
  binary('x z - y z = (x - y) z', (b, x, y) => takeOutFactor(b, 'sub', x, y)),
  binary('(x + 1) z - z = x z', (b, x, y) => vanish(b, x, y, -1)),
  binary('x - x = 0', (b, x, y) => (x === y ? splat(b, 0, x.shape, x.dtype) : undefined)),
  binary('0 - x = -x', (b, x, y) => (isSplat(x, 0) && x.dtype === 'f32' ? b.neg(y) : undefined)),
  binary('(x + c) - d = x + (c - d)', (b, x, y) => mergeOffsets(b, x, y, -1)),
  binary('d - (x + c) = (d - c) - x', (b, x, y) => {
    const d = splatOf(x);
    const inner = shiftedOf(y);
    if (d === undefined || inner === undefined || !isRepresentable(d - inner.offset)) return undefined;
    return shift(b, inner.base, inner.sign === 1 ? -1 : 1, d - inner.offset);
  }),
  binary('x - -c = x + c', (b, x, y) => {
    const c = splatOf(y);
    return c !== undefined && c < 0 ? b.add(x, -c) : undefined;
  }),
  binary('x - -y = x + y', (b, x, y) => {
    const w = splatOf(y) === undefined ? negated(b, y) : undefined;
    return w === undefined ? undefined : b.add(x, w);
  }),
  binary('-x - y = -(x + y)', (b, x, y) => {
    const w = argumentOf(x, 'neg');
    return w === undefined || splatOf(y) !== undefined ? undefined : b.neg(b.add(w, y));
  }),
  binary('(x + y) - x = y', (_, x, y) => {
    if (!isMap(x, 'add')) return undefined;
    const [u, v] = x.args;
    return u === y ? v : v === y ? u : undefined;
  }),
  binary('x - (x + y) = -y', (b, x, y) => {
    if (!isMap(y, 'add') || x.dtype !== 'f32') return undefined;
    const [u, v] = y.args;
    return u === x ? b.neg(v!) : v === x ? b.neg(u!) : undefined;
  }),
  binary('x - (x - y) = y', (_, x, y) => (isMap(y, 'sub') && y.args[0] === x ? y.args[1] : undefined)),
  binary('(x - y) - x = -y', (b, x, y) =>
    isMap(x, 'sub') && x.args[0] === y && x.dtype === 'f32' ? b.neg(x.args[1]!) : undefined,
  ),
  binary('softplus(x) - softplus(-x) = x', (_, x, y) => {
    const [u, v] = [argumentOf(x, 'softplus'), argumentOf(y, 'softplus')];
    return u !== undefined && v !== undefined && areOpposite(u, v) ? u : undefined;
  }),
];

/** A known factor is better applied to the smaller tensor. */
function moveIntoBroadcast(
  b: Builder,
  scaled: Node,
  repeated: Node,
  product: (base: Node, repeated: Node) => Node,
): Node | undefined {
  const inner = scaledOf(scaled);
  if (inner === undefined || repeated.kind !== 'broadcast' || splatOf(repeated) !== undefined) return undefined;
  if (sizeOf(repeated.arg.shape) === sizeOf(repeated.shape)) return undefined;
  const smaller = scale(b, repeated.arg, inner.factor);
  return product(inner.base, b.broadcast(smaller, repeated.shape, repeated.axes));
}

const mul: readonly Rule[] = [
  binary('x * -1 = -x', (b, x, y) => (isSplat(y, -1) ? b.neg(x) : undefined)),
  binary('(x * c) * d = x * (c d)', (b, x, y) => {
    const inner = scaledOf(x);
    const d = splatOf(y);
    if (inner === undefined || d === undefined || !isRepresentable(inner.factor * d)) return undefined;
    return scale(b, inner.base, inner.factor * d);
  }),
  binary('(x * c) * x = square(x) * c', (b, x, y) =>
    eitherWay(x, y, (u, v) => {
      const inner = isMap(u, 'neg') ? undefined : scaledOf(u);
      return inner?.base === v ? scale(b, b.square(v), inner.factor) : undefined;
    }),
  ),
  binary('(x * c) * (y * d) = (x y) * (c d)', (b, x, y) => {
    const [u, v] = [scaledOf(x), scaledOf(y)];
    if (u === undefined || v === undefined || !isRepresentable(u.factor * v.factor)) return undefined;
    return scale(b, b.mul(u.base, v.base), u.factor * v.factor);
  }),
  binary('-x * y = -(x y)', (b, x, y) => {
    const [u, v] = [argumentOf(x, 'neg'), argumentOf(y, 'neg')];
    return u === undefined && v === undefined ? undefined : b.neg(b.mul(u ?? x, v ?? y));
  }),
  binary(
    '(x * c) * broadcast(y) = x * broadcast(y * c)',
    (b, x, y) => moveIntoBroadcast(b, x, y, b.mul) ?? moveIntoBroadcast(b, y, x, (u, v) => b.mul(v, u)),
  ),
  binary('x * x = square(x)', (b, x, y) => (x === y && x.dtype === 'f32' ? b.square(x) : undefined)),
  binary('(x / y) * y = x', (_, x, y) =>
    eitherWay(x, y, (u, v) => (isMap(u, 'div') && u.args[1] === v && isPositive(v) ? u.args[0] : undefined)),
  ),
];

const div: readonly Rule[] = [
  binary('0 / x = 0', (_, x) => (isSplat(x, 0) ? x : undefined)),
  binary('x / x = 1', (b, x, y) => (x === y && isPositive(x) ? splat(b, 1, x.shape) : undefined)),
  binary('x / c = x * (1 / c) where that is exact', (b, x, y) => {
    const c = splatOf(y);
    if (c === undefined || c === 0 || !isPowerOfTwo(c) || !isRepresentable(1 / c)) return undefined;
    return scale(b, x, 1 / c);
  }),
  binary('(x * c) / d = x * (c / d)', (b, x, y) => {
    const inner = scaledOf(x);
    const d = splatOf(y);
    if (inner === undefined || d === undefined || d === 0) return undefined;
    if (inner.factor === -1) return b.div(inner.base, -d);
    return isRepresentable(inner.factor / d) ? scale(b, inner.base, inner.factor / d) : undefined;
  }),
  binary('-x / y = -(x / y)', (b, x, y) => {
    const [u, v] = [argumentOf(x, 'neg'), argumentOf(y, 'neg')];
    if (u !== undefined && v !== undefined) return b.div(u, v);
    if (u !== undefined) return b.neg(b.div(u, y));
    return v === undefined ? undefined : b.neg(b.div(x, v));
  }),
  binary('(x y) / y = x', (_, x, y) => {
    if (!isMap(x, 'mul') || !isPositive(y)) return undefined;
    const [u, v] = x.args;
    return u === y ? v : v === y ? u : undefined;
  }),
];

const neg: readonly Rule[] = [
  unary('-(-x) = x', (_, x) => argumentOf(x, 'neg')),
  unary('-(x * c) = x * -c', (b, x) => {
    if (x.kind !== 'map' || (x.op !== 'mul' && x.op !== 'div')) return undefined;
    const c = splatOf(x.args[1]!);
    return c === undefined || c === 0 ? undefined : b.map(x.op, x.args[0]!, -c);
  }),
  unary('-(x - y) = y - x', (b, x) => (isMap(x, 'sub') ? b.sub(x.args[1]!, x.args[0]!) : undefined)),
];

const square: readonly Rule[] = [
  unary('square(-x) = square(x)', (b, x) => {
    const inner = argumentOf(x, 'neg') ?? argumentOf(x, 'abs');
    return inner === undefined ? undefined : b.square(inner);
  }),
  unary('square(sqrt(x)) = x', (_, x) => argumentOf(x, 'sqrt')),
];

const abs: readonly Rule[] = [
  unary('abs(-x) = abs(x)', (b, x) => {
    const inner = argumentOf(x, 'neg');
    return inner === undefined ? undefined : b.map('abs', inner);
  }),
  unary('abs(x) = x where x >= 0', (_, x) => (isMap(x, 'abs') || isMap(x, 'square') || isPositive(x) ? x : undefined)),
];

export const arithmetic: MapRules = { abs, add, div, mul, neg, square, sub };

function isPowerOfTwo(c: number): boolean {
  return Number.isInteger(Math.log2(Math.abs(c))) && 2 ** Math.log2(Math.abs(c)) === Math.abs(c);
}
