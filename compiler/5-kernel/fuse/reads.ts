/**
 * Where a node reads its arguments when it is wanted at an index: views are arithmetic on indices, a reduction reads
 * along its own inner axes. One description serves the walks of fusion and the values of the kernels.
 */
import { argumentsOf, sizeOf, type Node, type NodeOf } from '../../4-tensor/ir.ts';
import type { Axis, Index } from '../ir.ts';
import type { Expressions, Range } from './expressions.ts';
import type { IndexAlgebra } from '../index-algebra.ts';
import type { Opaque } from './opaque.ts';

export interface Read {
  readonly node: Node;
  readonly index: readonly Index[];
  /** The read is made only where these hold: padding and concatenation. */
  readonly within: readonly Range[];
}

export type View = NodeOf<
  'broadcast' | 'reshape' | 'transpose' | 'slice' | 'pad' | 'window' | 'diagonal' | 'concat' | 'again'
>;

export function isView(node: Node): node is View {
  switch (node.kind) {
    case 'broadcast':
    case 'reshape':
    case 'transpose':
    case 'slice':
    case 'pad':
    case 'window':
    case 'diagonal':
    case 'concat':
    case 'again':
      return true;
    default:
      return false;
  }
}

/** What every kernel can read for itself. */
export function isLeaf(node: Node): boolean {
  return node.kind === 'constant' || node.kind === 'array' || node.kind === 'input' || node.kind === 'iota';
}

export function readsOfView({ index: algebra }: Expressions, node: View, index: readonly Index[]): Read[] {
  const whole = (at: readonly Index[], arg: Node): Read[] => [{ node: arg, index: at, within: [] }];
  switch (node.kind) {
    case 'broadcast':
      return whole(
        node.axes.map((axis, i) => (node.arg.shape[i] === 1 ? algebra.constant(0) : index[axis]!)),
        node.arg,
      );
    case 'reshape':
      return whole(algebra.unflatten(algebra.flatten(index, node.shape), node.arg.shape), node.arg);
    case 'again':
      return whole(index, node.arg);
    case 'transpose': {
      const at = new Array<Index>(index.length);
      node.permutation.forEach((axis, i) => (at[axis] = index[i]!));
      return whole(at, node.arg);
    }
    case 'slice':
      return whole(
        index.map((part, i) => algebra.add(part, algebra.constant(node.starts[i]!))),
        node.arg,
      );
    case 'pad': {
      const within = index
        .map((part, i) => ({ index: part, low: node.starts[i]!, high: node.starts[i]! + node.arg.shape[i]! }))
        .filter(({ low, high }, i) => low > 0 || high < node.shape[i]!);
      const at = index.map((part, i) => algebra.add(part, algebra.constant(-node.starts[i]!)));
      return [{ node: node.arg, index: at, within }];
    }
    case 'window':
      return [readOfWindow(algebra, node, index)];
    case 'diagonal': {
      const [kept, dropped] = node.axes;
      return whole(index.toSpliced(dropped, 0, index[kept < dropped ? kept : kept - 1]!), node.arg);
    }
    case 'concat': {
      let start = 0;
      return node.args.map((arg) => {
        const low = start;
        start += arg.shape[node.axis]!;
        const at = index.map((part, i) => (i === node.axis ? algebra.add(part, algebra.constant(-low)) : part));
        return { node: arg, index: at, within: [{ index: index[node.axis]!, low, high: start }] };
      });
    }
  }
}

function readOfWindow(algebra: IndexAlgebra, { arg, windows }: NodeOf<'window'>, index: readonly Index[]): Read {
  const rank = arg.shape.length;
  const at = index.slice(0, rank);
  const within: Range[] = [];
  windows.forEach(({ axis, stride, dilation, start, divisor }, i) => {
    const sum = algebra.add(
      algebra.scale(index[axis]!, stride),
      algebra.scale(index[rank + i]!, dilation),
      algebra.constant(start),
    );
    // Whole multiples of the divisor keep the dividend from being negative.
    const shift = Math.max(0, Math.ceil(-algebra.bounds(sum).low / divisor));
    const dividend = divisor === 1 ? sum : algebra.add(sum, algebra.constant(shift * divisor));
    const low = divisor === 1 ? 0 : shift;
    const position = algebra.quotient(dividend, divisor);
    within.push({ index: position, low, high: low + arg.shape[axis]! });
    if (divisor > 1) within.push({ index: algebra.remainder(dividend, divisor), low: 0, high: 1 });
    at[axis] = algebra.add(position, algebra.constant(-low));
  });
  return { node: arg, index: at, within };
}

