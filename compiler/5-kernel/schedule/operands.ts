/**
 * How the two operands of a contraction reach the lanes that multiply them. The left one is the same for all lanes of
 * a row of tiles: each lane reads it for itself, or reads a part and the subgroup's lanes tell each other. The right
 * one is each lane's own four columns.
 */
import type { Value } from '../ir.ts';
import type { Contraction } from './contraction.ts';
import type { Expr } from './loops.ts';
import { within, type Point, type VectorAxis } from './point.ts';
import type { Values } from './values.ts';

/** Where a lane's tile lies. */
export interface Tile {
  readonly contraction: Contraction;
  readonly rows: number;
  /** Whether every tile lies within the rows that there are, also the last one of the last workgroup. */
  readonly inside: boolean;
  /** Positions on the planes and outer loops. */
  readonly base: Point;
  /** The tile's first row, a multiple of `rows`. */
  readonly firstRow: Expr;
  /** The lane's four columns, and the first of them. */
  readonly columns: VectorAxis & { readonly base: Expr };
  /** Set where lanes read the left operand together: how many, and this one's number. */
  readonly team?: { readonly lanes: number; readonly lane: Expr };
}

/** How lanes share a workgroup's tiles. */
export interface Lanes {
  /** This lane's four columns, which may lie past the edge. */
  readonly quad: Expr;
  /** Lanes beside each other along the columns. */
  readonly lanes: number;
  /** Rows of such lanes below each other. */
  readonly bands: number;
}

/** A range of the inner axis that is multiplied at once: four positions from `position` on, or one. */
export interface Step {
  readonly position: Expr;
  readonly length: 1 | 4;
}

/** left(r, i): row r of the tile at position i of the step, the same in every lane. */
export type LeftAt = (row: number, i: number) => Expr;
/** right(i): the lane's four columns at position i of the step. */
export type RightAt = (i: number) => Expr;

/** What one step reads. */
export class Operands {
  readonly #values: Values;
  readonly #tile: Tile;
  readonly step: Step;
  readonly #points = new Map<string, Point>();

  constructor(values: Values, tile: Tile, step: Step) {
    this.#values = values;
    this.#tile = tile;
    this.step = step;
  }

