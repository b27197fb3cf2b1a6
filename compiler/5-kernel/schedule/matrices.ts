/**
 * A workgroup's products by matrices of eight by eight, each of which a subgroup multiplies as one operation where the
 * device has units for it. Sums stay in matrices over all loops, and reach the lanes whose tiles they belong to through
 * memory. Numbers are f32 throughout, added in whatever order the units have.
 */
import type { Accumulator, Value } from '../ir.ts';
import type { TileChoice } from './choice.ts';
import type { Contraction } from './contraction.ts';
import type { Draft } from './draft.ts';
import type { Sums } from './epilogue.ts';
import { matrixSide as side, type Expr, type LocalArray, type Matrix } from './loops.ts';
import type { Operands, Tile } from './operands.ts';
import type { Point } from './point.ts';
import { Staging, stagedNumbers, type StagingOptions } from './staging.ts';
import type { Values } from './values.ts';

/** Matrices of sums that a subgroup holds at most. */
const mostMatrices = 32;

/** What one subgroup owns of the workgroup's sums: so many matrices below and beside each other. */
interface Block {
  readonly rows: number;
  readonly columns: number;
  /** Blocks beside each other. */
  readonly across: number;
}

/** The same tiles by matrices, where subgroups have `lanes` lanes; undefined where they do not cover the tiles. */
export function byMatrices(contraction: Contraction, tile: TileChoice, lanes: number): TileChoice | undefined {
  const matrixSubgroups = (tile.lanes * tile.bands) / lanes;
  const block = blockOf(tile, matrixSubgroups);
  if (block === undefined || block.rows * block.columns * contraction.products.length > mostMatrices) return undefined;
  return { ...tile, matrixSubgroups };
}

/** As square as can be: squares read the least. Undefined where blocks do not cover the tiles. */
function blockOf(
  { rows, lanes, bands }: Pick<TileChoice, 'rows' | 'lanes' | 'bands'>,
  subgroups: number,
): Block | undefined {
  return range(Number.isInteger(subgroups) ? subgroups : 0)
    .map((i) => i + 1)
    .map((across) => ({
      rows: (rows * bands * across) / subgroups / side,
      columns: (4 * lanes) / across / side,
      across,
    }))
    .filter(({ rows, columns, across }) => [rows, columns, subgroups / across].every(Number.isInteger))
    .sort((a, b) => a.rows + a.columns - (b.rows + b.columns))[0];
}

/** What matrices ask of a device: subgroups of so many lanes, that multiply them. */
export function ofMatrices(lanes: number): Pick<Draft, 'features' | 'subgroupSize'> {
  return { features: ['subgroups', 'chromium-experimental-subgroup-matrix'], subgroupSize: lanes };
}

export interface MatricesOptions extends Omit<StagingOptions, 'memory'> {
  readonly subgroups: number;
}

export class Matrices {
  readonly #values: Values;
  readonly #tile: Tile;
  readonly #options: MatricesOptions;
  readonly #staging: Staging;
  readonly #memory: LocalArray;
  /** This subgroup's first row and column within the workgroup. */
  readonly #row: Expr;
  readonly #column: Expr;
  /** Row by row. */
  readonly #sums: ReadonlyMap<Accumulator, readonly (readonly Matrix[])[]>;

