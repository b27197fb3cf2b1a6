/** Kernels in the making: groups of nodes that share parallel axes, and who must run before whom. */
import { sizeOf, type Node, type NodeOf, type Shape } from '../../4-tensor/ir.ts';
import type { Axis, Index } from '../ir.ts';
import type { IndexAlgebra } from '../index-algebra.ts';
import { innerExtents } from './reads.ts';

export type Reducing = NodeOf<'contract' | 'reduce' | 'scatter'>;

/**
 * A set of points of a group at which nodes are computed: all its parallel axes, some of them (a bias gradient beside a
 * weight gradient), or the parallel axes and the inner ones of a reduction, in any order.
 */
export interface Space {
  readonly group: Group;
  readonly axes: readonly Axis[];
  readonly shape: Shape;
  /** Those of `axes` that are loops within a point of the kernel. */
  readonly inner: readonly Axis[];
  /** A few numbers beside a scalar: stored one by one rather than in a loop. */
  readonly unrolled: boolean;
  /** The row-major position within `shape`. */
  readonly flat: Index;
}

/** The loop of a reducing node: a phase's axes, and the same axes in the order in which the node names them. */
export interface Loop {
  readonly over: readonly Axis[];
  readonly inner: readonly Axis[];
}

export class Group {
  /** Ordinal of creation. */
  readonly id: number;
  readonly kind: 'contract' | 'rows' | 'points';
  readonly parallel: readonly Axis[];
  readonly spaces: Space[] = [];
  /** Reducing nodes with their inner axes, in the order they joined. */
  readonly reducing = new Map<Reducing, Loop>();
  readonly next = new Set<Group>();
  /** The parallel points. */
  readonly base: Space;
  readonly #algebra: IndexAlgebra;

  constructor(id: number, kind: Group['kind'], shape: Shape, algebra: IndexAlgebra) {
    this.id = id;
    this.kind = kind;
    this.#algebra = algebra;
    this.parallel = shape.map((extent, i) => ({ name: `p${i}`, extent }));
    this.base = this.space(this.parallel, []);
  }

  get points(): number {
    return sizeOf(this.parallel.map((axis) => axis.extent));
  }

  /** The space over these axes, made once. */
  space(axes: readonly Axis[], inner: readonly Axis[], unrolled = false): Space {
    const known = this.spaces.find(
      (space) =>
        space.unrolled === unrolled &&
        space.axes.length === axes.length &&
        space.axes.every((axis, i) => axis === axes[i]),
    );
    if (known !== undefined) return known;
    const shape = axes.map((axis) => axis.extent);
    const indices = axes.map((axis) => this.#algebra.axis(axis));
    const space: Space = { group: this, axes, shape, inner, unrolled, flat: this.#algebra.flatten(indices, shape) };
    this.spaces.push(space);
    return space;
  }

  /** Inner axes of these extents, shared by every loop of the group that has them. */
  innerAxes(extents: readonly number[]): readonly Axis[] {
    for (const axes of this.#loops)
      if (axes.length === extents.length && axes.every((axis, i) => axis.extent === extents[i])) return axes;
    const ordinal = this.#loops.reduce((sum, axes) => sum + axes.length, 0);
    const axes = extents.map((extent, i) => ({ name: `i${ordinal + i}`, extent }));
    this.#loops.push(axes);
    return axes;
  }

  readonly #loops: (readonly Axis[])[] = [];

  /** Takes a reducing node in, over loops of its own extents or of those given. */
  accumulate(node: Reducing, extents: readonly number[] = innerExtents(node)): readonly Axis[] {
    const over = this.innerAxes(extents);
    this.reducing.set(node, { over, inner: over });
    return over;
  }
}

/** The space of `group` that a space of another group of the same extents corresponds to. */
export function correspondingSpace(space: Space, group: Group): Space {
  const to = new Map<Axis, Axis>(space.group.parallel.map((axis, i) => [axis, group.parallel[i]!]));
  const inner = group.innerAxes(space.inner.map((axis) => axis.extent));
  space.inner.forEach((axis, i) => to.set(axis, inner[i]!));
  return group.space(
    space.axes.map((axis) => to.get(axis)!),
    inner,
    space.unrolled,
  );
}

/** Groups as a graph: an edge from each that must run before to each that runs after. */
export class GroupGraph {
  readonly groups: Group[] = [];
  #count = 0;
  readonly #algebra: IndexAlgebra;

  constructor(algebra: IndexAlgebra) {
    this.#algebra = algebra;
  }

  create(kind: Group['kind'], shape: Shape): Group {
    const group = new Group(this.#count++, kind, shape, this.#algebra);
    this.groups.push(group);
    return group;
  }

  /** Puts a group in another's place in the order. */
  replace(group: Group, by: Group): void {
    this.groups.splice(this.groups.indexOf(group), 1);
    for (const other of this.groups) if (other.next.delete(group)) this.before(other, by);
    for (const next of group.next) this.before(by, next);
  }

  before(first: Group, then: Group): void {
    if (first !== then) first.next.add(then);
  }

  /** Whether `from` must run before `to`, through any number of others; a group reaches itself. */
  reaches(from: Group, to: Group): boolean {
    const seen = new Set<Group>([from]);
    const stack = [from];
    for (let group = stack.pop(); group !== undefined; group = stack.pop()) {
      if (group === to) return true;
      for (const next of group.next)
        if (!seen.has(next)) {
          seen.add(next);
          stack.push(next);
        }
    }
    return false;
  }

  /** Whether all of `needed` (but `group` itself) may run before `group` and `group` before all of `users`. */
  admits(group: Group, needed: Iterable<Group>, users: Iterable<Group> = []): boolean {
    for (const one of needed) if (one !== group && this.reaches(group, one)) return false;
    for (const one of users) if (one !== group && this.reaches(one, group)) return false;
    return true;
  }
}

/** Row-major positions of a node's elements at the points of a space that has as many. */
export function indexAt(algebra: IndexAlgebra, node: Node, space: Space): Index[] {
  return algebra.unflatten(space.flat, node.shape);
}
