/** The block of a result that a workgroup owns, and its panels and tiles. */
import type { Caches } from './caches.ts';
import type { PanelsChoice } from './choice.ts';
import type { Contraction } from './contraction.ts';
import type { Expr } from './loops.ts';
import { columnsOf, type Lanes, type Tile } from './operands.ts';
import { tileRows } from './panel-shape.ts';
import type { Point } from './point.ts';
import type { Values } from './values.ts';

/** Positions from `first` on, below `below`. */
export interface Range {
  readonly first: Expr;
  readonly below: Expr;
}

export interface Block {
  readonly values: Values;
  readonly contraction: Contraction;
  readonly shape: PanelsChoice;
  readonly caches: Caches;
  readonly rows: Range;
  readonly columns: Range;
  /** Positions on the planes. */
  readonly base: Point;
}

/** The panel of columns from `start` on. */
export interface Panel {
  readonly start: Expr;
  readonly quads: readonly Quad[];
}

/** Four columns of a panel. */
interface Quad {
  readonly lanes: Lanes;
  readonly columns: Tile['columns'];
}

/** Runs `body` for each panel of the columns. */
export function eachPanel({ values, contraction, shape }: Block, columns: Range, body: (panel: Panel) => void): void {
  const { emitter } = values;
  const { make } = emitter;
  emitter.loop('panel', columns.first, columns.below, make.u32(4 * shape.quads), (start) => {
    const quads = Array.from({ length: shape.quads }, (_, q): Quad => {
      const quad = make.add(make.div(start, 4), make.u32(q));
      const columns = columnsOf(values, contraction, shape.quads, quad);
      return { lanes: { quad, lanes: shape.quads, bands: 1 }, columns };
    });
    body({ start, quads });
  });
}

/** Runs `body` for the first row of each tile. */
export function eachTile({ values: { emitter }, contraction, rows }: Block, body: (firstRow: Expr) => void): void {
  const step = emitter.make.u32(tileRows);
  emitter.loop(`tile_${contraction.row.name}`, rows.first, rows.below, step, body);
}

/** The tile of four columns from that row on. */
export function tileAt({ contraction, base }: Block, { columns }: Quad, firstRow: Expr): Tile {
  const inside = contraction.row.extent % tileRows === 0;
  return { contraction, rows: tileRows, inside, base, firstRow, columns };
}
