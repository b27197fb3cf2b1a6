/** Nodes as a list, for plans: text of the list keeps what nodes share, where text of the nodes would repeat it. */
import { topological, type Node } from './ir.ts';

/** Arguments stand before their users. An argument is written `{ at: i }`, the place in the list. */
export interface Graph {
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  /** Places of the nodes that were asked for. */
  readonly roots: readonly number[];
}

/** The graph of these nodes. Their ids are left out, so that equal graphs have equal texts. */
export function graphOf(roots: readonly Node[]): Graph {
  const nodes = topological(roots);
  const places = new Map<unknown, number>(nodes.map((node, i) => [node, i]));
  const placed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(placed);
    const at = places.get(value);
    return at === undefined ? value : { at };
  };
  const written = nodes.map(({ id: _, ...node }) =>
    Object.fromEntries(Object.entries(node).map(([name, value]) => [name, placed(value)])),
  );
  return { nodes: written, roots: roots.map((root) => places.get(root)!) };
}

/** The nodes of a graph, in the order of its roots; their ids are their places. */
export function nodesOf({ nodes: written, roots }: Graph): readonly Node[] {
  const nodes: Node[] = [];
  const found = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(found);
    return isPlace(value) ? nodes[value.at] : value;
  };
  written.forEach((node, id) => {
    const fields = Object.entries(node).map(([name, value]) => [name, found(value)]);
    nodes.push({ id, ...Object.fromEntries(fields) } as Node);
  });
  return roots.map((root) => nodes[root]!);
}

function isPlace(value: unknown): value is { readonly at: number } {
  return typeof value === 'object' && value !== null && 'at' in value;
}
