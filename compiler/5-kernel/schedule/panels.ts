/**
 * Contractions on a processor's thread, after Goto & van de Geijn (2008): a workgroup owns a block of the result and
 * goes over it panel by panel of a few vectors of columns, and each panel by tiles of four rows, whose sums stay in
 * registers over a stretch of the loops. Operands that would not stay in the core's cache are packed first.
 * Where there are several stretches, memory holds what the block adds up to in between.
 */
import type { Accumulator, Store } from '../ir.ts';
import type { Caches } from './caches.ts';
import type { PanelsChoice } from './choice.ts';
import type { Contraction, Reduction } from './contraction.ts';
import { valuesOf } from './dependence.ts';
import type { Draft } from './draft.ts';
import { storesOf, writeOnce, writeRows } from './epilogue.ts';
import { pointsOf, positions } from './grid.ts';
import type { Expr } from './loops.ts';
import { leftOperand, rightOperand, type LeftOperand } from './packing.ts';
import { eachPanel, eachTile, tileAt, type Block, type Panel } from './panel-block.ts';
import { addParts, eachPanelInSegments, partsOf, type Part } from './panel-parts.ts';
import { tileRows } from './panel-shape.ts';
import { addMoving, keptSums, newSums, stillSums, type PanelSums } from './panel-sums.ts';
import { pointAt } from './point.ts';
import { depthOf, forStretches, walk, walkFlat, wholeStretch, type Stretch } from './stretch.ts';
import type { Values } from './values.ts';

export function schedulePanels(contraction: Contraction, values: Values, shape: PanelsChoice, caches: Caches): Draft {
  const { emitter, extents } = values;
  const { make } = emitter;
  const { row, column, planes } = contraction;
  const base = pointAt(positions(emitter, extents, make.place('group.z'), planes));
  const deep = shape.stretch < depthOf(contraction) ? `, over ${shape.stretch} positions at a time` : '';
  emitter.comment(
    `${shape.rows} rows by ${shape.columns} columns, in tiles of ${tileRows} rows by ${4 * shape.quads} columns${deep}.`,
  );
  const range = (name: string, place: Expr, size: number, extent: Expr) => {
    const first = emitter.let(`first_${name}`, make.mul(place, make.u32(size)));
    return { first, below: emitter.let(`end_${name}`, make.min(make.add(first, make.u32(size)), extent)) };
  };
  const rows = range(row.name, make.place('group.y'), shape.rows, extents.of(row));
  const columns = range(column.name, make.place('group.x'), shape.columns, extents.of(column));
  const block: Block = { values, contraction, shape, caches, rows, columns, base };

  const totals = deep === '' ? inOneStretch(block) : inStretches(block);
  const parts = partsOf(block);
  eachPanelInSegments(block, parts, (panel) => finish(block, panel, parts, totals));
  return {
    workgroupSize: [1, 1, 1],
    workgroups: [Math.ceil(column.extent / shape.columns), Math.ceil(row.extent / shape.rows), pointsOf(planes)],
  };
}

/** What the tiles of a panel add up to over all loops: the sums of the tile from a row on. */
type Totals = (panel: Panel) => (firstRow: Expr) => PanelSums;

/** Each tile is added up where its sums are asked for. */
function inOneStretch(block: Block): Totals {
  const { values, contraction, base } = block;
  const stretch = wholeStretch(values, contraction, base);
  const lefts = leftsOf(block, stretch);
  return (panel) => {
    const multiply = multiplier(block, panel, stretch, lefts);
    return (firstRow) => {
      const sums = newSums(block, accumulatorsOf(block));
      multiply(firstRow, sums);
      return sums;
    };
  };
}

/** All of the block is added up, a stretch after the other; then its sums are in memory. */
function inStretches(block: Block): Totals {
  const { values, contraction, base, shape, columns } = block;
  const kept = keptSums(block, accumulatorsOf(block));
  kept.clear();
  forStretches(values, contraction, base, shape.stretch, (stretch) => {
    const lefts = leftsOf(block, stretch);
    eachPanel(block, columns, (panel) => {
      const multiply = multiplier(block, panel, stretch, lefts);
      eachTile(block, (firstRow) => {
        const sums = kept.read(panel, firstRow);
        multiply(firstRow, sums);
        kept.write(panel, firstRow, sums);
      });
    });
  });
  return (panel) => (firstRow) => kept.read(panel, firstRow);
}

