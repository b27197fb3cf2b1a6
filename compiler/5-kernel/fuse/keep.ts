/**
 * What a kernel stores for the others, as little as can be: of the nodes that other kernels read, those that follow
 * cheaply from fewer are computed again by their readers. A SiLU's backward pass wants the sum, its sigmoid and the
 * sigmoid's derivative; the sum is enough. A ReLU's wants a mask, and the activation is stored anyway.
 *
 * Before: nodes have homes. After: `repeated` says which of them readers compute for themselves.
 */
import { argumentsOf, sizeOf, type Node } from '../../4-tensor/ir.ts';
import { ops } from '../../ops/index.ts';
import { smallestCut } from './cut.ts';
import { baseOf, type Fusion } from './fusion.ts';
import type { Space } from './groups.ts';
import { isLeaf, isView } from './reads.ts';

/** An op that costs more is never repeated: random numbers. */
const dear = 40;
/** Operations that a reader spends at most on one value, where a load and a store are saved. */
const mostRepeated = 64;

/** Numbers so few that storing them costs nothing. */
const few = 16;

/** Nodes that their readers compute again from others of the same kernel. */
export function repeatedNodes(fusion: Fusion): ReadonlySet<Node> {
  const repeated = new Set<Node>();
  if (!fusion.has('recomputation')) return repeated;
  const spaces = new Map<Space, Node[]>();
  for (const node of fusion.nodes) {
    const home = fusion.home.get(node);
    if (home === undefined || fusion.refusals.stored.has(node)) continue;
    const known = spaces.get(home);
    if (known === undefined) spaces.set(home, [node]);
    else known.push(node);
  }
  for (const [space, nodes] of spaces) for (const node of repeatedIn(fusion, space, nodes)) repeated.add(node);
  return repeated;
}

function repeatedIn(fusion: Fusion, space: Space, nodes: readonly Node[]): Node[] {
  const members = new Set(nodes);
  const wanted = new Set(nodes.filter((node) => isReadElsewhere(fusion, node, space)));
  if (wanted.size === 0 || sizeOf(space.shape) <= few) return [];
  const parts = new Map<Node, readonly Node[] | undefined>();
  for (const node of nodes) parts.set(node, partsWithin(fusion, node, space, members));
  const given = new Set(nodes.filter((node) => parts.get(node) === undefined));
  const free = new Set(nodes.filter((node) => isStoredAnyway(fusion, node)));
  const from = (node: Node): readonly Node[] => parts.get(node) ?? [];
  const kept = smallestCut({ vertices: nodes, from, given, wanted, free });
  for (const node of free) kept.add(node);
  const found: Node[] = [];
  for (const node of wanted) {
    const way = between(node, from, kept);
    if (way.reduce((sum, one) => sum + costOf(one), 0) > mostRepeated) kept.add(node);
    else found.push(...way);
  }
  return found.filter((node) => !kept.has(node));
}

/** The nodes from which it follows at the same point; undefined where it does not follow cheaply from such. */
function partsWithin(fusion: Fusion, node: Node, space: Space, members: ReadonlySet<Node>): Node[] | undefined {
  if (node.kind !== 'map' || ops[node.op].cost > dear) return undefined;
  const found: Node[] = [];
  const visit = (arg: Node): boolean => {
    const base = baseOf(arg);
    const home = fusion.home.get(base);
    if (members.has(base)) {
      found.push(base);
      return sizeOf(base.shape) === sizeOf(arg.shape);
    }
    // Other points of the same kernel would have to be stored for it; what other kernels store is there to be read.
    if (home !== undefined) return home.group !== space.group;
    // A carried tensor may have been replaced by the time that a reader reads it.
    if (base.kind === 'input' && (base.source.kind === 'vector' || base.source.kind === 'state')) return false;
    if (isLeaf(base) || base.kind === 'pack') return true;
    if (base.kind === 'map' && ops[base.op].cost > dear) return false;
    return argumentsOf(base).every(visit);
  };
  return node.args.every(visit) ? found : undefined;
}

/** Nodes on the way from the kept ones to this one, itself included; none where it is kept. */
function between(node: Node, from: (node: Node) => readonly Node[], kept: ReadonlySet<Node>): Node[] {
  const way = new Set<Node>();
  const visit = (one: Node): void => {
    if (kept.has(one) || way.has(one)) return;
    way.add(one);
    from(one).forEach(visit);
  };
  visit(node);
  return [...way];
}

function costOf(node: Node): number {
  return node.kind === 'map' ? ops[node.op].cost : Infinity;
}

/** Whether some kernel but the space's reads the node, as far as homes are known. */
function isReadElsewhere(fusion: Fusion, node: Node, space: Space): boolean {
  return readersOf(fusion, node).some(
    (reader) => fusion.home.get(reader)?.group !== space.group && !fusion.partials.has(reader),
  );
}

/**
 * Whether the node has a place of its own, or readers would compute it many times over: a contraction for every tile, a
 * window for every place.
 */
function isStoredAnyway(fusion: Fusion, node: Node): boolean {
  if (fusion.outputs.has(node)) return true;
  const home = fusion.home.get(node)!;
  const isOperand = (one: Node): boolean =>
    isWindowed(fusion, one) ||
    readersOf(fusion, one).some((reader) => {
      if (reader.kind === 'pack') return true;
      if (reader.kind === 'contract') return fusion.home.get(reader)?.group !== home.group;
      return !fusion.home.has(reader) && isOperand(reader);
    });
  return isOperand(node);
}

/** Whether a window slides over the node or a view of it. */
function isWindowed(fusion: Fusion, node: Node): boolean {
  return fusion.users.get(node)!.some((user) => user.kind === 'window' || (isView(user) && isWindowed(fusion, user)));
}

/** Those who read a node or a view of it. */
function readersOf(fusion: Fusion, node: Node): Node[] {
  return fusion.users.get(node)!.flatMap((user) => (isView(user) ? readersOf(fusion, user) : [user]));
}
