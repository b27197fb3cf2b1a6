/**
 * Contractions in register tiles. A lane owns some rows by four adjacent columns of the result and walks the inner
 * axis four positions at a time; the lanes of a workgroup lie beside each other along the columns.
 */
import type { Accumulator, Value } from '../ir.ts';
import type { TileChoice } from './choice.ts';
import type { Contraction } from './contraction.ts';
import { ofSubgroups, type Draft } from './draft.ts';
import { writeTile, type Sums } from './epilogue.ts';
import { pointsOf, positions } from './grid.ts';
import type { Expr, Variable } from './loops.ts';
import { Matrices, ofMatrices } from './matrices.ts';
import { columnsOf, Operands, type Tile } from './operands.ts';
import { combined, neutral, scalarOf } from './phases.ts';
import { pointAt, within, type Point } from './point.ts';
import { rangesOf, wholeRange, type InnerRange } from './ranges.ts';
import { Staging } from './staging.ts';
import type { Values } from './values.ts';

export function scheduleTile(contraction: Contraction, values: Values, options: TileChoice): Draft {
  const { emitter, extents } = values;
  const { make } = emitter;
  const { row, column, planes } = contraction;
  const { rows, lanes, bands, subgroup, depth, matrixSubgroups } = options;

  const own = make.place('lane');
  const lane = bands === 1 ? own : make.rem(own, lanes);
  const band = bands === 1 ? make.u32(0) : make.div(own, lanes);
  const bandOfAll =
    bands === 1 ? make.place('group.y') : make.add(make.mul(make.place('group.y'), make.u32(bands)), band);
  const firstRow = emitter.let(`first_${row.name}`, make.mul(bandOfAll, make.u32(rows)));
  const quad = emitter.let(`${column.name}4`, make.add(make.mul(make.place('group.x'), make.u32(lanes)), lane));
  const places = positions(emitter, extents, make.place('group.z'), planes);
  const tile: Tile = {
    contraction,
    rows,
    inside: row.extent % (rows * bands) === 0,
    base: pointAt(places),
    firstRow,
    columns: columnsOf(values, contraction, lanes, quad),
    ...(subgroup ? { team: { lanes, lane } } : {}),
  };

  const read = withinRows(values, tile);
  for (const line of commentsOf(options)) emitter.comment(line);
  const sums = declareSums(values, tile);
  const shared = depth === undefined ? undefined : { lane, lanes, band, bands, depth };
  const matrices =
    shared === undefined || matrixSubgroups === undefined
      ? undefined
      : new Matrices(values, tile, { ...shared, subgroups: matrixSubgroups });
  const staging = shared && !matrices ? new Staging(values, tile, shared) : undefined;
  const ranges = shared === undefined ? rangesOf(values, contraction) : [wholeRange(contraction)];
  walkOuter(values, tile, tile.base, contraction.outer.length, (base) => {
    for (const range of ranges) {
      const here = { ...read, base, contraction: { ...contraction, ...range } };
      const addBeside = (operands: Operands) => addTerms(values, operands, range.terms, sums);
      const add = (operands: Operands) => {
        addProducts(values, here, operands, sums);
        addBeside(operands);
      };
      walkInner(values, here, matrices?.walk(base, addBeside) ?? staging?.walk(base, add) ?? 0, add);
    }
  });
  matrices?.handOut(sums);
  writeTile(values, tile, sums, { quad, lanes, bands });
  return {
    workgroupSize: [lanes * bands, 1, 1],
    workgroups: [Math.ceil(column.extent / (4 * lanes)), Math.ceil(row.extent / (rows * bands)), pointsOf(planes)],
    ...(subgroup ? ofSubgroups(lanes) : {}),
    ...(matrixSubgroups === undefined ? {} : ofMatrices((lanes * bands) / matrixSubgroups)),
  };
}

/** The tile to read: where one is inside or past the edge as a whole, the last one inside stands for those past it. */
function withinRows({ emitter, extents }: Values, tile: Tile): Tile {
  const { rows, firstRow, contraction } = tile;
  const { row } = contraction;
  if (tile.inside || row.extent % rows !== 0) return tile;
  const { make } = emitter;
  const last = make.sub(extents.of(row), make.u32(rows));
  return { ...tile, inside: true, firstRow: emitter.let(`first_${row.name}_inside`, make.min(firstRow, last)) };
}

