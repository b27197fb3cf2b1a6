/** How large register tiles are: by a model of what a step of the inner axis costs, fitted to measurements. */
import type { TileChoice } from './choice.ts';
import type { Contraction } from './contraction.ts';
import { pointsOf } from './grid.ts';
import { segmentsFit } from './partials.ts';
import type { Profile } from './profile.ts';

/** Lanes beside each other: thirty-two columns. */
const lanes = 8;
/** Beside its rows, a tile pays for its columns' loads what this many rows cost. */
const columnLoads = 8.5;
/**
 * A software adapter's driver compiles 32 rows a tenth of a second longer than 16. Kernels of fewer multiply-adds than this
 * take hardly less time with more rows.
 */
const worthCompiling = 2 ** 22;
/** Fewer workgroups than this leave cores idle. */
const enoughGroups = 8;

/** The shape of register tiles for the contraction; undefined where it is too small for any. */
export function tileFor(contraction: Contraction, { tile, subgroupSize }: Profile): TileChoice | undefined {
  const { row, column, products } = contraction;
  if (row.extent < 4 || column.extent < 4 || !segmentsFit(contraction, lanes)) return undefined;
  const subgroup = tile === 'subgroup' && subgroupSize === lanes;
  const most = multiplyAddsOf(contraction) < worthCompiling ? 16 : 32;
  if (subgroup) return { kind: 'tile', rows: rowsOf(contraction, most), lanes, bands: 1, subgroup };
  const rows = Math.max(4, Math.min(8 / products.length, Math.ceil(row.extent / 4) * 4));
  const bands = Math.min(8, Math.ceil(row.extent / rows));
  return { kind: 'tile', rows: Math.ceil(rows / 4) * 4, lanes, bands, subgroup };
}

function multiplyAddsOf({ row, column, planes, outer, inner, products }: Contraction): number {
  return [row, column, ...planes, ...outer, inner].reduce((all, { extent }) => all * extent, products.length);
}

/** The number of rows that makes all tiles together cheapest, among those that keep the cores busy. */
function rowsOf({ row, column, planes, products }: Contraction, most: number): number {
  const limit = Math.max(4, Math.floor(most / products.length / 4) * 4);
  const across = Math.ceil(column.extent / (4 * lanes)) * pointsOf(planes);
  const choices = Array.from({ length: limit / 4 }, (_, i) => 4 * (i + 1));
  const busy = choices.filter((rows) => Math.ceil(row.extent / rows) * across >= enoughGroups);
  const cost = (rows: number): number => Math.ceil(row.extent / rows) * (columnLoads + rows);
  return (busy.length > 0 ? busy : choices.slice(0, 1)).reduce((best, rows) =>
    cost(rows) <= cost(best) ? rows : best,
  );
}
