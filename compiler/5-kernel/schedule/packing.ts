/**
 * The operands of a contraction as a thread's tiles read them: numbers of the left one apart, the right one in vectors
 * of four columns. What lies in memory as needed is read there; the rest is computed once a block or once a panel, and
 * kept in the thread's scratch memory.
 */
import type { Axis, Value } from '../ir.ts';
import type { Contraction } from './contraction.ts';
import { pointsOf } from './grid.ts';
import type { Expr, LocalArray } from './loops.ts';
import type { Tile } from './operands.ts';
import { isPlain } from './panel-shape.ts';
import { within, type Point } from './point.ts';
import type { Values } from './values.ts';

/** One or four adjacent positions of the inner axis, with the outer loops placed. */
export interface Step {
  readonly base: Point;
  readonly position: Expr;
  readonly length: 1 | 4;
  /** How many positions of the outer loops and the inner one lie before it. */
  readonly flat: Expr;
}

/** The number at row `firstRow` + `r`, a tile's first row and a row of it, at the step's first position. */
export type LeftOperand = (firstRow: Expr, r: number, step: Step) => Expr;
/** The q-th four columns of the panel at the step's first position. */
export type RightOperand = (q: number, step: Step) => Expr;

export interface RowBlock {
  readonly first: Expr;
  readonly below: Expr;
  /** Rows at most. */
  readonly rows: number;
}

/** Calls back at every position of the loops: `length` at once, and what is left over one by one. */
export function walk(
  values: Values,
  { outer, inner }: Contraction,
  base: Point,
  length: 1 | 4,
  body: (step: Step) => void,
): void {
  const { emitter, extents } = values;
  const { make } = emitter;
  const whole = Math.floor(inner.extent / length) * length;
  const innermost = (at: Point, before: Expr): void => {
    const step = (position: Expr, count: 1 | 4): void =>
      body({ base: at, position, length: count, flat: make.add(make.mul(before, extents.of(inner)), position) });
    const below = whole === inner.extent ? extents.of(inner) : make.u32(whole);
    if (whole > 0) emitter.loop(inner.name, make.u32(0), below, make.u32(length), (position) => step(position, length));
    for (let k = whole; k < inner.extent; k++) step(make.u32(k), 1);
  };
  const nest = (axes: readonly Axis[], at: Point, before: Expr): void => {
    const [axis, ...rest] = axes;
    if (axis === undefined) return innermost(at, before);
    emitter.loop(axis.name, make.u32(0), extents.of(axis), make.u32(1), (position) =>
      nest(rest, within(at, [[axis.name, position]]), make.add(make.mul(before, extents.of(axis)), position)),
    );
  };
  nest(outer, base, make.u32(0));
}

/** The left operand over a block of rows, packed first unless it is plain. */
export function leftOperand(
  values: Values,
  contraction: Contraction,
  value: Value,
  block: RowBlock,
  base: Point,
): LeftOperand {
  const { emitter } = values;
  const { make } = emitter;
  const { row, inner } = contraction;
  if (isPlain(value)) {
    return (firstRow, r, step) => {
      const position = make.add(firstRow, make.u32(r));
      const whole = row.extent % 4 === 0;
      const inside = whole ? position : make.min(position, make.sub(values.extents.of(row), make.u32(1)));
      return values.at(value, within(positionAt(inner, step), [[row.name, inside]]));
    };
  }
  const depth = depthOf(contraction);
  const fromFirst = (position: Expr): Expr => make.sub(position, block.first);
  const alongRow = values.gathersAlong(value, row.name) < values.gathersAlong(value, inner.name);
  if (alongRow && row.extent % 4 === 0) {
    // Four rows beside each other: [rows / 4, depth, 4].
    const packed = emitter.scratchArray('left', 'f32', 1, block.rows * depth);
    emitter.loop(`packed_${row.name}`, block.first, block.below, make.u32(4), (position) => {
      const vector = { axis: row.name, quad: make.div(position, 4) };
      walk(values, contraction, base, 1, (step) => {
        const four = values.at(value, within(positionAt(inner, step), [[row.name, position]], vector));
        const entry = make.add(make.mul(make.div(fromFirst(position), 4), make.u32(depth)), step.flat);
        emitter.put(wide(packed), entry, make.widen(four, 4));
      });
    });
    return (firstRow, r, step) => {
      const before = make.mul(fromFirst(firstRow), make.u32(depth));
      const entry = make.add(before, make.mul(step.flat, make.u32(4)));
      return make.element(packed, make.add(entry, make.u32(r)));
    };
  }
  // A row after the other: [rows, pitch].
  const pitch = 4 * Math.ceil(depth / 4);
  const packed = emitter.scratchArray('left', 'f32', 1, block.rows * pitch);
  emitter.loop(`packed_${row.name}`, block.first, block.below, make.u32(1), (position) => {
    const before = make.mul(fromFirst(position), make.u32(pitch));
    walk(values, contraction, base, inner.extent % 4 === 0 ? 4 : 1, (step) => {
      const here = within(along(values, inner, step), [[row.name, position]]);
      const entry = make.add(before, step.flat);
      if (step.length === 4) emitter.put(wide(packed), make.div(entry, 4), make.widen(values.at(value, here), 4));
      else emitter.put(packed, entry, values.at(value, here));
    });
  });
  return (firstRow, r, step) => {
    const entry = make.add(make.mul(fromFirst(firstRow), make.u32(pitch)), step.flat);
    return make.element(packed, make.add(entry, make.u32(r * pitch)));
  };
}

