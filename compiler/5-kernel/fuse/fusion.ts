/** What the passes of fusion share while they work on one function. */
import type { Builder } from '../../4-tensor/builder.ts';
import { argumentsOf, readBy, type Node, type NodeOf, type Output, type TensorFunction } from '../../4-tensor/ir.ts';
import type { FrozenLayout, ParameterLayout } from '../../4-tensor/program.ts';
import { Expressions } from './expressions.ts';
import { correspondingSpace, type Group, GroupGraph, type Space } from './groups.ts';
import { Opaque } from './opaque.ts';
import type { Partial } from './partial.ts';
import type { Piece } from './pieces.ts';
import { isView, type View } from './reads.ts';
import { findRiders, type Riders } from './riders.ts';

/** What fusion must know beside the function. */
export interface FuseContext {
  /** The builder of the function: its labels name kernels, and it makes the nodes of long reductions. */
  readonly builder: Builder;
  /** Where parameters lie in the vector 'parameters'. */
  readonly layout: ParameterLayout;
  /** Where tensors of finished runs lie in the vector 'frozen'. */
  readonly frozen?: FrozenLayout;
  /** What is left out of fusion; nothing where absent. */
  readonly without?: ReadonlySet<Piece>;
}

/** Decisions that broke a limit of the target and must not be made again. */
export interface Refusals {
  /** Nodes that may not be computed beside what they read. */
  readonly apart: ReadonlySet<Node>;
  /** Nodes that must be stored rather than computed where they are read. */
  readonly stored: ReadonlySet<Node>;
}

export class Fusion {
  readonly function: TensorFunction;
  readonly context: FuseContext;
  readonly refusals: Refusals;
  /** Live nodes, arguments first. */
  readonly nodes: readonly Node[];
  readonly users: ReadonlyMap<Node, readonly Node[]>;
  /** Nodes that a packed vector or a contraction waits for. */
  readonly upstream: ReadonlySet<Node>;
  readonly outputs: ReadonlyMap<Node, readonly Output[]>;
  readonly expressions = new Expressions();
  readonly opaque = new Opaque(this.expressions);
  readonly graph = new GroupGraph(this.expressions.index);
  /** Where a node is computed; absent: wherever it is read. */
  readonly home = new Map<Node, Space>();
  /** The groups that must have run before a node can be computed or loaded. */
  readonly needs = new Map<Node, ReadonlySet<Group>>();
  /** Reductions whose sum begins as partial sums in the kernel of their argument. */
  readonly partials = new Map<Node, Partial>();
  /** Sums computed beside a contraction that reads what they sum. */
  readonly riders: Riders;

  constructor(fn: TensorFunction, context: FuseContext, nodes: readonly Node[], refusals: Refusals) {
    this.function = fn;
    this.context = context;
    this.refusals = refusals;
    this.nodes = nodes;
    const users = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
    for (const node of nodes) for (const arg of new Set(readBy(node))) users.get(arg)!.push(node);
    this.users = users;
    this.riders = this.has('riding-sums') ? findRiders(nodes, users) : new Map();
    const upstream = new Set<Node>();
    for (const node of [...nodes].sort((a, b) => b.id - a.id))
      if (users.get(node)!.some((user) => user.kind === 'pack' || user.kind === 'contract' || upstream.has(user)))
        upstream.add(node);
    this.upstream = upstream;
    const outputs = new Map<Node, Output[]>();
    for (const output of fn.outputs) {
      const known = outputs.get(output.node);
      if (known === undefined) outputs.set(output.node, [output]);
      else known.push(output);
    }
    this.outputs = outputs;
  }

  /** Whether this piece of fusion is not left out. */
  has(piece: Piece): boolean {
    return !this.context.without?.has(piece);
  }

  labelOf(node: Node): string | undefined {
    return this.context.builder.labelOf(node);
  }

  /** The groups that any of these nodes needs. */
  needsOf(nodes: readonly Node[]): Set<Group> {
    const needs = new Set<Group>();
    for (const node of nodes) for (const group of this.needs.get(node) ?? []) needs.add(group);
    return needs;
  }

  /** Makes one group of two that no order binds and that have the same points: `from` becomes part of `into`. */
  merge(from: Group, into: Group): void {
    for (const [node, { inner }] of from.reducing) into.accumulate(node, inner.map((axis) => axis.extent)); // prettier-ignore
    for (const [node, space] of this.home)
      if (space.group === from) this.home.set(node, correspondingSpace(space, into));
    for (const space of from.spaces) correspondingSpace(space, into);
    for (const [node, needs] of this.needs)
      if (needs.has(from)) this.needs.set(node, new Set([...needs].map((group) => (group === from ? into : group))));
    this.graph.replace(from, into);
  }

  /** Puts a node into a space of a group, which then runs after all that the node needs. */
  settle(node: Node, space: Space): void {
    for (const group of this.needsOf(argumentsOf(node))) this.graph.before(group, space.group);
    this.home.set(node, space);
    this.needs.set(node, new Set([space.group]));
  }
}

function keepsAll(view: View): view is Exclude<View, NodeOf<'concat' | 'pad' | 'window' | 'diagonal'>> {
  return !['concat', 'pad', 'window', 'diagonal'].includes(view.kind);
}

/** The nearest node below views that keep every element: `node` itself where it is no view. */
export function baseOf(node: Node): Node {
  while (isView(node) && keepsAll(node)) node = node.arg;
  return node;
}
