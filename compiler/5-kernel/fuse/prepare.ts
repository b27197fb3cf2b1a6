/**
 * Before fusion: gives reductions the shape that kernels are good at. A reduction of very many numbers to few is done in
 * two stages of fixed order, x[n] → Σ over [n / s, s] → Σ over [n / s]; a contraction of which an operand has no axis of
 * its own (a dot product a row) is a sum of products, which no tile would help; a sum that is scaled afterwards is one of
 * what is scaled already, where that exists.
 */
import type { Builder } from '../../4-tensor/builder.ts';
import { sizeOf, topological, type Node, type NodeOf, type TensorFunction } from '../../4-tensor/ir.ts';
import { mapFunction } from '../../4-tensor/passes/rebuild.ts';
import { scale, scaledOf } from '../../4-tensor/passes/simplify/match.ts';
import { tileWidth } from './cost.ts';
import type { FuseContext } from './fusion.ts';
import { sumOfParts } from './packed.ts';
import type { Piece } from './pieces.ts';
import { contractedLabels, isByContraction } from './reads.ts';

/** A reduction longer than this, to fewer than `fewPoints` points, is cut. */
const longest = 4096;
const fewPoints = 64;
/** Pieces that are concatenated at once. */
const mostPieces = 4;
/** Numbers that a row of the first stage sums. */
const segment = 1024;

export function prepareReductions(fn: TensorFunction, { builder, without }: FuseContext): TensorFunction {
  const has = (piece: Piece): boolean => !without?.has(piece);
  const regroups = has('linear-sums');
  const operands = has('riding-sums') ? operandsOf(fn) : new Set<Node>();
  const parts = has('packed-sums') && has('partial-sums');
  return mapFunction(
    builder,
    fn,
    (node) =>
      scaledFirst(builder, node, operands) ??
      (parts && node.kind === 'reduce' ? sumOfParts(builder, node) : undefined) ??
      replace(builder, node, regroups),
  );
}

/** What contractions read. */
function operandsOf(fn: TensorFunction): ReadonlySet<Node> {
  const nodes = topological(fn.outputs.map(({ node }) => node));
  return new Set(nodes.flatMap((node) => (node.kind === 'contract' ? [node.a, node.b] : [])));
}

/** (Σ x) c as Σ (x c), where a contraction reads x c anyway: the sum can ride beside it, and x need not be stored. */
function scaledFirst(b: Builder, node: Node, operands: ReadonlySet<Node>): Node | undefined {
  const scaled = scaledOf(node);
  if (scaled?.base.kind !== 'reduce' || scaled.base.op !== 'sum') return undefined;
  const { arg, axes } = scaled.base;
  const operand = scale(b, arg, scaled.factor);
  return operands.has(operand) ? b.sum(operand, axes) : undefined;
}

function replace(b: Builder, node: Node, regroups: boolean): Node {
  if (node.kind === 'reduce') return (regroups ? linear(b, node) : undefined) ?? cut(b, node);
  if (node.kind === 'concat' && node.args.length > mostPieces) return nest(b, node);
  if (node.kind === 'contract' && !isProductOfMatrices(node)) return asSum(b, node, regroups);
  return node;
}

/** concat(a, b, c, d, …) as concat(concat(a, b), concat(c, d), …): a kernel reads only so many tensors. */
function nest(b: Builder, { args, axis }: NodeOf<'concat'>): Node {
  let level: readonly Node[] = args;
  while (level.length > 1)
    level = Array.from({ length: Math.ceil(level.length / mostPieces) }, (_, i) =>
      b.concat(level.slice(i * mostPieces, (i + 1) * mostPieces), axis),
    );
  return level[0]!;
}

/**
 * Σ over the rows of Σ log p - Σ kl, without the rows' own sums: Σ (x - y) = Σ x - Σ y, and Σ Σ x = Σ x over both axes.
 * Undefined where the argument is not made of sums alone, or they are too long for one kernel.
 */