  left(value: Value): LeftAt {
    const { contraction, team } = this.#tile;
    const transposed = isTransposed(this.#values, contraction, value);
    if (team === undefined) return transposed ? this.#ownTransposed(value) : this.#own(value);
    return transposed ? this.#sharedTransposed(value, team) : this.#shared(value, team);
  }

  right(value: Value): RightAt {
    const { column, inner } = this.#tile.contraction;
    const { make } = this.#values.emitter;
    const alongColumn = Math.max(this.#values.gathersAlong(value, column.name), column.extent % 4 === 0 ? 0 : 1);
    if (this.step.length === 4 && this.#values.gathersAlong(value, inner.name) < alongColumn) {
      // Adjacent along the inner axis: four positions of each column are read at once, and turned.
      const four = range(4).map((c) => this.#at(value, 'right', `${c}`, () => this.#oneColumn(c)));
      const [a, b, c, d] = four as [Expr, Expr, Expr, Expr];
      const part = make.component.bind(make);
      return (i) => make.vector(part(a, i), part(b, i), part(c, i), part(d, i));
    }
    const each = range(this.step.length).map((i) => this.#values.at(value, this.columnsAt(i)));
    return (i) => make.widen(each[i]!, 4);
  }

  /** The lane's four columns at position i of the step; the same point each time it is asked for. */
  columnsAt(i: number): Point {
    const { contraction, base, columns } = this.#tile;
    return this.#point('columns', `${i}`, () => {
      const { inner, column } = contraction;
      return within(base, [[inner.name, this.#position(i)] as const, [column.name, columns.base] as const], columns);
    });
  }

  /** One row of the tile and the lane's four columns, at position i of the step. */
  rowAt(row: number, i: number): Point {
    const { contraction } = this.#tile;
    return this.#point('row of columns', `${row}_${i}`, () =>
      within(this.columnsAt(i), [[contraction.row.name, rowOf(this.#values, this.#tile, this.#u32(row))]]),
    );
  }

  /** Each lane reads every row, at all positions of the step. */
  #own(value: Value): LeftAt {
    const { make } = this.#values.emitter;
    const each = range(this.#tile.rows).map((r) => this.#at(value, 'row', `${r}`, () => this.#oneRow(this.#u32(r))));
    return (r, i) => make.component(each[r]!, i);
  }

  /** Each lane reads every position of the step, four rows at once. */
  #ownTransposed(value: Value): LeftAt {
    const { make } = this.#values.emitter;
    const quads = range(this.#tile.rows / 4);
    const each = range(this.step.length).map((i) =>
      quads.map((q) => this.#at(value, 'rows', `${i}_${q}`, () => this.#fourRows(this.#position(i), this.#u32(q)))),
    );
    return (r, i) => make.component(each[i]![Math.floor(r / 4)]!, r % 4);
  }

  /** Lane l reads row l, l + lanes, …; a row's numbers are told to the others as they are needed. */
  #shared(value: Value, { lanes, lane }: NonNullable<Tile['team']>): LeftAt {
    const { make } = this.#values.emitter;
    const loads = range(Math.ceil(this.#tile.rows / lanes)).map((h) =>
      this.#at(value, 'row', `${h}`, () => this.#oneRow(make.add(lane, this.#u32(h * lanes)))),
    );
    return (r, i) => {
      const told = make.broadcast(loads[Math.floor(r / lanes)]!, r % lanes);
      return make.component(this.#values.emitter.let(`row${r}`, told), i);
    };
  }

  /** The tile's rows in fours, at several positions of the inner axis, dealt out over the lanes. */
  #sharedTransposed(value: Value, { lanes, lane }: NonNullable<Tile['team']>): LeftAt {
    const { make } = this.#values.emitter;
    const quads = this.#tile.rows / 4;
    const together = [4, 2, 1].find((count) => count <= this.step.length && count * quads <= lanes)!;
    const quad = make.rem(lane, quads);
    const used = quads * together === lanes ? lane : make.rem(lane, quads * together);
    const ahead = together === 1 ? make.u32(0) : make.div(used, quads);
    const loads = range(this.step.length / together).map((h) =>
      this.#at(value, 'rows', `${h}`, () => this.#fourRows(make.add(this.#position(h * together), ahead), quad)),
    );
    return (r, i) => {
      const from = loads[Math.floor(i / together)]!;
      const quad = Math.floor(r / 4);
      const told = make.broadcast(from, (i % together) * quads + quad);
      return make.component(this.#values.emitter.let(`rows${quad}_${i}`, told), r % 4);
    };
  }

  /** One row at the step's positions. */
  #oneRow(row: Expr): Point {
    const { contraction, base } = this.#tile;
    return this.#alongStep(within(base, [[contraction.row.name, rowOf(this.#values, this.#tile, row)]]));
  }

  /** The c-th of the lane's columns at the step's positions. */
  #oneColumn(c: number): Point {
    const { contraction, base, columns } = this.#tile;
    const { make } = this.#values.emitter;
    const position = make.add(columns.base, make.u32(c));
    const clamped = columns.clamp === undefined ? undefined : make.min(position, columns.clamp);
    const inside =
      clamped === undefined ? position : this.#values.emitter.let(`${contraction.column.name}_${c}`, clamped);
    return this.#alongStep(within(base, [[contraction.column.name, inside]]));
  }

  #alongStep(point: Point): Point {
    const { inner } = this.#tile.contraction;
    const { position, length } = this.step;
    const vector = { axis: inner.name, quad: this.#values.emitter.make.div(position, 4) };
    return within(point, [[inner.name, position]], length === 4 ? vector : undefined);
  }

  /** The quad-th four rows of the tile, or the last four there are, at one position of the inner axis. */
  #fourRows(position: Expr, quad: Expr): Point {
    const { contraction, base, firstRow } = this.#tile;
    const { row, inner } = contraction;
    const { emitter, extents } = this.#values;
    const { make } = emitter;
    const quads = make.add(make.div(firstRow, 4), quad);
    const inside = this.#tile.inside ? quads : make.min(quads, make.sub(extents.quarterOf(row), make.u32(1)));
    const places = [[inner.name, position] as const, [row.name, make.mul(inside, make.u32(4))] as const];
    return within(base, places, { axis: row.name, quad: inside });
  }

  #position(i: number): Expr {
    const { make } = this.#values.emitter;
    return make.add(this.step.position, make.u32(i));
  }

  #u32(value: number): Expr {
    return this.#values.emitter.make.u32(value);
  }

  /** The value at a point of the step, held by a let: each of its components is used many times. */
  #at(value: Value, kind: string, suffix: string, point: () => Point): Expr {
    return this.#values.emitter.let(`${kind}${suffix}`, this.#values.at(value, this.#point(kind, suffix, point)));
  }

  #point(kind: string, suffix: string, make: () => Point): Point {
    const key = `${kind} ${suffix}`;
    const known = this.#points.get(key) ?? { ...make(), suffix };
    this.#points.set(key, known);
    return known;
  }
}

/** Whether the left operand is read along the rows: only where that is what saves loads. */
export function isTransposed(values: Values, { row, inner }: Contraction, value: Value): boolean {
  return values.gathersAlong(value, row.name) < values.gathersAlong(value, inner.name) && row.extent % 4 === 0;
}

/** The lane's columns, kept inside the result: what is read past its edge is not stored. */
export function columnsOf(
  { emitter, extents }: Values,
  { column }: Contraction,
  lanes: number,
  quad: Expr,
): Tile['columns'] {
  const { make } = emitter;
  const last = (extent: Expr): Expr => make.sub(extent, make.u32(1));
  const at = (inside: Expr): Tile['columns'] => ({
    axis: column.name,
    quad: inside,
    base: make.mul(inside, make.u32(4)),
  });
  if (column.extent % 4 !== 0) return { ...at(quad), clamp: last(extents.of(column)) };
  if (column.extent % (4 * lanes) === 0) return at(quad);
  return at(emitter.let(`${column.name}4_inside`, make.min(quad, last(extents.quarterOf(column)))));
}

/** Row `row` of the tile, or the last row there is. */
export function rowOf(values: Values, { contraction, firstRow, inside }: Tile, row: Expr): Expr {
  const { make } = values.emitter;
  const position = make.add(firstRow, row);
  if (inside) return position;
  return make.min(position, make.sub(values.extents.of(contraction.row), make.u32(1)));
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