function commentsOf({ rows, lanes, bands, subgroup, depth, matrixSubgroups }: TileChoice): readonly string[] {
  const tile = `${rows} rows by ${4 * lanes} columns, each lane four columns of every row`;
  if (subgroup) return [`${tile}; what one lane reads of the left operand is told to all.`];
  if (depth === undefined) return [`${tile}.`];
  const tiles = bands === 1 ? 'The' : `The ${bands} tiles'`;
  const staged = `${tiles} lanes read ${depth} positions of both operands at a time into memory that they share`;
  if (matrixSubgroups === undefined) return [`${tile}.`, `${staged}.`];
  return [`${tile}.`, `${staged};`, 'subgroups multiply it by matrices of eight by eight.'];
}

/** One variable a row for what differs from row to row, else one for all. */
function declareSums(values: Values, { contraction, rows }: Tile): Sums {
  const { emitter } = values;
  const sums = new Map<Accumulator, readonly Variable[]>();
  const declare = (accumulator: Accumulator, value: Value, op: 'sum' | 'max' | 'min', count: number): void => {
    const start = neutral(op, scalarOf(value));
    const zero = emitter.make.widen(emitter.make.literal(start.value, start.scalar), 4);
    const name = (r: number): string => (count === 1 ? accumulator.name : emitter.numbered(accumulator.name, r));
    sums.set(
      accumulator,
      Array.from({ length: count }, (_, r) => emitter.mutable(name(r), zero)),
    );
  };
  for (const { accumulator } of contraction.products) declare(accumulator, accumulator.a, 'sum', rows);
  for (const accumulator of contraction.reductions) {
    const varies = values.dependence.axesOf(accumulator.value).has(contraction.row.name);
    declare(accumulator, accumulator.value, accumulator.op, varies ? rows : 1);
  }
  return sums;
}

/** From a position of the inner axis on, a multiple of four, to its end: four positions at a time, then one. */
function walkInner(values: Values, tile: Tile, from: number, add: (operands: Operands) => void): void {
  const { emitter, extents } = values;
  const { make } = emitter;
  const { inner } = tile.contraction;
  const whole = inner.extent - (inner.extent % 4);
  const step = (position: Expr, length: 1 | 4) => add(new Operands(values, tile, { position, length }));
  if (whole > from) {
    const end = whole === inner.extent ? extents.of(inner) : make.u32(whole);
    emitter.loop(inner.name, make.u32(from), end, make.u32(4), (k) => step(k, 4));
  }
  for (let k = whole; k < inner.extent; k++) step(make.u32(k), 1);
}

function walkOuter(values: Values, tile: Tile, base: Point, left: number, body: (base: Point) => void): void {
  const { outer } = tile.contraction;
  const axis = outer[outer.length - left];
  if (axis === undefined) return body(base);
  const { emitter, extents } = values;
  emitter.loop(axis.name, emitter.make.u32(0), extents.of(axis), emitter.make.u32(1), (position) =>
    walkOuter(values, tile, within(base, [[axis.name, position]]), left - 1, body),
  );
}

/** The products grow by what one step of the inner axis adds. */
function addProducts(values: Values, tile: Tile, operands: Operands, sums: Sums): void {
  const { emitter } = values;
  const { make } = emitter;
  const { products } = tile.contraction;
  const loaded = products.map(({ accumulator, left, right }) => ({
    variables: sums.get(accumulator)!,
    left: operands.left(left),
    right: operands.right(right),
  }));
  const positions = Array.from({ length: operands.step.length }, (_, i) => i);
  for (const { variables, left, right } of loaded) {
    const columns = positions.map((i) => emitter.let('columns', right(i)));
    // A row at a time: its sum stays in registers over the whole step.
    variables.forEach((sum, r) => {
      const products = positions.map((i) => make.builtin('mul', 'f32', left(r, i), columns[i]!));
      const added = products.reduce((total, product) => make.builtin('add', 'f32', total, product));
      emitter.assign(sum, make.builtin('add', 'f32', make.variable(sum), added));
    });
  }
}

/** What is accumulated beside the products grows by what one step adds. */
function addTerms(values: Values, operands: Operands, terms: InnerRange['terms'], sums: Sums): void {
  const { emitter } = values;
  const { make } = emitter;
  for (let i = 0; i < operands.step.length; i++) {
    for (const { accumulator, value } of terms) {
      const variables = sums.get(accumulator)!;
      variables.forEach((sum, r) => {
        const point = variables.length === 1 ? operands.columnsAt(i) : operands.rowAt(r, i);
        const term = values.at(value, point);
        emitter.assign(sum, combined(emitter, accumulator.op, make.variable(sum), term));
      });
    }
  }
}