function linear(b: Builder, node: NodeOf<'reduce'>): Node | undefined {
  if (node.op !== 'sum' || node.arg.dtype !== 'f32' || sizeOf(node.shape) > 1) return undefined;
  const sum = (arg: Node): Node | undefined => {
    if (arg.kind === 'reduce' && arg.op === 'sum') {
      const whole = b.sum(arg.arg, [...arg.arg.shape.keys()]);
      const label = b.labelOf(arg);
      if (whole.kind !== 'reduce' || lengthOf(whole) > longest) return undefined;
      return label === undefined ? whole : b.label(whole, label);
    }
    if (arg.kind !== 'map') return undefined;
    const [x, y] = arg.args;
    if (arg.op === 'add' || arg.op === 'sub') {
      const sums = [sum(x!), sum(y!)];
      return sums[0] && sums[1] && b.map(arg.op, sums[0], sums[1]);
    }
    if (arg.op === 'neg') {
      const inner = sum(x!);
      return inner && b.neg(inner);
    }
    if (arg.op !== 'mul') return undefined;
    const factors = [scalarOf(x!), scalarOf(y!)];
    const inner = factors[0] ? sum(y!) : factors[1] ? sum(x!) : undefined;
    return inner && b.mul((factors[0] ?? factors[1])!, inner);
  };
  const made = sum(node.arg);
  return made && b.reshape(made, node.shape);
}

/** The number that the node repeats, if it repeats one. */
function scalarOf(node: Node): Node | undefined {
  return node.kind === 'broadcast' && node.arg.shape.length === 0 ? node.arg : undefined;
}

/** Numbers that one kernel sums up: a contraction hands over a sum for each tile's columns. */
function lengthOf(node: NodeOf<'reduce'>): number {
  const length = node.axes.reduce((product, axis) => product * node.arg.shape[axis]!, 1);
  return isByContraction(node.arg) ? Math.ceil(length / tileWidth) : length;
}

function cut(b: Builder, node: NodeOf<'reduce'>): Node {
  const { arg, axes, op } = node;
  const reduced = axes.reduce((product, axis) => product * arg.shape[axis]!, 1);
  const isSuffix = axes[0]! + axes.length === arg.shape.length;
  if (lengthOf(node) <= longest || sizeOf(node.shape) >= fewPoints || !isSuffix) return node;
  const divisor = divisorNear(reduced, segment);
  if (divisor !== undefined) return twice(b, node, arg, reduced, divisor);
  if (op !== 'sum' || arg.dtype !== 'f32') return node;
  const padded = Math.ceil(reduced / segment) * segment;
  const flat = b.reshape(arg, [...node.shape, reduced]);
  const starts = [...node.shape.map(() => 0), 0];
  return twice(b, node, b.pad(flat, starts, [...node.shape, padded]), padded, segment);
}

function twice(b: Builder, node: NodeOf<'reduce'>, arg: Node, length: number, size: number): Node {
  const rank = node.shape.length;
  const rows = b.reshape(arg, [...node.shape, length / size, size]);
  return b.reduce(node.op, b.reduce(node.op, rows, [rank + 1]), [rank]);
}

/** The divisor of n nearest to `wanted` from half of it to twice it, rather one that vectors of four divide. */
function divisorNear(n: number, wanted: number): number | undefined {
  const divisors = Array.from({ length: wanted * 1.5 + 1 }, (_, i) => wanted / 2 + i).filter((size) => n % size === 0);
  const even = divisors.filter((size) => size % 4 === 0);
  const candidates = even.length > 0 ? even : divisors;
  return candidates.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0];
}

/** Whether both operands have an axis that the other lacks, as rows and columns do, and something is summed. */
function isProductOfMatrices({ a, b, aLabels, bLabels, labels }: NodeOf<'contract'>): boolean {
  const own = (mine: readonly number[], other: readonly number[], shape: readonly number[]): boolean =>
    mine.some((label, i) => labels.includes(label) && !other.includes(label) && shape[i]! > 1);
  return own(aLabels, bLabels, a.shape) && own(bLabels, aLabels, b.shape);
}

/** Σ over the contracted labels of a · b, both repeated over all labels. */
function asSum(b: Builder, node: NodeOf<'contract'>, regroups: boolean): Node {
  const contracted = contractedLabels(node);
  const all = [...node.labels, ...contracted];
  const extents = new Map<number, number>();
  node.aLabels.forEach((label, i) => extents.set(label, node.a.shape[i]!));
  node.bLabels.forEach((label, i) => extents.set(label, node.b.shape[i]!));
  const shape = all.map((label) => extents.get(label)!);
  const over = (operand: Node, labels: readonly number[]): Node => {
    const order = [...labels.keys()].sort((i, j) => all.indexOf(labels[i]!) - all.indexOf(labels[j]!));
    const axes = order.map((i) => all.indexOf(labels[i]!));
    return b.broadcast(b.transpose(operand, order), shape, axes);
  };
  const product = b.mul(over(node.a, node.aLabels), over(node.b, node.bLabels));
  return replace(
    b,
    b.sum(
      product,
      contracted.map((_, i) => node.labels.length + i),
    ),
    regroups,
  );
}
