/**
 * First pass of fusion: gives nodes a home, in the order of computation. A contraction or a reduction opens a kernel or
 * joins one; a pointwise node goes to the latest kernel that computes one of its arguments at the same point, so that
 * bias, activation, likelihood and its gradient happen where a contraction's sum is at hand.
 *
 * Before: nothing has a home. After: every reducing node has one; a pointwise node has one wherever an argument does at
 * the same point and no kernel would wait for itself; the others are computed where they are read.
 */
import { argumentsOf, readBy, sizeOf, type Node, type NodeOf } from '../../4-tensor/ir.ts';
import type { Index } from '../ir.ts';
import type { Fusion } from './fusion.ts';
import { indexAt, type Group, type Space } from './groups.ts';
import { joinContraction } from './join.ts';
import { finishingExtents, partialOf, segmentsOf } from './partial.ts';
import { isView, readsOf, reducedIndex } from './reads.ts';
import { riderLoop } from './riders.ts';

/** Points of a loop that one row of a small kernel may run through after a reduction. */
const longestRow = 1024;
/** Parallel points that keep a device busy whatever the rows' length. */
const manyRows = 64;

export function settle(fusion: Fusion, order: readonly Node[]): void {
  for (const node of order) {
    switch (node.kind) {
      case 'map':
      case 'concat':
        if (!settleMap(fusion, node)) float(fusion, node);
        break;
      case 'contract':
        settleContraction(fusion, node);
        break;
      case 'reduce':
        settleReduction(fusion, node);
        break;
      case 'scatter':
        open(fusion, node);
        break;
      default:
        float(fusion, node);
    }
  }
}

/** The node has no home: it needs what its arguments need. */
function float(fusion: Fusion, node: Node): void {
  fusion.needs.set(node, fusion.needsOf(argumentsOf(node)));
}

function open(fusion: Fusion, node: NodeOf<'contract' | 'reduce' | 'scatter'>): Group {
  const group = fusion.graph.create(node.kind === 'contract' ? 'contract' : 'rows', node.shape);
  group.accumulate(node);
  fusion.settle(node, group.base);
  return group;
}

function settleContraction(fusion: Fusion, node: NodeOf<'contract'>): void {
  const group = joinContraction(fusion, node);
  if (group === undefined) open(fusion, node);
  else {
    group.accumulate(node);
    fusion.settle(node, group.base);
  }
}

function settleReduction(fusion: Fusion, node: NodeOf<'reduce'>): void {
  const carrier = fusion.riders.get(node);
  const ride = carrier && fusion.home.get(carrier)?.group;
  if (carrier !== undefined && ride !== undefined && !fusion.refusals.apart.has(node))
    return riderLoop(fusion, ride, carrier, node);
  const entries = segmentsOf(fusion, node);
  if (entries !== undefined) {
    fusion.partials.set(node, entries);
    return fusion.settle(node, entries.space);
  }
  const partial = partialOf(fusion, node);
  const needed = fusion.needsOf([node.arg]);
  const candidates = fusion.graph.groups.filter(
    (group) =>
      fusion.has('shared-rows') &&
      !fusion.refusals.apart.has(node) &&
      group.kind === 'rows' &&
      sameExtents(group.base.shape, node.shape) &&
      (group.points === 1
        ? isOfOneKind(fusion, node, group)
        : partial !== undefined || isRelated(fusion, node, group)) &&
      fusion.graph.admits(group, needed),
  );
  const joined = candidates.findLast((group) => partial !== undefined || alignsReduction(fusion, node, group));
  const group = joined ?? fusion.graph.create('rows', node.shape);
  if (partial !== undefined) {
    fusion.partials.set(node, partial);
    group.accumulate(node, finishingExtents(partial));
    fusion.settle(node, group.base);
    return;
  }
  const inner = group.accumulate(node);
  // The points of the argument are a space of their own: what is computed there may be stored in a later loop.
  let outer = 0;
  const axes = node.arg.shape.map((_, axis) => {
    const reduced = node.axes.indexOf(axis);
    return reduced >= 0 ? inner[reduced]! : group.parallel[outer++]!;
  });
  group.space(axes, inner);
  fusion.settle(node, group.base);
}

function alignsReduction(fusion: Fusion, node: NodeOf<'reduce'>, group: Group): boolean {
  const { index: algebra } = fusion.expressions;
  const inner = group.innerAxes(node.axes.map((axis) => node.arg.shape[axis]!)).map((axis) => algebra.axis(axis));
  return aligns(fusion, node.arg, reducedIndex(node, indexAt(algebra, node, group.base), inner), group);
}

/** Scalars that gradients wait for are not computed beside those that wait for gradients: the norm, the flag. */
function isOfOneKind(fusion: Fusion, node: Node, group: Group): boolean {
  return [...group.reducing.keys()].every((other) => fusion.upstream.has(other) === fusion.upstream.has(node));
}