function leftsOf({ values, contraction, shape, caches, rows }: Block, stretch: Stretch): readonly LeftOperand[] {
  const range = { ...rows, count: shape.rows };
  return contraction.products.map(({ left }) => leftOperand(values, contraction, left, range, stretch, caches));
}

/** Packs what the panel needs of the stretch, and returns what adds its products to a tile's sums. */
function multiplier(
  block: Block,
  panel: Panel,
  stretch: Stretch,
  lefts: readonly LeftOperand[],
): (firstRow: Expr, sums: PanelSums) => void {
  const { values, contraction, caches } = block;
  const { emitter } = values;
  const { make } = emitter;
  const { products } = contraction;
  const columns = panel.quads.map((quad) => quad.columns);
  const rights = products.map(({ right }) => rightOperand(values, contraction, right, columns, stretch, caches));
  const { moving } = reductionsOf(block);
  return (firstRow, sums) => {
    // A position at a time: engines move the loads of a longer step together, and then run out of registers.
    const each: typeof walkFlat = moving.length === 0 ? walkFlat : (of, along, body) => walk(of, along, 1, body);
    each(values, stretch, (step) => {
      products.forEach(({ accumulator }, p) => {
        const right = columns.map((_, q) => emitter.let('columns', rights[p]!(q, step)));
        for (let r = 0; r < tileRows; r++) {
          const left = emitter.let(`left${r}`, lefts[p]!(firstRow, r, step));
          sums.forEach((ofQuad, q) => {
            const sum = ofQuad.get(accumulator)![r]!;
            emitter.assign(sum, make.builtin('fma', 'f32', left, right[q]!, make.variable(sum)));
          });
        }
      });
      addMoving(block, panel, firstRow, moving, sums, step);
    });
  };
}

/** Stores what becomes of the panel's sums. */
function finish(block: Block, panel: Panel, parts: readonly Part[], totals: Totals): void {
  const { values, contraction, rows } = block;
  const { emitter } = values;
  const { make } = emitter;
  const { once, perRow } = storesOf(values, contraction);
  const { still } = reductionsOf(block);

  // What no row changes is summed once a panel; only in the first block where no row reads it.
  const forRows = stillSums(
    block,
    panel,
    still.filter((reduction) => isRead(contraction, perRow, reduction)),
  );
  if (once.length > 0) {
    emitter.when(make.builtin('eq', 'bool', rows.first, make.u32(0)), () => {
      const sums = stillSums(block, panel, still);
      panel.quads.forEach((quad, q) => {
        writeOnce(values, tileAt(block, quad, make.u32(0)), sums[q]!, quad.lanes, once);
      });
    });
  }
  if (perRow.length === 0) return;
  const totalOf = totals(panel);
  eachTile(block, (firstRow) => {
    const sums = totalOf(firstRow);
    panel.quads.forEach((quad, q) => {
      const tile = tileAt(block, quad, firstRow);
      writeRows(values, tile, new Map([...forRows[q]!, ...sums[q]!]), quad.lanes, perRow, (r, point) =>
        addParts(block, parts, tile, quad.lanes, r, point),
      );
    });
  });
}

/** The reductions beside the products: those that are the same for every row, and the others. */
function reductionsOf({ values, contraction }: Block): {
  readonly still: readonly Reduction[];
  readonly moving: readonly Reduction[];
} {
  const { reductions, row } = contraction;
  const moving = reductions.filter(({ value }) => values.dependence.axesOf(value).has(row.name));
  return { still: reductions.filter((reduction) => !moving.includes(reduction)), moving };
}

/** What differs from row to row. */
function accumulatorsOf(block: Block): readonly Accumulator[] {
  return [...block.contraction.products.map(({ accumulator }) => accumulator), ...reductionsOf(block).moving];
}

/** Whether a store reads the accumulator, itself or through the epilogue's values. */
function isRead({ epilogue }: Contraction, stores: readonly Store[], accumulator: Accumulator): boolean {
  const later = epilogue.flatMap(({ accumulators }) =>
    accumulators.flatMap((one) => (one.kind === 'product' ? [one.a, one.b] : [one.value])),
  );
  const read = valuesOf([...stores.map(({ value }) => value), ...later]);
  return [...read].some((value) => value.kind === 'accumulator' && value.accumulator === accumulator);
}
