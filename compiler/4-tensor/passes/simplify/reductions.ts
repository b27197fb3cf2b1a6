/** Laws of reductions and contractions. */
import { range, type Builder } from '../../builder.ts';
import type { Node, NodeOf } from '../../ir.ts';
import { isSplat, repeatedAxes, restrict, scale, scaledOf, splat, splatOf } from './match.ts';
import { kindRule, type KindRules } from './rule.ts';

/**
 * The adjoint of a convolution's input, Σ_k (g W)[(p - k) / stride, k], as a convolution of g: the window slides over g
 * itself, before the product, and no array of windows is made.
 */
function transposedConvolution(b: Builder, node: NodeOf<'reduce'>): Node | undefined {
  if (!isSum(node)) return undefined;
  const pairs: (readonly [number, number])[] = [];
  let view = node.arg;
  for (; view.kind === 'diagonal'; view = view.arg) pairs.unshift(view.axes);
  if (view.kind !== 'window' || view.arg.kind !== 'contract' || pairs.length !== view.windows.length) return undefined;
  const { windows, arg: product } = view;
  const rank = product.labels.length - windows.length;
  // Axes of the product: positions, then one a window, each on the diagonal with the window's own.
  const isAdjoint = pairs.every(([kept, dropped], i) => kept === rank + i && dropped === rank + windows.length);
  const isWhole = node.axes.length === windows.length && node.axes.every((axis, i) => axis === rank + i);
  if (!isAdjoint || !isWhole) return undefined;
  const slid = windows.map(({ axis }) => product.labels[axis]!);
  const places = product.labels.slice(rank);
  const fits = (one: readonly number[], other: readonly number[]): boolean =>
    slid.every((label) => one.includes(label) && !other.includes(label)) &&
    places.every((label) => other.includes(label) && !one.includes(label));
  const { a, b: second, aLabels, bLabels } = product;
  const windowed = (operand: Node, labels: readonly number[]): Node => {
    const moved = windows.map((window, i) => ({ ...window, axis: labels.indexOf(slid[i]!) }));
    const order = [...moved.keys()].sort((i, j) => moved[i]!.axis - moved[j]!.axis);
    const view = b.window(
      operand,
      order.map((i) => moved[i]!),
    );
    const ahead = operand.shape.length;
    return b.transpose(view, [...range(0, ahead), ...moved.map((_, i) => ahead + order.indexOf(i))]);
  };
  const labels = product.labels.slice(0, rank);
  if (fits(aLabels, bLabels)) return b.contract(windowed(a, aLabels), second, [...aLabels, ...places], bLabels, labels);
  if (fits(bLabels, aLabels)) return b.contract(a, windowed(second, bLabels), aLabels, [...bLabels, ...places], labels);
  return undefined;
}

const isSum = (node: NodeOf<'reduce'>): boolean => node.op === 'sum' && node.dtype === 'f32';

export const reductions: KindRules = {
  reduce: [
    kindRule('reduce', 'a reduction of an extent of 1 is a reshape', (b, { op, arg, axes, shape }) => {
      const rest = range(0, arg.shape.length).filter((axis) => !axes.includes(axis) || arg.shape[axis]! > 1);
      if (rest.length === arg.shape.length) return undefined;
      const squeezed = b.reshape(
        arg,
        rest.map((axis) => arg.shape[axis]!),
      );
      const real = axes.filter((axis) => arg.shape[axis]! > 1);
      return b.reshape(
        b.reduce(
          op,
          squeezed,
          real.map((axis) => rest.indexOf(axis)),
        ),
        shape,
      );
    }),
    kindRule('reduce', 'sum(broadcast(x)) = x * n, max(broadcast(x)) = x', (b, node) => {
      const { op, arg, axes, shape } = node;
      if (arg.kind !== 'broadcast' || (op === 'sum' && arg.dtype !== 'f32')) return undefined;
      const repeated = repeatedAxes(arg).filter((axis) => axes.includes(axis));
      if (repeated.length === 0) return undefined;
      const rest = range(0, arg.shape.length).filter((axis) => !repeated.includes(axis));
      const once = b.reduce(
        op,
        restrict(b, arg, rest),
        axes.filter((axis) => !repeated.includes(axis)).map((axis) => rest.indexOf(axis)),
      );
      const n = repeated.reduce((product, axis) => product * arg.shape[axis]!, 1);
      return b.reshape(op === 'sum' ? scale(b, once, n) : once, shape);
    }),
    kindRule('reduce', 'sum(x * c) = sum(x) * c', (b, node) => {
      const inner = isSum(node) ? scaledOf(node.arg) : undefined;
      if (inner === undefined) return undefined;
      const sum = b.sum(inner.base, node.axes);
      const divisor = node.arg.kind === 'map' && node.arg.op === 'div' ? splatOf(node.arg.args[1]!) : undefined;
      return divisor === undefined ? scale(b, sum, inner.factor) : b.div(sum, divisor);
    }),
    kindRule('reduce', 'sum(x * broadcast(y)) = sum(x) * y', (b, node) => (isSum(node) ? takeOut(b, node) : undefined)),
    kindRule('reduce', 'sum over a window of (x W) = (window of x) W, where W has the window', transposedConvolution),
    kindRule('reduce', 'reduce(reduce(x)) = reduce(x) where the inner one has no other reader', (b, node, uses) => {
      const { op, arg, axes } = node;
      // A node made in this pass may be a second reader: only the next pass tells.
      if (arg.kind !== 'reduce' || arg.op !== op || uses.get(arg) !== 1 || !uses.has(node)) return undefined;
      const outer = range(0, arg.arg.shape.length).filter((axis) => !arg.axes.includes(axis));
      return b.reduce(op, arg.arg, [...arg.axes, ...axes.map((axis) => outer[axis]!)]);
    }),
  ],
  contract: [
    kindRule('contract', 'x 0 = 0', (b, { a, b: second, shape }) =>
      isSplat(a, 0) || isSplat(second, 0) ? splat(b, 0, shape) : undefined,
    ),
    kindRule('contract', 'a transpose is a matter of labels', (b, node) => {
      const [a, aLabels] = untransposed(node.a, node.aLabels);
      const [second, bLabels] = untransposed(node.b, node.bLabels);
      if (a === node.a && second === node.b) return undefined;
      return b.contract(a, second, aLabels, bLabels, node.labels);
    }),
  ],
};

/** Σ x y = (Σ x) y, and Σ x / y = (Σ x) / y, where y does not depend on what is summed over. */
function takeOut(b: Builder, { arg, axes }: NodeOf<'reduce'>): Node | undefined {
  if (arg.kind !== 'map' || (arg.op !== 'mul' && arg.op !== 'div')) return undefined;
  const kept = range(0, arg.shape.length).filter((axis) => !axes.includes(axis));
  const isFixed = (node: Node): boolean => {
    if (node.kind !== 'broadcast') return false;
    const repeated = repeatedAxes(node);
    return axes.every((axis) => repeated.includes(axis) || node.shape[axis] === 1);
  };
  const [x, y] = arg.args;
  if (isFixed(y!)) return b.map(arg.op, b.sum(x!, axes), restrict(b, y!, kept));
  return arg.op === 'mul' && isFixed(x!) ? b.mul(b.sum(y!, axes), restrict(b, x!, kept)) : undefined;
}

function untransposed(node: Node, labels: readonly number[]): readonly [Node, readonly number[]] {
  if (node.kind !== 'transpose') return [node, labels];
  return [node.arg, node.arg.shape.map((_, axis) => labels[node.permutation.indexOf(axis)]!)];
}
