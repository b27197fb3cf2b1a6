/**
 * Simplifies by the laws of algebra until none applies.
 *
 * Before: any function. After: the same values, but for rounding, by less work; a second run changes nothing. A uniform
 * is never folded, also where it is 0.
 * Example: log(exp(0.5 * logvar)) * 2 becomes logvar.
 *
 * Every law makes the expression, taken as a tree, lighter: fewer scalar operations, or as many on smaller tensors, or
 * the same with negations further out and constants further right. So the laws cannot loop; a budget stands behind
 * that all the same.
 */
import type { Builder } from '../builder.ts';
import { argumentsOf, topological, type Node, type TensorFunction } from '../ir.ts';
import { passLabel, withArguments, withOutputs } from './rebuild.ts';
import { kindRules, mapRules } from './simplify/index.ts';
import type { Rule, Uses } from './simplify/rule.ts';

export interface SimplifyOptions {
  /** Hears of every rewriting, for explanations and tests. */
  readonly onRewrite?: (law: string, before: Node, after: Node) => void;
  /** Most rewritings of one run; beyond it the function stays as it is by then. */
  readonly budget?: number;
}

/** More than any function needs: a guard against laws that undo each other. */
const rewritingsPerNode = 50;

export function simplify(b: Builder, fn: TensorFunction, options: SimplifyOptions = {}): TensorFunction {
  const roots = fn.outputs.map((output) => output.node);
  const simple = new Map(simplifyNodes(b, roots, options).map((node, i) => [roots[i]!, node]));
  return withOutputs(fn, (node) => simple.get(node)!);
}

/** The same for nodes that make no function yet: before differentiation, so that 1 / p of p = sigmoid(x) never is. */
export function simplifyNodes(b: Builder, nodes: readonly Node[], options: SimplifyOptions = {}): Node[] {
  let left = options.budget ?? rewritingsPerNode * (100 + topological(nodes).length);
  const rewriteOnce = (node: Node, uses: Uses): Node | undefined => {
    if (left <= 0) return undefined;
    for (const { law, rewrite } of rulesOf(node)) {
      const result = rewrite(b, node, uses);
      if (result === undefined) continue;
      left--;
      options.onRewrite?.(law, node, result);
      return result;
    }
    return undefined;
  };
  // Some laws ask how often a node is used, which only a whole pass settles.
  for (let current = [...nodes]; ;) {
    const normal = normalForms(b, current, rewriteOnce);
    const next = current.map((node) => normal.get(node)!);
    if (next.every((node, i) => node === current[i])) return next;
    current = next;
  }
}

function rulesOf(node: Node): readonly Rule[] {
  return (node.kind === 'map' ? mapRules[node.op] : kindRules[node.kind]) ?? [];
}

function countUses(roots: readonly Node[]): Uses {
  const uses = new Map<Node, number>();
  const use = (node: Node): unknown => uses.set(node, (uses.get(node) ?? 0) + 1);
  roots.forEach(use);
  topological(roots).forEach((node) => argumentsOf(node).forEach(use));
  return uses;
}

/** The normal form of everything the roots reach. A stack of our own, because graphs are deep. */
function normalForms(
  b: Builder,
  roots: readonly Node[],
  rewriteOnce: (node: Node, uses: Uses) => Node | undefined,
): ReadonlyMap<Node, Node> {
  const uses = countUses(roots);
  const normal = new Map<Node, Node>();
  /** What a node has been rewritten to, while that is not in normal form yet. */
  const rewritten = new Map<Node, Node>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (normal.has(node)) {
      stack.pop();
      continue;
    }
    let next = rewritten.get(node);
    if (next === undefined) {
      const args = argumentsOf(node);
      const missing = args.filter((arg) => !normal.has(arg));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      const again = withArguments(
        b,
        node,
        args.map((arg) => normal.get(arg)!),
      );
      next = again !== node ? again : rewriteOnce(node, uses);
      if (next === undefined) {
        normal.set(node, node);
        continue;
      }
      rewritten.set(node, next);
    }
    const result = normal.get(next);
    if (result === undefined) stack.push(next);
    else {
      passLabel(b, node, result);
      normal.set(node, result);
    }
  }
  return normal;
}
