/** The model by which fusion chooses between computing a value again and storing it: rough counts of operations. */
import { sizeOf, type Node } from '../../4-tensor/ir.ts';
import { ops } from '../../ops/index.ts';
import type { Fusion } from './fusion.ts';
import { isView } from './reads.ts';

/** A load from memory, in multiply-adds. */
export const loadCost = 2;
/** What is this cheap is always computed where it is read: a load with a factor. */
export const cheap = 6;
/** A kernel more, in the same unit: its launch. */
export const launchCost = 400_000;
/** Columns of a contraction that share one load of the other operand. */
export const tileWidth = 32;
/** What costs more than this and has several readers, or larger ones, is surely stored. */
const dear = 40;

/**
 * Operations to compute one element where it is read, for each node, loading what has a home or is too dear to repeat;
 * arguments before users.
 */
export function inlineCosts(fusion: Fusion): ReadonlyMap<Node, number> {
  const costs = new Map<Node, number>();
  /** What a reader pays. */
  const read = (node: Node): number => {
    const cost = costs.get(node)!;
    const users = fusion.users.get(node)!;
    const isRepeated = users.length > 1 || users.some((user) => sizeOf(user.shape) >= 2 * sizeOf(node.shape));
    return cost > dear && isRepeated ? loadCost : cost;
  };
  for (const node of fusion.nodes) costs.set(node, fusion.home.has(node) ? loadCost : costOf(node, read));
  return costs;
}

function costOf(node: Node, read: (arg: Node) => number): number {
  if (isView(node)) {
    if (node.kind === 'concat') return 1 + node.args.reduce((sum, arg) => sum + read(arg), 0);
    return read(node.arg) + (node.kind === 'pad' || node.kind === 'window' ? 1 : 0);
  }
  switch (node.kind) {
    case 'constant':
    case 'iota':
      return 0;
    case 'array':
    case 'pack':
      return loadCost;
    case 'input':
      return node.source.kind === 'uniform' ? 0 : loadCost;
    case 'batch':
      // The row is the same along a loop.
      return loadCost + Math.max(0, read(node.rows) - loadCost);
    case 'take':
      return read(node.table) + Math.max(0, read(node.indices) - loadCost);
    case 'map':
      return node.args.reduce((sum, arg) => sum + read(arg), ops[node.op].cost);
    case 'contract':
    case 'reduce':
    case 'scatter':
      return loadCost;
  }
}