/** Whether a reduction reads something that the group computes or reads as well. */
function isRelated(fusion: Fusion, node: NodeOf<'reduce'>, group: Group): boolean {
  const mine = sourcesOf(fusion, node.arg);
  for (const other of group.reducing.keys())
    if (other.kind === 'reduce' && sizeOf(other.arg.shape) === sizeOf(node.arg.shape))
      for (const source of sourcesOf(fusion, other.arg)) if (mine.has(source)) return true;
  return mine.has(group);
}

/** What a value is made of where it is computed: stored nodes, tables, and the groups it needs at the same point. */
function sourcesOf(fusion: Fusion, root: Node): Set<Node | Group> {
  const sources = new Set<Node | Group>();
  const seen = new Set<Node>();
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const home = fusion.home.get(node);
    if (home !== undefined) sources.add(home.group);
    if (home !== undefined || node.kind === 'pack' || node.kind === 'batch') sources.add(node);
    else if (node.kind === 'input' && sizeOf(node.shape) > 1) sources.add(node);
    else if (node.kind === 'map' && sizeOf(node.shape) === sizeOf(root.shape)) sources.add(node);
    if (home === undefined) stack.push(...readBy(node));
  }
  return sources;
}

function settleMap(fusion: Fusion, node: NodeOf<'map' | 'concat'>): boolean {
  if (!fusion.has('epilogues') || fusion.refusals.apart.has(node)) return false;
  const { index: algebra } = fusion.expressions;
  const args = argumentsOf(node);
  const needed = fusion.needsOf(args);
  const groups = new Set<Group>();
  for (const arg of args)
    for (const base of basesOf(arg)) {
      const home = fusion.home.get(base);
      if (home !== undefined) groups.add(home.group);
    }
  const latest = mergeRows(
    fusion,
    [...groups].sort((a, b) => b.id - a.id),
    sizeOf(node.shape),
  );
  for (const group of latest) {
    if (!fusion.graph.admits(group, needed)) continue;
    for (const space of spacesFor(node, group))
      if (aligns(fusion, node, indexAt(algebra, node, space), group)) {
        fusion.settle(node, space);
        return true;
      }
  }
  return false;
}

/** Row kernels that a value of a row brings together become one, unless one of them waits for the other. */
function mergeRows(fusion: Fusion, groups: readonly Group[], size: number): Group[] {
  const kept: Group[] = [];
  for (const group of groups) {
    const into = kept.find((other) => canMerge(fusion, group, other, size));
    if (into === undefined) kept.push(group);
    else fusion.merge(group, into);
  }
  return kept;
}

function canMerge(fusion: Fusion, from: Group, into: Group, size: number): boolean {
  const { graph, refusals } = fusion;
  return (
    fusion.has('shared-rows') &&
    [from, into].every((group) => group.kind === 'rows' && group.points === size) &&
    sameExtents(from.base.shape, into.base.shape) &&
    [...from.reducing.keys(), ...into.reducing.keys()].every((node) => !refusals.apart.has(node)) &&
    !graph.reaches(from, into) &&
    !graph.reaches(into, from)
  );
}

function spacesFor(node: Node, group: Group): Space[] {
  const size = sizeOf(node.shape);
  const spaces = group.spaces.filter((space) => sizeOf(space.shape) === size && isAffordable(space));
  // A few numbers beside a scalar (the flags of trouble) are a loop in the scalar's kernel.
  if (spaces.length === 0 && group.kind === 'rows' && group.points === 1 && size <= 16) {
    const inner = group.innerAxes([size]);
    return [group.space(inner, inner, true)];
  }
  return spaces;
}

function isAffordable(space: Space): boolean {
  if (space.inner.length === 0) return true;
  return space.group.points >= manyRows || sizeOf(space.inner.map((axis) => axis.extent)) <= longestRow;
}

/** The nodes below a node's views. */
function basesOf(node: Node): Node[] {
  return isView(node) ? readBy(node).flatMap(basesOf) : [node];
}

/**
 * Whether everything that `node` at `index` reads of the group is read at the group's own point, so that it need not
 * wait for other points.
 */
function aligns(fusion: Fusion, node: Node, index: readonly Index[], group: Group): boolean {
  const { expressions, opaque } = fusion;
  const seen = new Set<string>();
  const visit = (current: Node, at: readonly Index[]): boolean => {
    if (!fusion.needs.get(current)?.has(group) && fusion.home.has(current)) return true;
    const home = fusion.home.get(current);
    if (home !== undefined) return home.group !== group || expressions.index.flatten(at, current.shape) === home.flat;
    if (current !== node && !fusion.needs.get(current)!.has(group)) return true;
    if (current.kind === 'pack') return false;
    const key = `${current.id} ${expressions.index.keyOf(at)}`;
    if (seen.has(key)) return true;
    seen.add(key);
    return readsOf(expressions, opaque, current, at, []).every((read) => visit(read.node, read.index));
  };
  return visit(node, index);
}

function sameExtents(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}
