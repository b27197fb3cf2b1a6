/** How a processor's threads share a contraction: the blocks of its result that are computed apart. */
import { type Value, type Tensor } from '../ir.ts';
import type { PanelsChoice } from './choice.ts';
import type { Contraction } from './contraction.ts';
import { pointsOf } from './grid.ts';

/** Rows of a tile: with two vectors of columns, eight sums, which with their operands fit sixteen registers. */
export const tileRows = 4;

/** Numbers that a thread may pack of one operand: a megabyte of them stays in the cache beside the core. */
const mostPacked = 2 ** 18;

/** What it costs to bring a number to where tiles read it, in multiply-adds. */
const costs = { packedLeft: 2, packedRight: 1, direct: 0.25 };

/** The threads that the choice is made for, each as likely. */
const threadCounts = [1, 2, 4, 8];

/**
 * The shape of panels and blocks, or undefined where the contraction is too small, or a partial sum runs across.
 * Larger blocks pack less often, more blocks keep more threads busy: the choice is the cheapest over `threadCounts`.
 */
export function panelsFor(contraction: Contraction): PanelsChoice | undefined {
  const { column, products } = contraction;
  const wide = products.length === 1 && column.extent > 4 && panelsFit(contraction, 2);
  const quads = wide ? 2 : 1;
  if (!panelsFit(contraction, quads)) return undefined;
  const cost = costOf(contraction);
  return panelShapes(contraction, quads).reduce((best, shape) => (cost(shape) < cost(best) ? shape : best));
}

/** Whether panels of so many vectors hold the contraction: it is large enough, and they part segments of partial sums. */
export function panelsFit(contraction: Contraction, quads: number): boolean {
  const { row, column } = contraction;
  const partials = partialsOf(contraction);
  const isParted = partials.every(({ axis, segment }) => axis === column && segment % (4 * quads) === 0);
  return row.extent >= 2 && column.extent >= 4 && isParted && new Set(partials.map(({ segment }) => segment)).size <= 1;
}

/** The shapes with panels of so many vectors of columns: blocks that part the result evenly. */
export function panelShapes(contraction: Contraction, quads: number): readonly PanelsChoice[] {
  const { row, column } = contraction;
  const left = packedOf(contraction).left;
  const mostRows = left === 0 ? Infinity : Math.max(tileRows, Math.floor(mostPacked / depthOf(contraction) / left));
  return sizes(row.extent, tileRows).flatMap((rows) =>
    rows > mostRows
      ? []
      : sizes(column.extent, unitOf(contraction, quads)).map((columns): PanelsChoice => ({
          kind: 'panels',
          quads,
          rows,
          columns,
        })),
  );
}

/** Columns that stay together: a panel, or the segment of a partial sum. */
export function unitOf(contraction: Contraction, quads: number): number {
  return partialsOf(contraction)[0]?.segment ?? 4 * quads;
}

/** What a shape costs in multiply-adds, over the likely numbers of threads. */
function costOf(contraction: Contraction): (shape: PanelsChoice) => number {
  const { row, column, planes, products } = contraction;
  const depth = depthOf(contraction);
  const { left, right } = packedOf(contraction);
  return ({ rows, columns }) => {
    const blocks = Math.ceil(row.extent / rows) * Math.ceil(column.extent / columns) * pointsOf(planes);
    const reading = rows * (left * costs.packedLeft + (products.length - left) * costs.direct);
    const panels = columns * (right * costs.packedRight + (products.length - right) * costs.direct);
    const block = depth * (rows * columns * products.length + reading + panels);
    return threadCounts.reduce((sum, threads) => sum + Math.ceil(blocks / threads) * threads * block, 0);
  };
}

function partialsOf({ epilogue }: Contraction) {
  return epilogue.flatMap(({ stores }) => stores.flatMap(({ partial }) => partial ?? []));
}

function depthOf({ inner, outer }: Contraction): number {
  return inner.extent * pointsOf(outer);
}

/** How many left and right operands are packed. */
function packedOf({ products }: Contraction): { readonly left: number; readonly right: number } {
  const left = products.filter(({ left }) => !isPlain(left)).length;
  return { left, right: products.filter(({ right }) => !isPlain(right)).length };
}

/** Multiples of `unit` that part the extent evenly, the largest first. */
function sizes(extent: number, unit: number): readonly number[] {
  const units = Math.ceil(extent / unit);
  const parts = Array.from({ length: Math.min(units, 32) }, (_, i) => unit * Math.ceil(units / (i + 1)));
  return [...new Set(parts)];
}

/** Whether the value is a number of memory as it stands: nothing is computed to get it. */
export function isPlain(value: Value): value is Value & { readonly kind: 'load'; readonly tensor: Tensor } {
  return value.kind === 'load' && value.dtype === 'f32' && value.tensor.storage === 'f32';
}
