/**
 * Which contractions share a kernel: those of one shape and one contracted extent that read the same operand (the mean
 * and the log-variance of an encoder), and those that are added up (the gradients that come back from both).
 */
import { sizeOf, type Node, type NodeOf } from '../../4-tensor/ir.ts';
import type { Fusion } from './fusion.ts';
import type { Group } from './groups.ts';
import { contractedLabels, innerExtents } from './reads.ts';

type Contract = NodeOf<'contract'>;

/** Two tiles of results fit a thread's registers whatever their width; more only while the rows are narrow. */
const mostProducts = 2;
const mostNarrowProducts = 4;
const narrow = 64;
/** Sharing an operand's loads pays while the other operand is not much more work than the loads. */
const widestShared = 128;

/** The group whose loop and points the contraction may share, if any. */
export function joinContraction(fusion: Fusion, node: Contract): Group | undefined {
  if (!fusion.has('shared-products') || fusion.refusals.apart.has(node)) return undefined;
  const needed = fusion.needsOf([node.a, node.b]);
  return fusion.graph.groups.find((group) => {
    const products = [...group.reducing.keys()].filter((other) => other.kind === 'contract');
    const columns = node.shape.at(-1) ?? 1;
    if (group.kind !== 'contract' || products.length >= (columns <= narrow ? mostNarrowProducts : mostProducts))
      return false;
    const fits = products.every((other) => sameSpace(other, node));
    const pays = products.some(
      (other) => (columns <= widestShared && sharesOperand(other, node)) || isAddedTo(fusion, node, other),
    );
    // What the contraction sums over is not yet known at the kernel's own points.
    return fits && pays && !needed.has(group) && fusion.graph.admits(group, needed);
  });
}

function sameSpace(a: Contract, b: Contract): boolean {
  return same(a.shape, b.shape) && same(innerExtents(a), innerExtents(b));
}

function sharesOperand(a: Contract, b: Contract): boolean {
  const [x, y] = [canonical(a), canonical(b)];
  return (a.a === b.a && same(x.a, y.a)) || (a.b === b.b && same(x.b, y.b));
}

/** Labels renamed by their order in the result, then among the contracted. */
function canonical(node: Contract): { readonly a: number[]; readonly b: number[] } {
  const order = [...node.labels, ...contractedLabels(node)];
  return { a: node.aLabels.map((label) => order.indexOf(label)), b: node.bLabels.map((label) => order.indexOf(label)) };
}

/** Whether the two meet in a sum: x + y, or (x + …) + y. */
function isAddedTo(fusion: Fusion, node: Contract, other: Contract): boolean {
  const sums = (root: Node): Set<Node> => {
    const found = new Set<Node>();
    const stack: Node[] = [root];
    for (let current = stack.pop(); current !== undefined; current = stack.pop())
      for (const user of fusion.users.get(current)!)
        if (user.kind === 'map' && user.op === 'add' && sizeOf(user.shape) === sizeOf(root.shape) && !found.has(user)) {
          found.add(user);
          stack.push(user);
        }
    return found;
  };
  const mine = sums(node);
  return [...sums(other)].some((sum) => mine.has(sum));
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}
