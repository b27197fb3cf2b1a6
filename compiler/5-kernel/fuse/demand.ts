/**
 * Second pass of fusion: walks from the outputs back and decides what is stored. A node wanted by another kernel than
 * its own is stored; a node without a home is computed where it is read if that is cheap, else it gets a home: the
 * kernel of a reader at the same point, or a pointwise kernel.
 *
 * Before: every reducing node has a home. After: every node that some kernel computes and stores has one, and `loads`
 * tells each kernel's direct reads of inputs.
 */
import { argumentsOf, sizeOf, type Node, type NodeOf, type Output } from '../../4-tensor/ir.ts';
import type { Index } from '../ir.ts';
import { cheap, inlineCosts, launchCost, loadCost, tileWidth } from './cost.ts';
import { baseOf, type Fusion } from './fusion.ts';
import { indexAt, type Group, type Space } from './groups.ts';
import { repeatedNodes } from './keep.ts';
import { summandIndex } from './partial.ts';
import { isLeaf, isView, readsOf } from './reads.ts';

/** A group evaluates a node at an index, `count` times in all. */
export interface Request {
  readonly group: Group;
  readonly index: readonly Index[];
  /** The row-major position that the index is. */
  readonly flat: Index;
  count: number;
}

/** A place outside the activations that a node's elements are stored to. */
export type Target =
  | { readonly kind: 'output'; readonly output: Output }
  | { readonly kind: 'part'; readonly pack: NodeOf<'pack'>; readonly offset: number };

export interface Demand {
  /** Nodes that other kernels load. */
  readonly stored: ReadonlySet<Node>;
  readonly targets: ReadonlyMap<Node, readonly Target[]>;
  /** Packed vectors that exist as such. */
  readonly packed: ReadonlySet<Node>;
  /** Groups that compute a stored node once more, because what they compute is needed to store it. */
  readonly repeated: ReadonlyMap<Node, ReadonlySet<Group>>;
  /** Who evaluates or loads each node. */
  readonly requests: ReadonlyMap<Node, readonly Request[]>;
}

export function demand(fusion: Fusion): Demand {
  const state = new Demands(fusion);
  for (const output of fusion.function.outputs) state.target(output.node, { kind: 'output', output });
  for (const node of [...fusion.nodes].sort((a, b) => b.id - a.id)) state.visit(node);
  return state;
}

class Demands implements Demand {
  readonly stored = new Set<Node>();
  readonly targets = new Map<Node, Target[]>();
  readonly requests = new Map<Node, Request[]>();
  readonly packed = new Set<Node>();
  readonly repeated = new Map<Node, Set<Group>>();
  readonly #fusion: Fusion;
  readonly #costs: ReadonlyMap<Node, number>;
  readonly #again: ReadonlySet<Node>;
  readonly #pointwise: Group[] = [];

  constructor(fusion: Fusion) {
    this.#fusion = fusion;
    this.#costs = inlineCosts(fusion);
    this.#again = repeatedNodes(fusion);
  }

  target(node: Node, target: Target): void {
    const known = this.targets.get(node);
    if (known === undefined) this.targets.set(node, [target]);
    else known.push(target);
  }

  visit(node: Node): void {
    let requests: readonly Request[] = this.requests.get(node) ?? [];
    const targets = this.targets.get(node) ?? [];
    if (requests.length === 0 && targets.length === 0) return;
    if (node.kind === 'pack') {
      this.#visitPack(node, requests, targets);
      return;
    }
    if (targets.length > 0 && node.kind === 'reshape') {
      // The same elements in the same order: what is below is stored instead.
      this.targets.delete(node);
      for (const target of targets) this.target(node.arg, target);
      for (const request of requests) this.#pass(node, request);
      return;
    }
    let home = this.#fusion.home.get(node);
    if (home === undefined) {
      const entangled = this.#entangled(node, requests);
      const free = requests.filter(({ group }) => !entangled.has(group));
      if (targets.length > 0 || this.#paysToStore(node, free)) {
        home = this.#settle(node, free);
        if (entangled.size > 0) this.repeated.set(node, entangled);
        for (const request of requests) if (entangled.has(request.group)) this.#pass(node, request);
        requests = free;
      }
    }
    if (home === undefined) {
      for (const request of requests) this.#pass(node, request);
      return;
    }
    const { group } = home;
    const foreign = requests.filter((request) => request.group !== group);
    if (isLeaf(node)) {
      // Every reader loads it for itself; its own kernel, which copies it to its targets, is one of them.
      this.#request(node, group, indexAt(this.#fusion.expressions.index, node, home), sizeOf(node.shape));
      return;
    }
    if (targets.length === 0 && this.#again.has(node)) for (const request of foreign) this.#pass(node, request);
    else if (foreign.length > 0) this.stored.add(node);
    if (this.stored.has(node) || targets.length > 0 || foreign.length < requests.length) {
      const index = indexAt(this.#fusion.expressions.index, node, home);
      this.#pass(node, { group, index, flat: home.flat, count: sizeOf(home.shape) });
    }
  }

  /** Parts are stored straight into the packed vector, those of a vector within a vector into the outer one. */
  #visitPack(node: NodeOf<'pack'>, requests: readonly Request[], targets: readonly Target[]): void {
    const whole = requests.length > 0 || targets.some(({ kind }) => kind === 'output');
    if (whole) this.packed.add(node);
    node.parts.forEach((part, i) => {
      if (isZero(part)) return;
      const offset = node.offsets[i]!;
      if (whole) this.target(part, { kind: 'part', pack: node, offset });
      for (const target of targets)
        if (target.kind === 'part') this.target(part, { ...target, offset: target.offset + offset });
    });
  }

  /** Readers whose own work the node needs: they cannot wait for it to be stored. */
  #entangled(node: Node, requests: readonly Request[]): Set<Group> {
    const needed = this.#fusion.needsOf(argumentsOf(node));
    const found = new Set<Group>();
    for (const { group } of requests)
      for (const one of needed) if (this.#fusion.graph.reaches(group, one)) found.add(group);
    return found;
  }

  /** Asks the node's arguments for what computing it takes. */
  #pass(node: Node, request: Request): void {
    const { expressions, opaque } = this.#fusion;
    const { group, index, count } = request;
    const partial = this.#fusion.partials.get(node);
    if (partial !== undefined) {
      const { summand, space } = partial;
      this.#request(summand, space.group, summandIndex(this.#fusion, partial), sizeOf(space.shape));
      return;
    }
    const isReducing = node.kind === 'contract' || node.kind === 'reduce' || node.kind === 'scatter';
    const inner = isReducing ? group.reducing.get(node)!.inner : [];
    readsOf(expressions, opaque, node, index, inner).forEach((read, i) => {
      this.#request(read.node, group, read.index, isReducing ? countOf(node, i) : count);
    });
  }

