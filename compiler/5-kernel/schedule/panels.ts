/**
 * Contractions on a processor's thread, after Goto & van de Geijn (2008): a workgroup owns a block of the result and
 * goes over it panel by panel of a few vectors of columns, and each panel by tiles of four rows, whose sums stay in
 * registers over the whole inner loop. Operands that are not plain adjacent numbers of memory are packed first.
 */
import type { Accumulator, Store } from '../ir.ts';
import type { PanelsChoice } from './choice.ts';
import type { Contraction, Reduction } from './contraction.ts';
import { valuesOf } from './dependence.ts';
import type { Draft } from './draft.ts';
import { storesOf, writeOnce, writeRows, type Sums } from './epilogue.ts';
import { pointsOf, positions } from './grid.ts';
import type { Expr, LocalArray, Variable } from './loops.ts';
import { columnsOf, rowOf, type Lanes, type Tile } from './operands.ts';
import { positionAt, leftOperand, rightOperand, walk, type LeftOperand, type RowBlock, type Step } from './packing.ts';
import { tileRows, unitOf } from './panel-shape.ts';
import { ownParts, storeEntry, type PartialStore } from './partials.ts';
import { across, combined, neutral, scalarOf } from './phases.ts';
import { pointAt, within, type Point } from './point.ts';
import type { Values } from './values.ts';

export function schedulePanels(contraction: Contraction, values: Values, shape: PanelsChoice): Draft {
  const { emitter, extents } = values;
  const { make } = emitter;
  const { row, column, planes, products } = contraction;
  const base = pointAt(positions(emitter, extents, make.place('group.z'), planes));
  emitter.comment(
    `${shape.rows} rows by ${shape.columns} columns, in tiles of ${tileRows} rows by ${4 * shape.quads} columns.`,
  );
  const range = (name: string, place: Expr, size: number, extent: Expr) => {
    const first = emitter.let(`first_${name}`, make.mul(place, make.u32(size)));
    return { first, below: emitter.let(`end_${name}`, make.min(make.add(first, make.u32(size)), extent)) };
  };
  const rows: RowBlock = {
    ...range(row.name, make.place('group.y'), shape.rows, extents.of(row)),
    rows: shape.rows,
  };
  const columns = range(column.name, make.place('group.x'), shape.columns, extents.of(column));
  const lefts = products.map(({ left }) => leftOperand(values, contraction, left, rows, base));
  const block: Block = { values, contraction, shape, rows, lefts, base, parts: partsOf(values, contraction, shape) };
  const panels = (first: Expr, below: Expr): void =>
    emitter.loop('panel', first, below, make.u32(4 * shape.quads), (start) => runPanel(block, start));
  if (block.parts.length === 0) panels(columns.first, columns.below);
  else {
    const unit = unitOf(contraction, shape.quads);
    emitter.loop('segment', columns.first, columns.below, make.u32(unit), (segment) => {
      const end = make.min(make.add(segment, make.u32(unit)), columns.below);
      clearParts(block);
      panels(segment, emitter.let('end_segment', end));
      storeParts(block, segment);
    });
  }
  return {
    workgroupSize: [1, 1, 1],
    workgroups: [Math.ceil(column.extent / shape.columns), Math.ceil(row.extent / shape.rows), pointsOf(planes)],
  };
}

/** What the panels of a workgroup have in common. */
interface Block {
  readonly values: Values;
  readonly contraction: Contraction;
  readonly shape: PanelsChoice;
  readonly rows: RowBlock;
  readonly lefts: readonly LeftOperand[];
  /** Positions on the planes. */
  readonly base: Point;
  readonly parts: readonly Part[];
}

/** Partial sums over the segment at hand of every fourth column, for every row of the block: [rows] of four. */
interface Part {
  readonly store: PartialStore;
  readonly sums: LocalArray;
}

/** Four columns of a panel. */
interface Quad {
  readonly lanes: Lanes;
  readonly tileAt: (firstRow: Expr) => Tile;
  /** Sums that are the same for every row. */
  readonly still: Sums;
}

