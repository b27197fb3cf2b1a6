/**
 * Keeps less of the way to the loss for its derivatives: of the nodes that a gradient reads, those within a level are
 * computed anew from what crosses into it (Chen et al., 2016, Training deep nets with sublinear memory cost). A level is
 * `period` contractions deep.
 *
 * Before: every derivative has been taken, and nothing will be simplified any more. After: the same values; a node that
 * is computed anew waits until the gradient has come as far as its level.
 *
 *     h1 = f(x)  h2 = f(h1)  g1 = f'(h1) g2   ->   h1' = f(x again, after g2)  g1 = f'(h1') g2
 */
import type { Builder } from '../builder.ts';
import { argumentsOf, sizeOf, topological, type Node, type NodeOf, type TensorFunction } from '../ir.ts';
import { passLabel, withArguments, withOutputs } from './rebuild.ts';

/** Fewer numbers are kept whatever they cost. */
const few = 16;

export interface Recomputed {
  readonly function: TensorFunction;
  /** Contractions that are computed a second time, and their floating-point operations. */
  readonly contractions: number;
  readonly flops: number;
}

/** How many contractions lie on the longest way to the loss: periods of that and above change nothing. */
export function depthOf(fn: TensorFunction): number {
  return 1 + Math.max(0, ...levelsOf(forwardOf(fn), 1).values());
}

export function recompute(b: Builder, fn: TensorFunction, period: number): Recomputed {
  const forward = forwardOf(fn);
  const levels = levelsOf(forward, period);
  const last = Math.max(0, ...levels.values());
  const nodes = topological(fn.outputs.map(({ node }) => node));
  const afters = aftersOf(nodes, forward, levels);
  const crossing = crossingOf(forward, levels);
  const anew = new Map<Node, Node>();
  let [contractions, flops] = [0, 0];

  /** The node as a gradient reads it: computed anew where its level is, itself elsewhere. */
  const cloned = (root: Node): Node => {
    const level = levels.get(root)!;
    const after = afters.get(level);
    if (level === last || after === undefined || crossing.has(root) || !isLarge(root)) return root;
    const stack = [root];
    while (stack.length > 0) {
      const node = stack.at(-1)!;
      const missing = argumentsOf(node).filter((arg) => isWithin(arg, level) && !anew.has(arg));
      if (!anew.has(node) && missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (anew.has(node)) continue;
      const args = argumentsOf(node).map((arg) => {
        if (isWithin(arg, level)) return anew.get(arg)!;
        return isLarge(arg) ? b.again(arg, after) : arg;
      });
      const made = withArguments(b, node, args);
      passLabel(b, node, made);
      if (made !== node && node.kind === 'contract') {
        contractions++;
        flops += 2 * flopsOf(node);
      }
      anew.set(node, made);
    }
    return anew.get(root)!;
  };
  /** Computed within the level, rather than read by it. */
  const isWithin = (node: Node, level: number): boolean =>
    levels.get(node) === level && !crossing.has(node) && argumentsOf(node).length > 0;

  const made = new Map<Node, Node>();
  for (const node of nodes) {
    if (forward.has(node)) {
      made.set(node, node);
      continue;
    }
    const args = argumentsOf(node).map((arg) => (forward.has(arg) ? cloned(arg) : made.get(arg)!));
    const own = withArguments(b, node, args);
    passLabel(b, node, own);
    made.set(node, own);
    // The nodes of the gradient are made anew as well.
    for (const [level, after] of afters) if (after === node) afters.set(level, own);
  }
  return { function: withOutputs(fn, (node) => made.get(node)!), contractions, flops };
}

/** What is computed on the way to a result, but for results of the gradient itself (its norm). */
function forwardOf(fn: TensorFunction): ReadonlySet<Node> {
  const packed = new Set<Node>();
  for (const node of topological(fn.outputs.map((output) => output.node)))
    if (node.kind === 'pack' || argumentsOf(node).some((arg) => packed.has(arg))) packed.add(node);
  const results = fn.outputs.filter(({ target, node }) => target.kind === 'result' && !packed.has(node));
  return new Set(topological(results.map(({ node }) => node)));
}

/** Each node's level: how many contractions lie before it and at it, over the period. */
function levelsOf(forward: ReadonlySet<Node>, period: number): Map<Node, number> {
  const depths = new Map<Node, number>();
  for (const node of forward)
    depths.set(
      node,
      Math.max(0, ...argumentsOf(node).map((arg) => depths.get(arg)!)) + (node.kind === 'contract' ? 1 : 0),
    );
  return new Map([...depths].map(([node, depth]) => [node, Math.floor(Math.max(0, depth - 1) / period)]));
}

/** Nodes that a later level is computed from: those are kept. */
function crossingOf(forward: ReadonlySet<Node>, levels: ReadonlyMap<Node, number>): ReadonlySet<Node> {
  const crossing = new Set<Node>();
  for (const node of forward)
    for (const arg of argumentsOf(node)) if (levels.get(arg)! < levels.get(node)!) crossing.add(arg);
  return crossing;
}

/**
 * For each level the last node of the gradient that needs nothing of that level or of one before: once it has been
 * computed, the gradient stands at the level's end.
 */
function aftersOf(
  nodes: readonly Node[],
  forward: ReadonlySet<Node>,
  levels: ReadonlyMap<Node, number>,
): Map<number, Node> {
  const least = new Map<Node, number>();
  const afters = new Map<number, Node>();
  for (const node of nodes) {
    if (forward.has(node)) continue;
    const read = argumentsOf(node).flatMap((arg) => {
      if (!forward.has(arg)) return [least.get(arg)!];
      return isLarge(arg) && argumentsOf(arg).length > 0 ? [levels.get(arg)!] : [];
    });
    const reached = Math.min(Infinity, ...read);
    least.set(node, reached);
    if (reached !== Infinity && isLarge(node)) for (let level = 0; level < reached; level++) afters.set(level, node);
  }
  return afters;
}

/** Multiply-adds. */
function flopsOf({ a, b, aLabels, bLabels }: NodeOf<'contract'>): number {
  const extents = new Map([...aLabels.entries()].map(([i, label]) => [label, a.shape[i]!]));
  bLabels.forEach((label, i) => extents.set(label, b.shape[i]!));
  return sizeOf([...extents.values()]);
}

function isLarge(node: Node): boolean {
  return sizeOf(node.shape) > few;
}