  #request(node: Node, group: Group, index: readonly Index[], count: number): void {
    const { index: algebra } = this.#fusion.expressions;
    let known = this.requests.get(node);
    if (known === undefined) this.requests.set(node, (known = []));
    const flat = algebra.flatten(index, node.shape);
    const same = known.find(
      (request) => request.group === group && request.index.every((part, axis) => part === index[axis]),
    );
    if (same === undefined) known.push({ group, index, flat, count });
    else same.count += count;
  }

  #paysToStore(node: Node, requests: readonly Request[]): boolean {
    if (this.#fusion.refusals.stored.has(node)) return true;
    if (isView(node) || isLeaf(node)) return false;
    if (!this.#fusion.has('prologues') && node.kind === 'map' && sizeOf(node.shape) > 1) return requests.length > 0;
    const cost = this.#costs.get(node)!;
    const count = requests.reduce((sum, request) => sum + request.count, 0);
    const size = sizeOf(node.shape);
    if (cost <= cheap || node.kind === 'batch') return false;
    const launch = this.#adopter(node, requests) === undefined ? launchCost : 0;
    return count * cost > size * (cost + loadCost) + count * loadCost + launch;
  }

  /** A kernel that evaluates the node at its own points anyway, and runs before every other reader. */
  #adopter(node: Node, requests: readonly Request[]): Space | undefined {
    const { graph, refusals } = this.#fusion;
    if (refusals.apart.has(node)) return undefined;
    const readers = this.#readers(node, requests);
    const waiting = this.#packReaders(node);
    for (const { group } of requests) {
      if (waiting.has(group)) continue;
      const [flat, ...others] = new Set(requests.filter((request) => request.group === group).map((one) => one.flat));
      const space = group.spaces.find((one) => one.flat === flat && sizeOf(one.shape) === sizeOf(node.shape));
      if (space !== undefined && others.length === 0 && graph.admits(group, [], readers)) return space;
    }
    return undefined;
  }

  /** The groups that load the node, or a packed vector that it is part of. */
  #readers(node: Node, requests: readonly Request[]): Set<Group> {
    return new Set([...requests.map((request) => request.group), ...this.#packReaders(node)]);
  }

  #packReaders(node: Node): Set<Group> {
    const readers = new Set<Group>();
    for (const target of this.targets.get(node) ?? [])
      if (target.kind === 'part') for (const { group } of this.requests.get(target.pack) ?? []) readers.add(group);
    return readers;
  }

  #settle(node: Node, requests: readonly Request[]): Space {
    const { graph } = this.#fusion;
    const readers = this.#readers(node, requests);
    let space = this.#adopter(node, requests);
    if (space === undefined) {
      const needed = this.#fusion.needsOf(argumentsOf(node));
      const size = sizeOf(node.shape);
      const refused = this.#fusion.refusals.apart.has(node);
      let group = refused
        ? undefined
        : this.#pointwise.find((one) => one.points === size && !readers.has(one) && graph.admits(one, needed, readers));
      if (group === undefined) {
        group = graph.create('points', node.shape);
        this.#pointwise.push(group);
      }
      space = group.base;
    }
    this.#fusion.settle(node, space);
    for (const reader of readers) graph.before(space.group, reader);
    return space;
  }
}

/** How often a reducing node's i-th argument is evaluated. */
function countOf(node: Node & { readonly kind: 'contract' | 'reduce' | 'scatter' }, i: number): number {
  if (node.kind === 'reduce') return sizeOf(node.arg.shape);
  if (node.kind === 'scatter') return sizeOf(node.indices.shape) * sizeOf(node.shape);
  const [mine, labels, others] = i === 0 ? [node.a, node.aLabels, node.bLabels] : [node.b, node.bLabels, node.aLabels];
  const free = node.labels.filter((label) => others.includes(label) && !labels.includes(label));
  const repeats = free.reduce((product, label) => product * node.shape[node.labels.indexOf(label)]!, 1);
  return sizeOf(mine.shape) * Math.ceil(repeats / tileWidth);
}

/** Zeros need no store: the gaps of a packed vector are zero already. */
function isZero(node: Node): boolean {
  const base = baseOf(node);
  return base.kind === 'constant' && base.value === 0;
}