/** The panel of columns from `start` on: every tile of it. */
function runPanel(block: Block, start: Expr): void {
  const { values, contraction, shape, rows, base } = block;
  const { emitter } = values;
  const { make } = emitter;
  const { products, reductions, row } = contraction;
  const { once, perRow } = storesOf(values, contraction);
  const still = reductions.filter(({ value }) => !values.dependence.axesOf(value).has(row.name));
  const quads = Array.from({ length: shape.quads }, (_, q) => {
    const quad = make.add(make.div(start, 4), make.u32(q));
    const columns = columnsOf(values, contraction, shape.quads, quad);
    const tileAt = (firstRow: Expr): Tile => ({
      contraction,
      rows: tileRows,
      inside: row.extent % tileRows === 0,
      base,
      firstRow,
      columns,
    });
    return { lanes: { quad, lanes: shape.quads, bands: 1 }, tileAt };
  });
  const panel = quads.map(({ tileAt }) => tileAt(rows.first).columns);
  const summed = (wanted: readonly Reduction[]): readonly Quad[] => {
    const sums = sumStill(block, panel, wanted);
    return quads.map((quad, q) => ({ ...quad, still: sums[q]! }));
  };

  // What no row changes is summed once a panel; only in the first block where no row reads it.
  const forRows = summed(still.filter((reduction) => isRead(contraction, perRow, reduction)));
  if (once.length > 0) {
    emitter.when(make.builtin('eq', 'bool', rows.first, make.u32(0)), () => {
      for (const { tileAt, still: sums, lanes } of summed(still)) {
        writeOnce(values, tileAt(make.u32(0)), sums, lanes, once);
      }
    });
  }
  if (perRow.length === 0) return;
  const rights = products.map(({ right }) => rightOperand(values, contraction, right, panel, base));
  emitter.loop(`tile_${row.name}`, rows.first, rows.below, make.u32(tileRows), (firstRow) => {
    const moving = reductions.filter((reduction) => !still.includes(reduction));
    const sums = forRows.map(
      (quad) => new Map([...quad.still, ...declareSums(block, [...products.map((p) => p.accumulator), ...moving])]),
    );
    // A position at a time: engines move the loads of a longer step together, and then run out of registers.
    walk(values, contraction, base, 1, (step) => {
      products.forEach(({ accumulator }, p) => {
        const right = forRows.map((_, q) => emitter.let('columns', rights[p]!(q, step)));
        for (let r = 0; r < tileRows; r++) {
          const left = emitter.let(`left${r}`, block.lefts[p]!(firstRow, r, step));
          sums.forEach((ofQuad, q) => {
            const sum = ofQuad.get(accumulator)![r]!;
            emitter.assign(sum, make.builtin('fma', 'f32', left, right[q]!, make.variable(sum)));
          });
        }
      });
      forRows.forEach(({ tileAt }, q) => addMoving(block, tileAt(firstRow), moving, sums[q]!, step));
    });
    forRows.forEach(({ tileAt, lanes }, q) => {
      writeRows(values, tileAt(firstRow), sums[q]!, lanes, perRow, (r, point) => {
        for (const { store, sums: kept } of block.parts) {
          const entry = make.add(make.sub(firstRow, rows.first), r);
          const own = ownParts(values, tileAt(firstRow), lanes, store, point);
          emitter.put(kept, entry, combined(emitter, store.partial.op, make.element(kept, entry), own));
        }
      });
    });
  });
}

/** The reductions of each four columns of the panel, which are the same for every row. */
function sumStill(
  { values, contraction, base }: Block,
  panel: readonly Tile['columns'][],
  reductions: readonly Reduction[],
): readonly Sums[] {
  const { emitter } = values;
  const { column, inner } = contraction;
  const sums = panel.map(() => new Map(reductions.map((reduction) => [reduction, [declare(values, reduction)]])));
  if (reductions.length === 0) return sums;
  walk(values, contraction, base, 1, (step) => {
    panel.forEach((columns, q) => {
      const point = within(positionAt(inner, step), [[column.name, columns.base]], columns);
      for (const [{ op, value }, [sum]] of sums[q]!) {
        emitter.assign(sum!, combined(emitter, op, emitter.make.variable(sum!), values.at(value, point)));
      }
    });
  });
  return sums;
}

