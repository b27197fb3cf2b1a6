/** What becomes of a tile's sums: every store of the phases after the contraction, a row at a time. */
import type { Accumulator, Store } from '../ir.ts';
import type { Expr, LocalArray, Variable } from './loops.ts';
import type { Lanes, Tile } from './operands.ts';
import { writePartials } from './partials.ts';
import { termOf, writeStores } from './phases.ts';
import { after, pointAt, type Point } from './point.ts';
import type { Values } from './values.ts';

/** The variables of each accumulator: one a row of the tile, or one for all rows. */
export type Sums = ReadonlyMap<Accumulator, readonly Variable[]>;

export function writeTile(values: Values, tile: Tile, sums: Sums, lanes: Lanes): void {
  const { make } = values.emitter;
  const { once, perRow } = storesOf(values, tile.contraction);
  if (once.length > 0) {
    // The same in every row: the first tile of rows stores it.
    const first = make.builtin('eq', 'bool', tile.firstRow, make.u32(0));
    values.emitter.when(first, () => writeOnce(values, tile, sums, lanes, once));
  }
  if (perRow.length === 0) return;
  writePartials(values, tile, lanes, perRow, (body) => writeRows(values, tile, sums, lanes, perRow, body));
}

/** The stores after the contraction: those that are the same in every row, and the others. */
export function storesOf(
  values: Values,
  { row, epilogue }: Tile['contraction'],
): { readonly once: readonly Store[]; readonly perRow: readonly Store[] } {
  const stores = epilogue.flatMap((phase) => phase.stores);
  const perRow = stores.filter((store) => variesAlong(values, store, row.name));
  return { once: stores.filter((store) => !perRow.includes(store)), perRow };
}

export function writeOnce(values: Values, tile: Tile, sums: Sums, lanes: Lanes, once: readonly Store[]): void {
  const { make } = values.emitter;
  const point = pointOfRow(tile, make.u32(0), sums, ([only]) => make.variable(only!));
  const write = writeStores(values, once, final(values, tile, point));
  whenever(values, columnsInside(values, tile, lanes), write);
}

/** Stores every row of the tile; `body` is told each row's number within the tile and its point, before it is stored. */
export function writeRows(
  values: Values,
  tile: Tile,
  sums: Sums,
  lanes: Lanes,
  perRow: readonly Store[],
  body: (r: Expr, point: Point) => void,
): void {
  const { emitter } = values;
  const { make } = emitter;
  const { row } = tile.contraction;
  // Arrays, so that a loop can pick its row: the sums themselves must stay in registers.
  const arrays = new Map<Variable, LocalArray>();
  for (const [accumulator, variables] of sums) {
    const [first] = variables;
    if (variables.length === 1) continue;
    const all = variables.map((variable) => make.variable(variable));
    arrays.set(first!, emitter.array(`${accumulator.name}_of_row`, first!.scalar, first!.width, all.length, all));
  }
  // The bounds are known only when it runs: drivers unroll short loops of constant length, and take seconds for it.
  const end = make.add(tile.firstRow, make.u32(tile.rows));
  const below = emitter.let(`end_${row.name}`, tile.inside ? end : make.min(end, values.extents.of(row)));
  emitter.loop(row.name, tile.firstRow, below, make.u32(1), (position) => {
    const r = make.sub(position, tile.firstRow);
    const sumsHere = pointOfRow(tile, position, sums, ([first]) => {
      const array = arrays.get(first!);
      return array === undefined ? make.variable(first!) : emitter.let('total', make.element(array, r));
    });
    const point = final(values, tile, sumsHere);
    const plain = perRow.filter((store) => store.partial === undefined);
    const write = writeStores(values, plain, point);
    body(r, point);
    whenever(values, columnsInside(values, tile, lanes), write);
  });
}

/** The point with what the epilogue's phases accumulate over nothing: values read before anything is stored. */
function final(values: Values, { contraction }: Tile, start: Point): Point {
  return contraction.epilogue.reduce((point, { accumulators }) => {
    if (accumulators.length === 0) return point;
    return after(
      point,
      accumulators.map((accumulator) => [accumulator, termOf(values, accumulator, point)] as const),
    );
  }, start);
}

/** Where the lane's columns may lie past the edge: whether they do not. Extents that fours leave over are told apart. */
function columnsInside({ emitter, extents }: Values, { contraction }: Tile, { quad, lanes }: Lanes): Expr | undefined {
  const { column } = contraction;
  if (column.extent % 4 !== 0 || column.extent % (4 * lanes) === 0) return undefined;
  return emitter.make.less(quad, extents.quarterOf(column));
}

function whenever({ emitter }: Values, condition: Expr | undefined, then: () => void): void {
  if (condition === undefined) then();
  else emitter.when(condition, then);
}

function pointOfRow(tile: Tile, row: Expr, sums: Sums, pick: (variables: readonly Variable[]) => Expr): Point {
  const { contraction, base, columns } = tile;
  const axes = [...base.axes, [contraction.row.name, row] as const, [contraction.column.name, columns.base] as const];
  const final = [...sums].map(([accumulator, variables]) => [accumulator, pick(variables)] as const);
  return pointAt(axes, final, columns);
}

function variesAlong({ dependence }: Values, { index, value, partial }: Store, axis: string): boolean {
  if (partial?.axis.name === axis) return true;
  return dependence.axesOfAffine(dependence.affine(index)).has(axis) || dependence.axesOf(value).has(axis);
}
