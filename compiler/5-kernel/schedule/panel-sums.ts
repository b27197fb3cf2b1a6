/** What a tile of a panel adds up: in registers, and in memory between stretches of the loops. */
import type { Accumulator, Value } from '../ir.ts';
import type { Reduction } from './contraction.ts';
import type { Sums } from './epilogue.ts';
import type { Expr, LocalArray, Variable } from './loops.ts';
import { rowOf } from './operands.ts';
import { tileAt, type Block, type Panel } from './panel-block.ts';
import { tileRows } from './panel-shape.ts';
import { combined, neutral, scalarOf } from './phases.ts';
import { within } from './point.ts';
import { positionAt, walk, wholeStretch, type Step } from './stretch.ts';
import type { Values } from './values.ts';

/** Variables of a tile's rows for each accumulator, of each four columns of the panel. */
export type PanelSums = readonly Sums[];

/** Sums of nothing yet. */
export function newSums({ values, shape }: Block, accumulators: readonly Accumulator[]): PanelSums {
  return declared(shape.quads, accumulators, (accumulator, _, r) =>
    declare(values, accumulator, nothingOf(values, accumulator), r),
  );
}

/** The sums of a block's tiles in memory. */
export interface KeptSums {
  /** Every sum is that of nothing. */
  readonly clear: () => void;
  readonly read: (panel: Panel, firstRow: Expr) => PanelSums;
  readonly write: (panel: Panel, firstRow: Expr, sums: PanelSums) => void;
}

/** Memory for the sums of a block: [panels, tiles, rows of a tile, quads] of four. */
export function keptSums(block: Block, accumulators: readonly Accumulator[]): KeptSums {
  const { values, shape, rows, columns } = block;
  const { emitter } = values;
  const { make } = emitter;
  const { quads } = shape;
  const tiles = Math.ceil(shape.rows / tileRows);
  const length = Math.ceil(shape.columns / (4 * quads)) * tiles * tileRows * quads;
  const arrays = new Map(
    accumulators.map((one): [Accumulator, LocalArray] => [
      one,
      emitter.scratchArray(`${one.name}_so_far`, scalarOf(termOf(one)), 4, length),
    ]),
  );
  const entry = ({ start }: Panel, firstRow: Expr, q: number, r: number): Expr => {
    const panel = make.mul(make.div(make.sub(start, columns.first), 4 * quads), make.u32(tiles * tileRows));
    return make.add(
      make.mul(make.add(panel, make.sub(firstRow, rows.first)), make.u32(quads)),
      make.u32(r * quads + q),
    );
  };
  return {
    clear: () =>
      emitter.loop('entry', make.u32(0), make.u32(length), make.u32(1), (i) => {
        for (const [accumulator, array] of arrays) emitter.put(array, i, nothingOf(values, accumulator));
      }),
    read: (panel, firstRow) =>
      declared(quads, accumulators, (accumulator, q, r) => {
        return declare(values, accumulator, make.element(arrays.get(accumulator)!, entry(panel, firstRow, q, r)), r);
      }),
    write: (panel, firstRow, sums) => {
      for (const [accumulator, array] of arrays) {
        sums.forEach((ofQuad, q) => {
          ofQuad.get(accumulator)!.forEach((sum, r) => {
            emitter.put(array, entry(panel, firstRow, q, r), make.variable(sum));
          });
        });
      }
    },
  };
}

/** The reductions of each four columns of the panel that are the same for every row. */
export function stillSums(block: Block, { quads }: Panel, reductions: readonly Reduction[]): PanelSums {
  const { values, contraction, base } = block;
  const { emitter } = values;
  const { column, inner } = contraction;
  const sums = quads.map(
    () => new Map(reductions.map((one) => [one, [declare(values, one, nothingOf(values, one))]] as const)),
  );
  if (reductions.length === 0) return sums;
  walk(values, wholeStretch(values, contraction, base), 1, (step) => {
    quads.forEach(({ columns }, q) => {
      const point = within(positionAt(inner, step), [[column.name, columns.base]], columns);
      for (const [{ op, value }, [sum]] of sums[q]!) {
        emitter.assign(sum!, combined(emitter, op, emitter.make.variable(sum!), values.at(value, point)));
      }
    });
  });
  return sums;
}

/** What a position of the inner axis adds to sums that differ from row to row. */
export function addMoving(
  block: Block,
  { quads }: Panel,
  firstRow: Expr,
  reductions: readonly Reduction[],
  sums: PanelSums,
  step: Step,
): void {
  const { values, contraction } = block;
  const { emitter } = values;
  const { make } = emitter;
  const { row, column, inner } = contraction;
  quads.forEach((quad, q) => {
    const tile = tileAt(block, quad, firstRow);
    const here = within(positionAt(inner, step), [[column.name, quad.columns.base]], quad.columns);
    for (const reduction of reductions) {
      sums[q]!.get(reduction)!.forEach((sum, r) => {
        const point = within(here, [[row.name, rowOf(values, tile, make.u32(r))]]);
        emitter.assign(sum, combined(emitter, reduction.op, make.variable(sum), values.at(reduction.value, point)));
      });
    }
  });
}

function declared(
  quads: number,
  accumulators: readonly Accumulator[],
  variableOf: (accumulator: Accumulator, q: number, r: number) => Variable,
): PanelSums {
  return Array.from({ length: quads }, (_, q) => {
    const rowsOf = (one: Accumulator) => Array.from({ length: tileRows }, (_, r) => variableOf(one, q, r));
    return new Map(accumulators.map((one) => [one, rowsOf(one)]));
  });
}

function declare({ emitter }: Values, accumulator: Accumulator, value: Expr, r?: number): Variable {
  return emitter.mutable(r === undefined ? accumulator.name : emitter.numbered(accumulator.name, r), value);
}

/** What changes nothing when it is added, four times. */
function nothingOf({ emitter: { make } }: Values, accumulator: Accumulator): Expr {
  const op = accumulator.kind === 'product' ? 'sum' : accumulator.op;
  const { value, scalar } = neutral(op, scalarOf(termOf(accumulator)));
  return make.widen(make.literal(value, scalar), 4);
}

/** A value of the type that is added up. */
function termOf(accumulator: Accumulator): Value {
  return accumulator.kind === 'product' ? accumulator.a : accumulator.value;
}
