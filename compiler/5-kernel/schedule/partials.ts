/** Partial sums along the columns of a tile: lanes that share a segment add up what each has of it. */
import type { Store } from '../ir.ts';
import type { Expr } from './loops.ts';
import type { Lanes, Tile } from './operands.ts';
import { across, combined, neutral, scalarOf } from './phases.ts';
import { pointAt, within, type Point } from './point.ts';
import type { Contraction } from './contraction.ts';
import type { Values } from './values.ts';

/** Whether tiles of `lanes` fours hold whole segments of every partial store. */
export function segmentsFit({ column, epilogue }: Contraction, lanes: number): boolean {
  const partials = epilogue.flatMap(({ stores }) => stores.flatMap(({ partial }) => partial ?? []));
  return partials.every(({ axis, segment }) => axis === column && segment % 4 === 0 && (4 * lanes) % segment === 0);
}

/**
 * Runs `rows`, which calls back at each row of the tile with its point, and stores the partial sums of the row: at
 * once where the subgroup is as wide as a segment, else after all rows, by way of workgroup memory.
 */
export function writePartials(
  values: Values,
  tile: Tile,
  lanes: Lanes,
  stores: readonly Store[],
  rows: (body: (r: Expr, point: Point) => void) => void,
): void {
  const partials = stores.flatMap((store) =>
    store.partial === undefined ? [] : [{ ...store, partial: store.partial }],
  );
  const { emitter } = values;
  const { make } = emitter;
  if (tile.team !== undefined && partials.every(({ partial }) => partial.segment === 4 * lanes.lanes)) {
    const { lane } = tile.team;
    rows((_, point) => {
      for (const store of partials) {
        const total = emitter.let('total', make.combine(store.partial.op, ownPart(values, tile, lanes, store, point)));
        const first = make.builtin('eq', 'bool', lane, make.u32(0));
        emitter.when(first, () => storeEntry(values, tile.contraction, store, total, make.place('group.x'), point));
      }
    });
    return;
  }
  const own = make.place('lane');
  const width = lanes.lanes * lanes.bands;
  const arrays = partials.map((store) =>
    emitter.workgroupArray(`${store.tensor.name}_parts`, scalarOf(store.value), 1, tile.rows * width),
  );
  rows((r, point) => {
    partials.forEach((store, i) => {
      const part = ownPart(values, tile, lanes, store, point);
      emitter.put(arrays[i]!, make.add(make.mul(r, make.u32(width)), own), part);
    });
  });
  if (partials.length === 0) return;
  emitter.barrier();
  // Lane l of the segment adds up the rows l, l + lanes, …
  partials.forEach((store, i) => {
    const share = store.partial.segment / 4;
    const lane = lanes.bands === 1 ? own : make.rem(own, lanes.lanes);
    const mine = make.rem(lane, share);
    emitter.loop('r', mine, make.u32(tile.rows), make.u32(share), (r) => {
      const first = make.add(make.mul(r, make.u32(width)), make.sub(own, mine));
      const parts = Array.from({ length: share }, (_, l) => make.element(arrays[i]!, make.add(first, make.u32(l))));
      const total = emitter.let(
        'total',
        inPairs(parts, (a, b) => combined(emitter, store.partial.op, a, b)),
      );
      const perGroup = lanes.lanes / share;
      const inGroup = perGroup === 1 ? make.u32(0) : make.div(lane, share);
      const entry = make.add(make.mul(make.place('group.x'), make.u32(perGroup)), inGroup);
      const position = make.add(tile.firstRow, r);
      const point = within(tile.base, [[tile.contraction.row.name, position]]);
      const edge = tile.contraction.column.extent % (4 * lanes.lanes) === 0;
      const inColumns = edge
        ? undefined
        : make.less(make.mul(entry, make.u32(store.partial.segment)), values.extents.of(tile.contraction.column));
      const inRows = rowInside(values, tile, r);
      const put = (): void => storeEntry(values, tile.contraction, store, total, entry, point);
      const conditions = [inRows, inColumns].flatMap((one) => one ?? []);
      const [a, b] = conditions;
      if (a === undefined) put();
      else emitter.when(b === undefined ? a : make.builtin('and', 'bool', a, b), put);
    });
  });
}

export type PartialStore = Store & { readonly partial: NonNullable<Store['partial']> };

/** What this lane's four columns add to the segment together. */
export function ownPart(values: Values, tile: Tile, lanes: Lanes, store: PartialStore, point: Point): Expr {
  return across(values.emitter, 'part', ownParts(values, tile, lanes, store, point), store.partial.op);
}

/** What each of this lane's four columns adds to the segment; nothing where it lies past the edge. */
export function ownParts(values: Values, tile: Tile, { quad, lanes }: Lanes, store: PartialStore, point: Point): Expr {
  const { emitter, extents } = values;
  const { make } = emitter;
  const { column } = tile.contraction;
  const value = make.widen(values.at(store.value, point), 4);
  if (column.extent % (4 * lanes) === 0) return value;
  const start = neutral(store.partial.op, scalarOf(store.value));
  const nothing = make.literal(start.value, start.scalar);
  if (column.extent % 4 === 0) {
    const inside = make.less(quad, extents.quarterOf(column));
    return emitter.let('inside', make.builtin('select', start.scalar, inside, value, nothing));
  }
  const [a, b, c, d] = [0, 1, 2, 3].map((c) => make.u32(c)) as [Expr, Expr, Expr, Expr];
  const positions = make.add(make.mul(quad, make.u32(4)), make.vector(a, b, c, d));
  const inside = make.less(positions, extents.of(column));
  return emitter.let('inside', make.builtin('select', start.scalar, inside, value, nothing));
}

function rowInside({ emitter, extents }: Values, { contraction, firstRow, inside }: Tile, r: Expr): Expr | undefined {
  if (inside) return undefined;
  return emitter.make.less(emitter.make.add(firstRow, r), extents.of(contraction.row));
}

/** Entry `entry` of the columns' segments, at the row and the planes of the point. */
export function storeEntry(
  values: Values,
  { column }: Contraction,
  store: Store,
  total: Expr,
  entry: Expr,
  { axes }: Point,
): void {
  const places = [...axes, [column.name, entry] as const];
  values.store(store.tensor, store.index, total, pointAt(places));
}

/** Combined as a tree: first neighbours, then pairs of neighbours. */
function inPairs(parts: readonly Expr[], combine: (a: Expr, b: Expr) => Expr): Expr {
  if (parts.length === 1) return parts[0]!;
  const half = Math.ceil(parts.length / 2);
  return combine(inPairs(parts.slice(0, half), combine), inPairs(parts.slice(half), combine));
}
