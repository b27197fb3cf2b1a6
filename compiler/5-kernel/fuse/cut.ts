/** The smallest set of vertices that parts what is given from what is wanted: a minimum vertex cut by maximum flow. */

export interface CutProblem<V> {
  readonly vertices: readonly V[];
  /** What a vertex is made from; nothing for what is given. */
  readonly from: (vertex: V) => readonly V[];
  readonly given: ReadonlySet<V>;
  readonly wanted: ReadonlySet<V>;
  /** Vertices that may be in the cut for nothing. */
  readonly free: ReadonlySet<V>;
}

/**
 * Vertices from which all that is wanted can be made: as few as can be beside the free ones, and of all such sets the
 * one nearest to what is wanted, which may be in it itself. Ford & Fulkerson (1956), on each vertex cut in two.
 */
export function smallestCut<V>({ vertices, from, given, wanted, free }: CutProblem<V>): Set<V> {
  const network = new Network(2 * vertices.length + 2);
  const [source, sink] = [2 * vertices.length, 2 * vertices.length + 1];
  const ordinal = new Map<V, number>(vertices.map((vertex, i) => [vertex, i]));
  vertices.forEach((vertex, i) => {
    const [before, after] = [2 * i, 2 * i + 1];
    network.arc(before, after, free.has(vertex) ? 0 : 1);
    if (given.has(vertex)) network.arc(source, before, Infinity);
    else for (const part of from(vertex)) network.arc(2 * ordinal.get(part)! + 1, before, Infinity);
    if (wanted.has(vertex)) network.arc(after, sink, Infinity);
  });
  while (network.augment(source, sink));
  const near = network.reaching(sink);
  return new Set(vertices.filter((_, i) => near.has(2 * i + 1) && !near.has(2 * i)));
}

interface Arc {
  readonly to: number;
  capacity: number;
  readonly reverse: Arc | undefined;
}

class Network {
  readonly #arcs: (Arc & { reverse: Arc })[][];

  constructor(size: number) {
    this.#arcs = Array.from({ length: size }, () => []);
  }

  arc(from: number, to: number, capacity: number): void {
    const there: { to: number; capacity: number; reverse?: Arc } = { to, capacity };
    const back = { to: from, capacity: 0, reverse: there as Arc };
    there.reverse = back;
    this.#arcs[from]!.push(there as Arc & { reverse: Arc });
    this.#arcs[to]!.push(back);
  }

  /** Sends one more along the shortest way that has room; false where there is none. */
  augment(source: number, sink: number): boolean {
    const by = new Map<number, Arc & { reverse: Arc }>();
    const queue = [source];
    for (const at of queue)
      for (const arc of this.#arcs[at]!)
        if (arc.capacity > 0 && arc.to !== source && !by.has(arc.to)) {
          by.set(arc.to, arc);
          queue.push(arc.to);
        }
    if (!by.has(sink)) return false;
    for (let at = sink; at !== source;) {
      const arc = by.get(at)!;
      arc.capacity -= 1;
      arc.reverse.capacity += 1;
      at = arc.reverse.to;
    }
    return true;
  }

  /** The vertices from which the sink is reached along arcs with room. */
  reaching(sink: number): Set<number> {
    const found = new Set([sink]);
    for (const at of found) for (const { to, reverse } of this.#arcs[at]!) if (reverse.capacity > 0) found.add(to);
    return found;
  }
}