/** The right operand over a panel of columns, packed first ([depth, quads, 4]) unless it is plain and adjacent. */
export function rightOperand(
  values: Values,
  contraction: Contraction,
  value: Value,
  panel: readonly Tile['columns'][],
  base: Point,
): RightOperand {
  const { emitter } = values;
  const { make } = emitter;
  const { column, inner } = contraction;
  const alongColumn = values.gathersAlong(value, column.name);
  const columnsAt = (q: number, step: Step): Point =>
    within(positionAt(inner, step), [[column.name, panel[q]!.base]], panel[q]!);
  if (isPlain(value) && alongColumn === 0 && column.extent % 4 === 0) {
    return (q, step) => make.widen(values.at(value, columnsAt(q, step)), 4);
  }
  const packed = emitter.scratchArray('right', 'f32', 1, 4 * panel.length * depthOf(contraction));
  const entry = (flat: Expr, q: number, i: number): Expr =>
    make.add(make.mul(flat, make.u32(panel.length)), make.u32(i * panel.length + q));
  const turned = values.gathersAlong(value, inner.name) < Math.max(alongColumn, column.extent % 4 === 0 ? 0 : 1);
  walk(values, contraction, base, turned ? 4 : 1, (step) => {
    panel.forEach((columns, q) => {
      if (step.length === 1) {
        const four = make.widen(values.at(value, columnsAt(q, step)), 4);
        return emitter.put(wide(packed), entry(step.flat, q, 0), four);
      }
      // Adjacent along the inner axis: four positions of each column are read at once, and turned.
      const [a, b, c, d] = [0, 1, 2, 3].map((c) => {
        const position = make.add(columns.base, make.u32(c));
        const inside = columns.clamp === undefined ? position : make.min(position, columns.clamp);
        const four = values.at(value, within(along(values, inner, step), [[column.name, inside]]));
        return emitter.let('column', make.widen(four, 4));
      }) as [Expr, Expr, Expr, Expr];
      const part = make.component.bind(make);
      for (let i = 0; i < 4; i++) {
        emitter.put(wide(packed), entry(step.flat, q, i), make.vector(part(a, i), part(b, i), part(c, i), part(d, i)));
      }
    });
  });
  return (q, step) => make.element(wide(packed), entry(step.flat, q, 0));
}

/** The step's first position. */
export function positionAt(inner: Axis, { base, position }: Step): Point {
  return within(base, [[inner.name, position]]);
}

/** All positions of the step, as a vector where there are four. */
function along({ emitter: { make } }: Values, inner: Axis, { base, position, length }: Step): Point {
  const vector = { axis: inner.name, quad: make.div(position, 4) };
  return within(base, [[inner.name, position]], length === 4 ? vector : undefined);
}

function depthOf({ outer, inner }: Contraction): number {
  return pointsOf(outer) * inner.extent;
}

/** The same memory, four numbers an entry. */
function wide(array: LocalArray): LocalArray {
  return { ...array, width: 4, length: array.length / 4 };
}
