/**
 * Reductions over the columns of a contraction begin where the columns are computed: each tile stores the sum of its
 * `segment` columns, and the reduction's own kernel adds up the few that are left. A row's log-likelihood is never
 * stored pixel by pixel.
 */
import { type Node, type NodeOf, type Shape } from '../../4-tensor/ir.ts';
import type { Axis, Index } from '../ir.ts';
import { tileWidth } from './cost.ts';
import type { Fusion } from './fusion.ts';
import { indexAt, type Space } from './groups.ts';
import { isView } from './reads.ts';

/** Columns that one entry sums: what a tile is wide. */
const segment = tileWidth;

export interface Partial {
  /** The node whose values are summed, computed in a contraction's kernel. */
  readonly summand: Node;
  readonly space: Space;
  readonly axis: Axis;
  readonly segment: number;
  /** Of the entries: the space's, with segments for columns. */
  readonly shape: Shape;
  /** For each axis of the space whether the reduction keeps it; absent where the entries are all that is wanted. */
  readonly kept?: readonly boolean[];
}

/** How the reduction may begin in the kernel of its argument; undefined where it may not, or should not. */
export function partialOf(fusion: Fusion, node: NodeOf<'reduce'>): Partial | undefined {
  if (!fusion.has('partial-sums')) return undefined;
  let summand = node.arg;
  while (summand.kind === 'reshape') summand = summand.arg;
  const space = fusion.home.get(summand);
  if (space === undefined || space !== space.group.base || space.group.kind !== 'contract') return undefined;
  if (node.arg.dtype !== 'f32' || fusion.outputs.has(summand) || fusion.refusals.apart.has(node)) return undefined;
  if (!onlyReduced(fusion, summand)) return undefined;
  const kept = keptAxes(node, space.shape);
  const axis = space.axes.at(-1);
  if (kept === undefined || axis === undefined || kept.at(-1)! || axis.extent === 1) return undefined;
  const shape = [...space.shape.slice(0, -1), Math.ceil(axis.extent / segment)];
  return { summand, space, axis, segment, shape, kept };
}

/** Extents of the loops that finish the reduction: the entries' axes that it does not keep. */
export function finishingExtents({ shape, kept = [] }: Partial): number[] {
  return shape.filter((_, i) => !kept[i]);
}

/** The entries where they are the reduction itself: a sum over each `segment` columns, with zeros to fill up the last. */
export function segmentsOf(fusion: Fusion, node: NodeOf<'reduce'>): Partial | undefined {
  const { arg, axes, op, shape } = node;
  if (!fusion.has('partial-sums') || op !== 'sum') return undefined;
  if (arg.kind !== 'reshape' || axes.length !== 1 || axes[0] !== arg.shape.length - 1) return undefined;
  const [segments, columns] = [shape.at(-1), arg.shape.at(-1)];
  if (columns !== segment || segments === undefined || fusion.refusals.apart.has(node)) return undefined;
  const summand = arg.arg.kind === 'pad' && arg.arg.starts.every((start) => start === 0) ? arg.arg.arg : arg.arg;
  const space = fusion.home.get(summand);
  const axis = space?.axes.at(-1);
  if (space === undefined || axis === undefined || space !== space.group.base || space.group.kind !== 'contract')
    return undefined;
  const fits =
    isSame(space.shape, summand.shape) &&
    isSame(shape, [...space.shape.slice(0, -1), Math.ceil(axis.extent / segment)]);
  return fits && node.dtype === 'f32' ? { summand, space, axis, segment, shape } : undefined;
}

/** Position among the entries at a point of the reduction's result and of its finishing loops. */
export function entryIndex(
  fusion: Fusion,
  { shape, kept = [] }: Partial,
  node: Node,
  index: readonly Index[],
  inner: readonly Index[],
): Index {
  const { index: algebra } = fusion.expressions;
  const outer = algebra.unflatten(
    algebra.flatten(index, node.shape),
    shape.filter((_, i) => kept[i]!),
  );
  let [o, i] = [0, 0];
  return algebra.flatten(
    kept.map((keeps) => (keeps ? outer[o++]! : inner[i++]!)),
    shape,
  );
}

/** Where the space's points store their entry: `axis` stands for the entry's number. */
export function storeIndex(fusion: Fusion, { space, shape }: Partial): Index {
  const { index: algebra } = fusion.expressions;
  return algebra.flatten(
    space.axes.map((axis) => algebra.axis(axis)),
    shape,
  );
}

export function summandIndex(fusion: Fusion, { summand, space }: Partial): Index[] {
  return indexAt(fusion.expressions.index, summand, space);
}

/** Whether nothing but sums read the node: otherwise it is stored anyway, and the sums load it. */
function onlyReduced(fusion: Fusion, node: Node): boolean {
  return fusion.users.get(node)!.every((user) => {
    if (user.kind === 'reduce') return true;
    return isView(user) && user.kind === 'reshape' && onlyReduced(fusion, user);
  });
}

/**
 * Which axes of `shape`, of as many elements as the reduction's argument, it keeps; undefined where it reduces a part of
 * one. Both shapes are cut into blocks of equal size: [B | 28, 28] and [B | 784].
 */
function keptAxes(node: NodeOf<'reduce'>, shape: Shape): boolean[] | undefined {
  const from = node.arg.shape;
  const kept: boolean[] = [];
  let i = 0;
  while (i < from.length || kept.length < shape.length) {
    const start = i;
    const first = kept.length;
    let [mine, theirs, last] = [1, 1, first];
    do {
      if (mine <= theirs && i < from.length) mine *= from[i++]!;
      else if (last < shape.length) theirs *= shape[last++]!;
      else if (i < from.length) mine *= from[i++]!;
      else return undefined;
    } while (mine !== theirs || last === first);
    // An extent of 1 belongs to either side.
    const axes = Array.from({ length: i - start }, (_, j) => start + j).filter((axis) => from[axis]! > 1);
    const reduced = axes.filter((axis) => node.axes.includes(axis)).length;
    if (reduced !== 0 && reduced !== axes.length) return undefined;
    for (let axis = first; axis < last; axis++) kept.push(axes.length > 0 && reduced === 0);
  }
  return kept;
}

function isSame(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}
