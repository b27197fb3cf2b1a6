/** Partial sums of a block's rows over segments of columns. */
import type { Expr, LocalArray } from './loops.ts';
import type { Lanes, Tile } from './operands.ts';
import { eachPanel, type Block, type Panel } from './panel-block.ts';
import { unitOf } from './panel-shape.ts';
import { ownParts, storeEntry, type PartialStore } from './partials.ts';
import { across, combined, neutral, scalarOf } from './phases.ts';
import { within, type Point } from './point.ts';

/** Partial sums over the segment at hand of every fourth column, for every row of the block: [rows] of four. */
export interface Part {
  readonly store: PartialStore;
  readonly sums: LocalArray;
}

/** Runs `body` for each panel of the block, and stores the partial sums of each segment of panels. */
export function eachPanelInSegments(block: Block, parts: readonly Part[], body: (panel: Panel) => void): void {
  const { values, contraction, shape, columns } = block;
  if (parts.length === 0) return eachPanel(block, columns, body);
  const { emitter } = values;
  const { make } = emitter;
  const unit = make.u32(unitOf(contraction, shape.quads));
  emitter.loop('segment', columns.first, columns.below, unit, (first) => {
    const end = make.min(make.add(first, unit), columns.below);
    clearParts(block, parts);
    eachPanel(block, { first, below: emitter.let('end_segment', end) }, body);
    storeParts(block, parts, first);
  });
}

export function partsOf({ values, contraction, shape }: Block): readonly Part[] {
  const stores = contraction.epilogue.flatMap((phase) => phase.stores);
  return stores.flatMap((store): readonly Part[] => {
    if (store.partial === undefined) return [];
    const sums = values.emitter.scratchArray(`${store.tensor.name}_parts`, scalarOf(store.value), 4, shape.rows);
    return [{ store: { ...store, partial: store.partial }, sums }];
  });
}

/** Adds what row r of the tile has in four columns. */
export function addParts(
  { values, rows }: Block,
  parts: readonly Part[],
  tile: Tile,
  lanes: Lanes,
  r: Expr,
  point: Point,
): void {
  const { emitter } = values;
  const { make } = emitter;
  const entry = make.add(make.sub(tile.firstRow, rows.first), r);
  for (const { store, sums } of parts) {
    const own = ownParts(values, tile, lanes, store, point);
    emitter.put(sums, entry, combined(emitter, store.partial.op, make.element(sums, entry), own));
  }
}

function clearParts({ values: { emitter }, rows }: Block, parts: readonly Part[]): void {
  const { make } = emitter;
  emitter.loop('r', make.u32(0), make.sub(rows.below, rows.first), make.u32(1), (r) => {
    for (const { store, sums } of parts) {
      const start = neutral(store.partial.op, scalarOf(store.value));
      emitter.put(sums, r, make.widen(make.literal(start.value, start.scalar), 4));
    }
  });
}

/** Stores what the rows of the block add up to over the segment that begins at column `segment`. */
function storeParts({ values, contraction, rows, base }: Block, parts: readonly Part[], segment: Expr): void {
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