/** The inner axes of a reducing node: contracted labels, reduced axes, scattered positions. */
export function innerExtents(node: NodeOf<'contract' | 'reduce' | 'scatter'>): number[] {
  switch (node.kind) {
    case 'contract':
      return contractedLabels(node).map((label) => extentOfLabel(node, label));
    case 'reduce':
      return node.axes.map((axis) => node.arg.shape[axis]!);
    case 'scatter':
      return [...node.indices.shape];
  }
}

/**
 * The places of a window come before the others, so that the innermost loop runs along what lies adjacent, the channels
 * of a position, and what a guard asks is the same all along it.
 */
export function contractedLabels(node: NodeOf<'contract'>): number[] {
  const labels = [...new Set([...node.aLabels, ...node.bLabels])].filter((label) => !node.labels.includes(label));
  const places = [...placesOf(node.a, node.aLabels), ...placesOf(node.b, node.bLabels)];
  return [...labels.filter((label) => places.includes(label)), ...labels.filter((label) => !places.includes(label))];
}

/** The labels of a window's places. */
function placesOf(operand: Node, labels: readonly number[]): readonly number[] {
  return operand.kind === 'window' ? labels.slice(operand.arg.shape.length) : [];
}

function extentOfLabel(node: NodeOf<'contract'>, label: number): number {
  const inA = node.aLabels.indexOf(label);
  return inA >= 0 ? node.a.shape[inA]! : node.b.shape[node.bLabels.indexOf(label)]!;
}

/** Indices of a contraction's operands at `index` of its result and `inner` of its contracted labels. */
export function operandIndices(
  node: NodeOf<'contract'>,
  index: readonly Index[],
  inner: readonly Index[],
): { readonly a: readonly Index[]; readonly b: readonly Index[] } {
  const at = new Map<number, Index>();
  node.labels.forEach((label, i) => at.set(label, index[i]!));
  contractedLabels(node).forEach((label, i) => at.set(label, inner[i]!));
  return { a: node.aLabels.map((label) => at.get(label)!), b: node.bLabels.map((label) => at.get(label)!) };
}

/** The index of a reduction's argument. */
export function reducedIndex(node: NodeOf<'reduce'>, index: readonly Index[], inner: readonly Index[]): Index[] {
  let outer = 0;
  return node.arg.shape.map((_, axis) => {
    const reduced = node.axes.indexOf(axis);
    return reduced >= 0 ? inner[reduced]! : index[outer++]!;
  });
}

/** Whether the node is pointwise work on a contraction of its own size. */
export function isByContraction(root: Node): boolean {
  const seen = new Set<Node>();
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node) || sizeOf(node.shape) !== sizeOf(root.shape)) continue;
    seen.add(node);
    if (node.kind === 'contract') return true;
    if (node.kind === 'map' || node.kind === 'reshape') stack.push(...argumentsOf(node));
  }
  return false;
}

/** Every read of a node, for the walks of fusion; computed rows stand as opaque values. */
export function readsOf(
  expressions: Expressions,
  opaque: Opaque,
  node: Node,
  index: readonly Index[],
  innerAxes: readonly Axis[],
): Read[] {
  const { index: algebra } = expressions;
  const all = (arg: Node, at: readonly Index[]): Read => ({ node: arg, index: at, within: [] });
  const inner = innerAxes.map((axis) => algebra.axis(axis));
  switch (node.kind) {
    case 'constant':
    case 'array':
    case 'input':
    case 'iota':
    case 'pack':
      return [];
    case 'map':
      return node.args.map((arg) => all(arg, index));
    case 'contract': {
      const { a, b } = operandIndices(node, index, inner);
      return [all(node.a, a), all(node.b, b)];
    }
    case 'reduce':
      return [all(node.arg, reducedIndex(node, index, inner))];
    case 'scatter':
      return [all(node.indices, inner), all(node.updates, [...inner, ...index.slice(1)])];
    case 'batch':
      return [all(node.rows, index.slice(0, node.rows.shape.length))];
    case 'take': {
      const rank = node.indices.shape.length;
      const row = algebra.loaded(opaque.valueOf(node.indices, index.slice(0, rank)), node.table.shape[0]!);
      return [all(node.indices, index.slice(0, rank)), all(node.table, [row, ...index.slice(rank)])];
    }
    default:
      return readsOfView(expressions, node, index);
  }
}
