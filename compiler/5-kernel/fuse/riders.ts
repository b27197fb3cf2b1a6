/**
 * Sums that ride along with a contraction: the bias gradient, Σ over the rows of dY, beside the weight gradient Xᵀ dY,
 * which reads the same dY over the same rows anyway.
 */
import { argumentsOf, type Node, type NodeOf } from '../../4-tensor/ir.ts';
import type { Axis } from '../ir.ts';
import type { Fusion } from './fusion.ts';
import type { Group, Space } from './groups.ts';
import { contractedLabels } from './reads.ts';

/** The contraction that each such sum waits for. */
export type Riders = ReadonlyMap<Node, NodeOf<'contract'>>;

export function findRiders(nodes: readonly Node[], users: ReadonlyMap<Node, readonly Node[]>): Riders {
  const riders = new Map<Node, NodeOf<'contract'>>();
  for (const node of nodes) {
    if (node.kind !== 'reduce' || node.op !== 'sum') continue;
    const carrier = contractionsOf(node.arg, users).find(
      (user) => carries(user, node) && !skipsTerms(user) && !depends(user, node),
    );
    if (carrier !== undefined) riders.set(node, carrier);
  }
  return riders;
}

/** Whether most terms of the contraction are zero and left out: a sum beside it would need them all. */
function skipsTerms({ a, b, aLabels, bLabels, labels }: NodeOf<'contract'>): boolean {
  const skips = (operand: Node, own: readonly number[]): boolean =>
    operand.kind === 'window' &&
    operand.windows.some(({ axis, divisor }, i) => {
      const [position, place] = [own[axis]!, own[operand.arg.shape.length + i]!];
      return divisor > 1 && (!labels.includes(position) || !labels.includes(place));
    });
  return skips(a, aLabels) || skips(b, bLabels);
}

/** Maps that a sum's argument may pass through before a contraction reads it. */
const longestWay = 6;

/** The contractions that read a node, or what is computed from it at the same point: a factor, a mask. */
function contractionsOf(node: Node, users: ReadonlyMap<Node, readonly Node[]>): NodeOf<'contract'>[] {
  const found: NodeOf<'contract'>[] = [];
  let level: readonly Node[] = [node];
  for (let way = 0; way < longestWay && level.length > 0; way++) {
    const next = level.flatMap((one) => users.get(one) ?? []);
    for (const user of next) if (user.kind === 'contract' && !found.includes(user)) found.push(user);
    level = [...new Set(next.filter((user) => user.kind === 'map'))];
  }
  return found;
}

/** Whether an operand is the node, or computed from it at the same point. */
function isOf(operand: Node, node: Node, way = longestWay): boolean {
  if (operand === node) return true;
  return way > 0 && operand.kind === 'map' && operand.args.some((arg) => isOf(arg, node, way - 1));
}

/** Nodes so that every one comes after its arguments, and a rider after its contraction; otherwise by ordinal. */
export function orderWithRiders(nodes: readonly Node[], riders: Riders): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const waits = (node: Node): boolean => {
    const carrier = riders.get(node);
    return (carrier !== undefined && !done.has(carrier)) || argumentsOf(node).some((arg) => !done.has(arg));
  };
  let pending = nodes;
  while (pending.length > 0) {
    const later: Node[] = [];
    for (const node of pending)
      if (waits(node)) later.push(node);
      else {
        order.push(node);
        done.add(node);
      }
    if (later.length === pending.length) throw new Error('kernel IR: sums wait for each other');
    pending = later;
  }
  return order;
}

/** Where the sum is computed in the contraction's kernel: at the columns (or rows) that its argument has. */
export function riderSpace(group: Group, carrier: NodeOf<'contract'>, node: NodeOf<'reduce'>): Space {
  const labels = labelsOfOperand(carrier, node.arg);
  const kept = labels.filter((label) => carrier.labels.includes(label));
  return group.space(
    kept.map((label) => group.parallel[carrier.labels.indexOf(label)]!),
    [],
  );
}

/** The contraction's loop in the order of the sum's reduced axes. */
export function riderLoop(fusion: Fusion, group: Group, carrier: NodeOf<'contract'>, node: NodeOf<'reduce'>): void {
  const { over, inner } = group.reducing.get(carrier)!;
  const contracted = contractedLabels(carrier);
  const labels = labelsOfOperand(carrier, node.arg);
  const mine = node.axes.map((axis): Axis => inner[contracted.indexOf(labels[axis]!)]!);
  group.reducing.set(node, { over, inner: mine });
  fusion.settle(node, riderSpace(group, carrier, node));
}

function labelsOfOperand(carrier: NodeOf<'contract'>, operand: Node): readonly number[] {
  return isOf(carrier.a, operand) ? carrier.aLabels : carrier.bLabels;
}

/** Whether the sum is over just the labels that the contraction sums, of one of its operands. */
function carries(carrier: NodeOf<'contract'>, node: NodeOf<'reduce'>): boolean {
  const labels = labelsOfOperand(carrier, node.arg);
  const contracted = contractedLabels(carrier);
  const own = labels.filter((label, axis) => carrier.labels.includes(label) && node.arg.shape[axis]! > 1);
  return (
    !(isOf(carrier.a, node.arg) && isOf(carrier.b, node.arg)) &&
    own.length > 0 &&
    node.axes.length === contracted.length &&
    node.axes.every((axis) => contracted.includes(labels[axis]!))
  );
}

function depends(node: Node, on: Node): boolean {
  const seen = new Set<Node>();
  const stack = [node];
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    if (current === on) return true;
    if (current.id < on.id || seen.has(current)) continue;
    seen.add(current);
    stack.push(...argumentsOf(current));
  }
  return false;
}
