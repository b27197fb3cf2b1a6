/** How a processor's threads share a contraction: the blocks of its result that are computed apart. */
import type { Axis } from '../ir.ts';
import type { Caches } from './caches.ts';
import type { PanelsChoice } from './choice.ts';
import type { Contraction } from './contraction.ts';
import { pointsOf } from './grid.ts';
import { leftInPlace, rightInPlace } from './in-place.ts';
import { depthOf, evenStretch } from './stretch.ts';

/** Rows of a tile: with two vectors of columns, eight sums, which with their operands fit sixteen registers. */
export const tileRows = 4;

/**
 * What it costs to bring a number to where tiles read it, in multiply-adds: once a block. `far` comes on top where the
 * core's own cache does not hold the whole operand, and the next block finds it gone.
 */
const costs = { packedLeft: 3, packedRight: 2, inPlace: 1, far: 3 };

/** The threads that the choice is made for, each as likely. */
const threadCounts = [1, 2, 4, 8];

/**
 * The shape of panels and blocks, or undefined where the contraction is too small, or a partial sum runs across.
 * Larger blocks pack less often, more blocks keep more threads busy: the choice is the cheapest over `threadCounts`.
 */
export function panelsFor(contraction: Contraction, caches: Caches): PanelsChoice | undefined {
  const { column, products } = contraction;
  const wide = products.length === 1 && column.extent > 4 && panelsFit(contraction, 2);
  const quads = wide ? 2 : 1;
  if (!panelsFit(contraction, quads)) return undefined;
  const stretch = usualStretch(contraction, caches, quads);
  const cost = costOf(contraction, caches);
  return panelShapes(contraction, caches, quads, stretch).reduce((best, shape) =>
    cost(shape) < cost(best) ? shape : best,
  );
}

/** Lengths of stretches with panels of so many vectors: the default, a quarter and half of the nearest cache, and all. */
export function panelStretches(contraction: Contraction, caches: Caches, quads: number): readonly number[] {
  const most = fullPanel(caches, quads);
  const even = [most / 4, most / 2, Infinity].map((length) => evenStretch(contraction, length));
  return [...new Set([usualStretch(contraction, caches, quads), ...even])];
}

/**
 * All positions, as long as a panel of them fits the nearest cache. Else stretches that leave half of it to rows and sums:
 * sums wait in memory between them, so that fewer would be better were it not for the cache.
 */
function usualStretch(contraction: Contraction, caches: Caches, quads: number): number {
  const most = fullPanel(caches, quads);
  const depth = depthOf(contraction);
  return depth <= most ? depth : evenStretch(contraction, most / 2);
}

/** Positions of a panel that fills the nearest cache. */
function fullPanel({ nearest }: Caches, quads: number): number {
  return nearest / (16 * quads);
}

/** Whether panels of so many vectors hold the contraction: it is large enough, and they part segments of partial sums. */
export function panelsFit(contraction: Contraction, quads: number): boolean {
  const { row, column } = contraction;
  const partials = partialsOf(contraction);
  const isParted = partials.every(({ axis, segment }) => axis === column && segment % (4 * quads) === 0);
  return row.extent >= 2 && column.extent >= 4 && isParted && new Set(partials.map(({ segment }) => segment)).size <= 1;
}

/** The shapes with panels of so many vectors of columns and so long stretches: blocks that part the result evenly. */
export function panelShapes(
  contraction: Contraction,
  caches: Caches,
  quads: number,
  stretch: number,
): readonly PanelsChoice[] {
  const { row, column } = contraction;
  const { left } = packedOf(contraction, stretch, caches);
  // What is packed of the rows may fill half of the core's own cache: every panel goes over it.
  const mostRows = left === 0 ? Infinity : Math.max(tileRows, Math.floor(caches.own.bytes / 8 / stretch / left));
  return sizes(row.extent, tileRows, mostRows).flatMap((rows) =>
    sizes(column.extent, unitOf(contraction, quads)).map((columns): PanelsChoice => ({
      kind: 'panels',
      quads,
      rows,
      columns,
      stretch,
    })),
  );
}

/** Columns that stay together: a panel, or the segment of a partial sum. */
export function unitOf(contraction: Contraction, quads: number): number {
  return partialsOf(contraction)[0]?.segment ?? 4 * quads;
}

/**
 * What a shape costs in multiply-adds, over the likely numbers of threads. Sums that wait between stretches cost nothing
 * here: they are read and written in order, and blocks that keep 16 MiB of them were 1 % slower at most than blocks that the
 * core's cache holds, which pack more often.
 */
function costOf(contraction: Contraction, caches: Caches): (shape: PanelsChoice) => number {
  const { row, column, planes, products } = contraction;
  const positions = depthOf(contraction);
  const far = ({ extent }: Axis): number => (4 * positions * extent > caches.own.bytes ? costs.far : 0);
  return ({ rows, columns, stretch }) => {
    const packed = packedOf(contraction, stretch, caches);
    const bringing = (count: number, cost: number, axis: Axis): number =>
      count * cost + (products.length - count) * costs.inPlace + products.length * far(axis);
    const blocks = Math.ceil(row.extent / rows) * Math.ceil(column.extent / columns) * pointsOf(planes);
    const lefts = rows * bringing(packed.left, costs.packedLeft, row);
    const rights = columns * bringing(packed.right, costs.packedRight, column);
    const block = positions * (rows * columns * products.length + lefts + rights);
    return threadCounts.reduce((sum, threads) => sum + Math.ceil(blocks / threads) * threads * block, 0);
  };
}

function partialsOf({ epilogue }: Contraction) {
  return epilogue.flatMap(({ stores }) => stores.flatMap(({ partial }) => partial ?? []));
}

/** How many left and right operands are packed. */
function packedOf(
  contraction: Contraction,
  stretch: number,
  caches: Caches,
): { readonly left: number; readonly right: number } {
  const { products } = contraction;
  return {
    left: products.filter(({ left }) => !leftInPlace(contraction, left, stretch, caches)).length,
    right: products.filter(({ right }) => !rightInPlace(contraction, right, stretch, caches)).length,
  };
}

/** Multiples of `unit`, none above `most`, that part the extent evenly, the largest first. */
function sizes(extent: number, unit: number, most = Infinity): readonly number[] {
  const units = Math.ceil(extent / unit);
  const fewest = Math.ceil(units / Math.max(1, Math.floor(most / unit)));
  const parts = Array.from(
    { length: Math.min(units, 32) },
    (_, i) => unit * Math.ceil(units / Math.max(1, fewest + i)),
  );
  return [...new Set(parts)];
}
