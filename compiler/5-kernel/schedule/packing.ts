/**
 * The operands of a contraction as a thread's tiles read them: numbers of the left one apart, the right one in vectors
 * of four columns. What lies in memory as needed is read there; the rest is computed once a block or once a panel, and
 * kept in the thread's scratch memory.
 */
import type { Axis, Value } from '../ir.ts';
import type { Caches } from './caches.ts';
import type { Contraction } from './contraction.ts';
import type { Expr, LocalArray } from './loops.ts';
import type { Tile } from './operands.ts';
import { leftInPlace, rightInPlace } from './in-place.ts';
import type { Range } from './panel-block.ts';
import { within, type Point } from './point.ts';
import { positionAt, walk, type Step, type Stretch } from './stretch.ts';
import type { Values } from './values.ts';

/** The number at row `firstRow` + `r`, a tile's first row and a row of it, at the step's first position. */
export type LeftOperand = (firstRow: Expr, r: number, step: Step) => Expr;
/** The q-th four columns of the panel at the step's first position. */
export type RightOperand = (q: number, step: Step) => Expr;

/** The left operand over a block of rows and a stretch of the loops. */
export function leftOperand(
  values: Values,
  contraction: Contraction,
  value: Value,
  rows: Range & { readonly count: number },
  stretch: Stretch,
  caches: Caches,
): LeftOperand {
  const { emitter } = values;
  const { make } = emitter;
  const { row, inner } = contraction;
  const { depth } = stretch;
  if (leftInPlace(contraction, value, depth, caches)) {
    return (firstRow, r, step) => {
      const position = make.add(firstRow, make.u32(r));
      const whole = row.extent % 4 === 0;
      const inside = whole ? position : make.min(position, make.sub(values.extents.of(row), make.u32(1)));
      return values.at(value, within(positionAt(inner, step), [[row.name, inside]]));
    };
  }
  const fromFirst = (position: Expr): Expr => make.sub(position, rows.first);
  const alongRow = values.gathersAlong(value, row.name) < values.gathersAlong(value, inner.name);
  if (alongRow && row.extent % 4 === 0) {
    // Four rows beside each other: [rows / 4, pitch, 4], a line longer than needed, lest those of one position share places
    // in the cache. A position after the other, as they lie: what is asked of a position is asked once for all rows.
    const pitch = depth + 4;
    const packed = emitter.scratchArray('left', 'f32', 1, 4 * Math.ceil(rows.count / 4) * pitch);
    walk(values, stretch, 1, (step) => {
      emitter.loop(`packed_${row.name}`, rows.first, rows.below, make.u32(4), (position) => {
        const vector = { axis: row.name, quad: make.div(position, 4) };
        const four = values.at(value, within(positionAt(inner, step), [[row.name, position]], vector));
        const entry = make.add(make.mul(make.div(fromFirst(position), 4), make.u32(pitch)), step.flat);
        emitter.put(wide(packed), entry, make.widen(four, 4));
      });
    });
    return (firstRow, r, step) => {
      const before = make.mul(fromFirst(firstRow), make.u32(pitch));
      const entry = make.add(before, make.mul(step.flat, make.u32(4)));
      return make.element(packed, make.add(entry, make.u32(r)));
    };
  }
  // A row after the other: [rows, pitch].
  const pitch = 4 * Math.ceil(depth / 4);
  const packed = emitter.scratchArray('left', 'f32', 1, rows.count * pitch);
  emitter.loop(`packed_${row.name}`, rows.first, rows.below, make.u32(1), (position) => {
    const before = make.mul(fromFirst(position), make.u32(pitch));
    walk(values, stretch, inner.extent % 4 === 0 ? 4 : 1, (step) => {
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

/** The right operand over a panel of columns and a stretch of the loops: packed as [depth, quads, 4]. */
export function rightOperand(
  values: Values,
  contraction: Contraction,
  value: Value,
  panel: readonly Tile['columns'][],
  stretch: Stretch,
  caches: Caches,
): RightOperand {
  const { emitter } = values;
  const { make } = emitter;
  const { column, inner } = contraction;
  const { depth } = stretch;
  const alongColumn = values.gathersAlong(value, column.name);
  const columnsAt = (q: number, step: Step): Point =>
    within(positionAt(inner, step), [[column.name, panel[q]!.base]], panel[q]!);
  if (alongColumn === 0 && rightInPlace(contraction, value, depth, caches)) {
    return (q, step) => make.widen(values.at(value, columnsAt(q, step)), 4);
  }
  const packed = emitter.scratchArray('right', 'f32', 1, 4 * panel.length * depth);
  const entry = (flat: Expr, q: number, i: number): Expr =>
    make.add(make.mul(flat, make.u32(panel.length)), make.u32(i * panel.length + q));
  const turned = values.gathersAlong(value, inner.name) < Math.max(alongColumn, column.extent % 4 === 0 ? 0 : 1);
  walk(values, stretch, turned ? 4 : 1, (step) => {
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

/** All positions of the step, as a vector where there are four. */
function along({ emitter: { make } }: Values, inner: Axis, { base, position, length }: Step): Point {
  const vector = { axis: inner.name, quad: make.div(position, 4) };
  return within(base, [[inner.name, position]], length === 4 ? vector : undefined);
}

/** The same memory, four numbers an entry. */
function wide(array: LocalArray): LocalArray {
  return { ...array, width: 4, length: array.length / 4 };
}