  constructor(values: Values, tile: Tile, options: MatricesOptions) {
    const { emitter } = values;
    const { make } = emitter;
    const block = blockOf({ ...options, rows: tile.rows }, options.subgroups);
    if (block === undefined) throw new Error('matrices do not cover these tiles');
    const { rows, columns, across } = block;
    this.#values = values;
    this.#tile = tile;
    this.#options = options;
    // One after the other it holds operands and sums.
    const sums = tile.rows * options.bands * 4 * options.lanes;
    this.#memory = emitter.workgroupArray('staged', 'f32', 1, Math.max(stagedNumbers(tile, options), sums));
    this.#staging = new Staging(values, tile, { ...options, memory: this.#memory });
    // One alone has them all.
    const subgroup = options.subgroups === 1 ? make.u32(0) : make.place('subgroup');
    const [below, beside] =
      across === 1 ? [subgroup, make.u32(0)] : [make.div(subgroup, across), make.rem(subgroup, across)];
    this.#row = emitter.let('block_row', make.mul(below, make.u32(side * rows)));
    this.#column = emitter.let('block_column', make.mul(beside, make.u32(side * columns)));
    this.#sums = new Map(
      tile.contraction.products.map(({ accumulator: { name }, accumulator }) => [
        accumulator,
        range(rows).map((i) =>
          range(columns).map((j) => emitter.matrix(`${emitter.numbered(name, i)}_${j}`, 'result')),
        ),
      ]),
    );
  }

  /** As Staging.walk, but the products are made here: `addTerms` adds what is summed beside them. */
  walk(base: Point, addTerms: (operands: Operands) => void): number {
    const { products, reductions } = this.#tile.contraction;
    return this.#staging.slices(base, (byFours) => {
      this.#addSlice();
      if (reductions.length === 0) return;
      byFours((operands) => {
        // A sum is often one of a right operand itself, which lies staged.
        for (const { right } of products) operands.right(right);
        addTerms(operands);
      });
    });
  }

  #addSlice(): void {
    const { emitter } = this.#values;
    const { make } = emitter;
    const staging = this.#staging;
    emitter.loop('ahead', make.u32(0), make.u32(this.#options.depth), make.u32(side), (ahead) => {
      const lefts = new Map<Value, readonly Matrix[]>();
      const rights = new Map<Value, readonly Matrix[]>();
      for (const { accumulator, left, right } of this.#tile.contraction.products) {
        const sums = this.#sums.get(accumulator)!;
        if (!lefts.has(left)) {
          const place = (i: number) => staging.leftMatrix(left, ahead, make.add(this.#row, make.u32(side * i)));
          lefts.set(left, sums.map((_, i) => emitter.matrix(`rows${i}`, 'left', place(i)))); // prettier-ignore
        }
        if (!rights.has(right)) {
          const place = (j: number) => staging.rightMatrix(right, ahead, make.add(this.#column, make.u32(side * j)));
          rights.set(right, sums[0]!.map((_, j) => emitter.matrix(`columns${j}`, 'right', place(j)))); // prettier-ignore
        }
        sums.forEach((row, i) =>
          row.forEach((sum, j) => emitter.multiply(sum, lefts.get(left)![i]!, rights.get(right)![j]!)),
        );
      }
    });
  }

  /** Adds each lane's share to its sums. All lanes must arrive together. */
  handOut(sums: Sums): void {
    const { emitter } = this.#values;
    const { make } = emitter;
    const { lane, lanes, band } = this.#options;
    const { rows } = this.#tile;
    const columns = 4 * lanes;
    // Nobody reads operands there any more.
    const array = this.#memory;
    const at = (row: Expr, column: Expr): Expr => make.add(make.mul(row, make.u32(columns)), column);
    [...this.#sums].forEach(([accumulator, matrices], n) => {
      // None overwrites what another still reads.
      if (n > 0) emitter.barrier();
      matrices.forEach((row, i) => {
        row.forEach((matrix, j) => {
          const [down, along] = [make.u32(side * i), make.u32(side * j)];
          const index = at(make.add(this.#row, down), make.add(this.#column, along));
          emitter.putMatrix(matrix, { array, index, stride: columns, transposed: false });
        });
      });
      emitter.barrier();
      sums.get(accumulator)!.forEach((sum, r) => {
        const row = make.add(make.mul(band, make.u32(rows)), make.u32(r));
        const first = emitter.let('first', at(row, make.mul(lane, make.u32(4))));
        const [a, b, c, d] = range(4).map((c) => make.element(array, make.add(first, make.u32(c))));
        emitter.assign(sum, make.builtin('add', 'f32', make.variable(sum), make.vector(a!, b!, c!, d!)));
      });
    });
  }
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i);
}
