/** Questions that the laws ask of nodes. */
import type { Builder } from '../../builder.ts';
import type { DType, Node, NodeOf, Shape } from '../../ir.ts';
import type { OpName } from '../../../ops/index.ts';

export type MapOf<Op extends OpName> = NodeOf<'map'> & { readonly op: Op };

export function isMap<Op extends OpName>(node: Node, op: Op): node is MapOf<Op> {
  return node.kind === 'map' && node.op === op;
}

/** The argument of a unary op, where the node is one of it. */
export function argumentOf(node: Node, op: OpName): Node | undefined {
  return isMap(node, op) ? node.args[0] : undefined;
}

/** The number that every entry is, if it is known; in normal form such a node is a constant or the broadcast of one. */
export function splatOf(node: Node): number | undefined {
  if (node.kind === 'constant') return node.value;
  return node.kind === 'broadcast' && node.arg.kind === 'constant' ? node.arg.value : undefined;
}

export function isSplat(node: Node, value: number): boolean {
  return splatOf(node) === value;
}

export function splat(b: Builder, value: number, shape: Shape, dtype: DType = 'f32'): Node {
  return b.broadcastTo(b.constant(value, dtype), shape);
}

/** Whether a number can stand in a kernel as an f32: neither overflown nor, unlike its value, nothing. */
export function isRepresentable(value: number): boolean {
  return Number.isFinite(Math.fround(value)) && (value === 0 || Math.abs(value) >= 2 ** -126);
}

/** base · factor for base * c, base / c and -base, where c is known. */
export function scaledOf(node: Node): { readonly base: Node; readonly factor: number } | undefined {
  if (node.kind !== 'map' || node.dtype !== 'f32') return undefined;
  const [base, other] = node.args;
  if (node.op === 'neg') return { base: base!, factor: -1 };
  if (node.op !== 'mul' && node.op !== 'div') return undefined;
  const c = splatOf(other!);
  if (c === undefined || c === 0) return undefined;
  return { base: base!, factor: node.op === 'mul' ? c : 1 / c };
}

/** ±base + offset for base + c, base - c and c - base, where c is known. */
export function shiftedOf(
  node: Node,
): { readonly base: Node; readonly sign: 1 | -1; readonly offset: number } | undefined {
  if (node.kind !== 'map' || node.dtype !== 'f32') return undefined;
  const [x, y] = node.args;
  if (node.op === 'add') {
    const c = splatOf(y!);
    return c === undefined ? undefined : { base: x!, sign: 1, offset: c };
  }
  if (node.op !== 'sub') return undefined;
  const right = splatOf(y!);
  if (right !== undefined) return { base: x!, sign: 1, offset: -right };
  const left = splatOf(x!);
  return left === undefined ? undefined : { base: y!, sign: -1, offset: left };
}

/** base * factor. */
export function scale(b: Builder, base: Node, factor: number): Node {
  if (factor === 1) return base;
  return factor === -1 ? b.neg(base) : b.mul(base, factor);
}

/** sign · base + offset, with no negative constant. */
export function shift(b: Builder, base: Node, sign: 1 | -1, offset: number): Node {
  if (sign === -1) return offset === 0 ? b.neg(base) : b.sub(offset, base);
  if (offset === 0) return base;
  return offset < 0 ? b.sub(base, -offset) : b.add(base, offset);
}

/** The node with its sign changed, where it shows one: -x, x * -c, x / -c, also repeated. */
export function negated(b: Builder, node: Node): Node | undefined {
  if (node.kind === 'broadcast') {
    const inner = negated(b, node.arg);
    return inner === undefined ? undefined : b.broadcast(inner, node.shape, node.axes);
  }
  if (node.kind !== 'map' || node.dtype !== 'f32') return undefined;
  const [x, y] = node.args;
  if (node.op === 'neg') return x;
  const c = node.op === 'mul' || node.op === 'div' ? splatOf(y!) : undefined;
  if (c === undefined || c >= 0) return undefined;
  return node.op === 'mul' ? scale(b, x!, -c) : b.div(x!, -c);
}

/** Whether y is -x, in whichever way normal forms write that. */
export function areOpposite(x: Node, y: Node): boolean {
  if (argumentOf(x, 'neg') === y || argumentOf(y, 'neg') === x) return true;
  if (x.kind === 'broadcast' && y.kind === 'broadcast')
    return x.axes.every((axis, i) => axis === y.axes[i]) && areOpposite(x.arg, y.arg);
  if (x.kind !== 'map' || y.kind !== 'map' || x.op !== y.op) return false;
  if (x.op === 'sub') return x.args[0] === y.args[1] && x.args[1] === y.args[0];
  if (x.op !== 'mul' && x.op !== 'div') return false;
  const [c, d] = [splatOf(x.args[1]!), splatOf(y.args[1]!)];
  return x.args[0] === y.args[0] && c !== undefined && d !== undefined && c === -d;
}

/** Whether a node is above 0 in exact arithmetic, whatever its inputs are. */
export function isPositive(node: Node): boolean {
  if (node.kind === 'broadcast') return isPositive(node.arg);
  if (node.kind === 'constant') return node.value > 0;
  return isMap(node, 'exp') || isMap(node, 'softplus') || isMap(node, 'sigmoid');
}

/** The axes of a broadcast's result along which it repeats; those of extent 1 repeat nothing. */
export function repeatedAxes({ arg, axes, shape }: NodeOf<'broadcast'>): number[] {
  return shape.flatMap((extent, axis) => {
    const from = axes.indexOf(axis);
    return extent > 1 && (from < 0 || arg.shape[from] === 1) ? [axis] : [];
  });
}

/** The node's numbers over `axes` alone, on which it varies: the axes it repeats along are dropped. Views only. */
export function restrict(b: Builder, node: Node, axes: readonly number[]): Node {
  const shape = axes.map((axis) => node.shape[axis]!);
  if (node.kind === 'constant') return node;
  if (node.kind !== 'broadcast') return b.reshape(node, shape);
  const kept = node.axes.flatMap((axis, i) => (axes.includes(axis) || node.arg.shape[i]! > 1 ? [i] : []));
  const squeezed = b.reshape(
    node.arg,
    kept.map((i) => node.arg.shape[i]!),
  );
  return b.broadcast(
    squeezed,
    shape,
    kept.map((i) => axes.indexOf(node.axes[i]!)),
  );
}