/** What a position of the inner axis adds to sums that differ from row to row. */
function addMoving(
  { values, contraction }: Block,
  tile: Tile,
  reductions: readonly Reduction[],
  sums: Sums,
  step: Step,
): void {
  const { emitter } = values;
  const { make } = emitter;
  const { row, column, inner } = contraction;
  const here = within(positionAt(inner, step), [[column.name, tile.columns.base]], tile.columns);
  for (const reduction of reductions) {
    sums.get(reduction)!.forEach((sum, r) => {
      const point = within(here, [[row.name, rowOf(values, tile, make.u32(r))]]);
      emitter.assign(sum, combined(emitter, reduction.op, make.variable(sum), values.at(reduction.value, point)));
    });
  }
}

/** One variable a row of a tile. */
function declareSums({ values }: Block, accumulators: readonly Accumulator[]): Sums {
  return new Map(
    accumulators.map((accumulator) => [
      accumulator,
      Array.from({ length: tileRows }, (_, r) => declare(values, accumulator, r)),
    ]),
  );
}

function declare({ emitter }: Values, accumulator: Accumulator, r?: number): Variable {
  const value = accumulator.kind === 'product' ? accumulator.a : accumulator.value;
  const start = neutral(accumulator.kind === 'product' ? 'sum' : accumulator.op, scalarOf(value));
  const name = r === undefined ? accumulator.name : emitter.numbered(accumulator.name, r);
  return emitter.mutable(name, emitter.make.widen(emitter.make.literal(start.value, start.scalar), 4));
}

/** Whether a store reads the accumulator, itself or through the epilogue's values. */
function isRead({ epilogue }: Contraction, stores: readonly Store[], accumulator: Accumulator): boolean {
  const later = epilogue.flatMap(({ accumulators }) =>
    accumulators.flatMap((one) => (one.kind === 'product' ? [one.a, one.b] : [one.value])),
  );
  const read = valuesOf([...stores.map(({ value }) => value), ...later]);
  return [...read].some((value) => value.kind === 'accumulator' && value.accumulator === accumulator);
}

function partsOf(values: Values, { epilogue }: Contraction, { rows }: PanelsChoice): readonly Part[] {
  const stores = epilogue.flatMap((phase) => phase.stores);
  return stores.flatMap((store): readonly Part[] => {
    if (store.partial === undefined) return [];
    const sums = values.emitter.scratchArray(`${store.tensor.name}_parts`, scalarOf(store.value), 4, rows);
    return [{ store: { ...store, partial: store.partial }, sums }];
  });
}

function clearParts({ values: { emitter }, rows, parts }: Block): void {
  const { make } = emitter;
  emitter.loop('r', make.u32(0), make.sub(rows.below, rows.first), make.u32(1), (r) => {
    for (const { store, sums } of parts) {
      const start = neutral(store.partial.op, scalarOf(store.value));
      emitter.put(sums, r, make.widen(make.literal(start.value, start.scalar), 4));
    }
  });
}

/** Stores what the rows of the block add up to over the segment that begins at column `segment`. */
function storeParts({ values, contraction, rows, parts, base }: Block, segment: Expr): void {
  const { emitter } = values;
  const { make } = emitter;
  const { row } = contraction;
  emitter.loop(row.name, rows.first, rows.below, make.u32(1), (position) => {
    for (const { store, sums } of parts) {
      const parts = make.element(sums, make.sub(position, rows.first));
      const total = across(emitter, 'total', parts, store.partial.op);
      const entry = make.div(segment, store.partial.segment);
      storeEntry(values, contraction, store, total, entry, within(base, [[row.name, position]]));
    }
  });
}
