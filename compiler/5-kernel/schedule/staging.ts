/**
 * Operands of a workgroup's tiles in its memory. All lanes together read a slice of both operands, four rows or columns by
 * four positions each at a time, and meet; then each multiplies what it needs of it, and they meet again. What an operand
 * is computed from is read once a workgroup, and computed once.
 */
import type { Value } from '../ir.ts';
import type { Expr, LocalArray, MatrixPlace } from './loops.ts';
import { columnsOf, isTransposed, Operands, type LeftAt, type RightAt, type Step, type Tile } from './operands.ts';
import type { Point } from './point.ts';
import type { Values } from './values.ts';

export interface StagingOptions {
  /** This lane's number along the columns, below `lanes`. */
  readonly lane: Expr;
  readonly lanes: number;
  /** The number of this lane's tile among those below each other, of which there are `bands`. */
  readonly band: Expr;
  readonly bands: number;
  /** Positions of a slice: a multiple of four. */
  readonly depth: number;
  /** One array of single numbers for all, as matrices are read; where absent each operand has its own, of fours. */
  readonly memory?: LocalArray;
}

/** A slice of an operand: the quad-th four rows, or columns, at a position begin at number (position · quads + quad) · 4. */
interface Staged {
  readonly array: LocalArray;
  /** Numbers of the array before it. */
  readonly before: number;
  readonly quads: number;
}

/** The operands of either side, each once. */
function operandsOf({ contraction: { products } }: Tile): {
  readonly lefts: readonly Value[];
  readonly rights: readonly Value[];
} {
  return {
    lefts: [...new Set(products.map(({ left }) => left))],
    rights: [...new Set(products.map(({ right }) => right))],
  };
}

/** Numbers of a slice of all operands. */
export function stagedNumbers(
  tile: Tile,
  { lanes, bands, depth }: Pick<StagingOptions, 'lanes' | 'bands' | 'depth'>,
): number {
  const { lefts, rights } = operandsOf(tile);
  return depth * (lefts.length * tile.rows * bands + rights.length * 4 * lanes);
}

export class Staging {
  readonly #values: Values;
  readonly #tile: Tile;
  readonly #options: StagingOptions;
  readonly #left: ReadonlyMap<Value, Staged>;
  readonly #right: ReadonlyMap<Value, Staged>;

  constructor(values: Values, tile: Tile, options: StagingOptions) {
    this.#values = values;
    this.#tile = tile;
    this.#options = options;
    const { lanes, bands, depth, memory } = options;
    let before = 0;
    const staged = (name: string, operands: readonly Value[], quads: number): ReadonlyMap<Value, Staged> =>
      new Map(
        operands.map((value): [Value, Staged] => {
          if (memory === undefined) {
            return [value, { array: values.emitter.workgroupArray(name, 'f32', 4, depth * quads), before: 0, quads }];
          }
          const here = { array: memory, before, quads };
          before += 4 * depth * quads;
          return [value, here];
        }),
      );
    const { lefts, rights } = operandsOf(tile);
    this.#left = staged('left', lefts, (tile.rows / 4) * bands);
    this.#right = staged('right', rights, lanes);
  }

  /**
   * Multiplies slice by slice, at `base` on the planes and outer loops; `multiply` is called for four positions at a time.
   * Returns how many positions whole slices have: the rest are left over. All lanes must arrive together.
   */
  walk(base: Point, multiply: (operands: Operands) => void): number {
    return this.slices(base, (byFours) => byFours(multiply));
  }

  /** The same, but `use` is called once where a slice lies staged, with what calls back for four positions at a time. */
  slices(base: Point, use: (byFours: (multiply: (operands: Operands) => void) => void) => void): number {
    const { emitter, extents } = this.#values;
    const { make } = emitter;
    const { inner } = this.#tile.contraction;
    const { depth } = this.#options;
    const whole = inner.extent - (inner.extent % depth);
    if (whole === 0) return 0;
    const end = whole === inner.extent ? extents.of(inner) : make.u32(whole);
    const tile = { ...this.#tile, base };
    emitter.loop(inner.name, make.u32(0), end, make.u32(depth), (slice) => {
      for (const [value, staged] of this.#left) this.#fillLeft(tile, slice, value, staged);
      for (const [value, staged] of this.#right) this.#fillRight(tile, slice, value, staged);
      emitter.barrier();
      use((multiply) =>
        emitter.loop('ahead', make.u32(0), make.u32(depth), make.u32(4), (ahead) => {
          const step = { position: make.add(slice, ahead), length: 4 } as const;
          multiply(new StagedOperands(this.#values, tile, step, this.#reader(ahead)));
        }),
      );
      // None fills the memory with the next slice while another still reads this one.
      emitter.barrier();
    });
    return whole;
  }

  /** Eight rows from `row` on of the left operand, at eight positions of the slice. */
  leftMatrix(value: Value, ahead: Expr, row: Expr): MatrixPlace {
    return { ...this.#matrix(this.#left.get(value)!, ahead, row), transposed: true };
  }

  /** Eight columns from `column` on of the right operand, at eight positions of the slice. */
  rightMatrix(value: Value, ahead: Expr, column: Expr): MatrixPlace {
    return { ...this.#matrix(this.#right.get(value)!, ahead, column), transposed: false };
  }

  #matrix({ array, before, quads }: Staged, ahead: Expr, along: Expr) {
    const { make } = this.#values.emitter;
    const index = make.add(make.u32(before), make.add(make.mul(ahead, make.u32(4 * quads)), along));
    return { array, index, stride: 4 * quads };
  }

  /** What this lane needs at position `ahead` + i of the slice. */
  #reader(ahead: Expr): Reader {
    const { emitter } = this.#values;
    const { make } = emitter;
    const { lane, band } = this.#options;
    const quadsOfTile = this.#tile.rows / 4;
    const entry = (staged: Staged, i: number, quad: Expr): Expr => {
      const { array, quads } = staged;
      const index = make.add(make.mul(make.add(ahead, make.u32(i)), make.u32(quads)), quad);
      if (array.width === 4) return make.element(array, index);
      const first = this.#numberAt(staged, index);
      const [a, b, c, d] = positions.map((c) => make.element(array, make.add(first, make.u32(c))));
      return make.vector(a!, b!, c!, d!);
    };
    return {
      left: (value, i) =>
        Array.from({ length: quadsOfTile }, (_, q) => {
          const quad = make.add(make.mul(band, make.u32(quadsOfTile)), make.u32(q));
          return emitter.let(`rows${q}_${i}`, entry(this.#left.get(value)!, i, quad));
        }),
      right: (value, i) => emitter.let(`columns${i}`, entry(this.#right.get(value)!, i, lane)),
    };
  }

  /** Where the entry of four begins in an array of single numbers. */
  #numberAt({ before }: Staged, entry: Expr): Expr {
    const { make } = this.#values.emitter;
    return make.add(make.u32(before), make.mul(entry, make.u32(4)));
  }

  #fillLeft(tile: Tile, slice: Expr, value: Value, staged: Staged): void {
    const { emitter, extents } = this.#values;
    const { make } = emitter;
    const { contraction } = tile;
    const { row } = contraction;
    const rows = 4 * staged.quads;
    const first = make.mul(make.place('group.y'), make.u32(rows));
    this.#fill(staged, isTransposed(this.#values, contraction, value), (quad, ahead) => {
      const own = make.add(first, make.mul(quad, make.u32(4)));
      // Where rows are made of fours the last of those stands for what lies past the edge; else rows do, one by one.
      const inside = row.extent % 4 === 0;
      const isWhole = !inside || row.extent % rows === 0;
      const firstRow = isWhole ? own : make.min(own, make.sub(extents.of(row), make.u32(4)));
      const block = { ...tile, rows: 4, inside, firstRow };
      const left = new Operands(this.#values, block, { position: make.add(slice, ahead), length: 4 }).left(value);
      return (i) => make.vector(left(0, i), left(1, i), left(2, i), left(3, i));
    });
  }

  #fillRight(tile: Tile, slice: Expr, value: Value, staged: Staged): void {
    const { make } = this.#values.emitter;
    const { contraction } = tile;
    const { lanes } = this.#options;
    this.#fill(staged, true, (quad, ahead) => {
      const own = make.add(make.mul(make.place('group.x'), make.u32(lanes)), quad);
      const block = { ...tile, columns: columnsOf(this.#values, contraction, lanes, own) };
      return new Operands(this.#values, block, { position: make.add(slice, ahead), length: 4 }).right(value);
    });
  }

  /**
   * Lane l of the workgroup fills the blocks l, l + lanes, … of four by four; `block` gives what lies at position `ahead`
   * + i of the slice. Neighbours take neighbouring quads where `along`, else the next positions of the same quad.
   */
  #fill(staged: Staged, along: boolean, block: (quad: Expr, ahead: Expr) => (i: number) => Expr): void {
    const { array, quads } = staged;
    const { emitter } = this.#values;
    const { make } = emitter;
    const { lanes, bands, depth } = this.#options;
    const ahead = depth / 4;
    emitter.loop('block', make.place('lane'), make.u32(quads * ahead), make.u32(lanes * bands), (index) => {
      const four = along ? make.div(index, quads) : make.rem(index, ahead);
      const from = emitter.let('ahead', make.mul(four, make.u32(4)));
      const quad = emitter.let('quad', along ? make.rem(index, quads) : make.div(index, ahead));
      const at = block(quad, from);
      for (let i = 0; i < 4; i++) {
        const entry = make.add(make.mul(make.add(from, make.u32(i)), make.u32(quads)), quad);
        if (array.width === 4) emitter.put(array, entry, make.widen(at(i), 4));
        else {
          const four = emitter.let('four', make.widen(at(i), 4));
          const first = emitter.let('first', this.#numberAt(staged, entry));
          for (const c of positions) emitter.put(array, make.add(first, make.u32(c)), make.component(four, c));
        }
      }
    });
  }
}

interface Reader {
  /** The tile's rows, by fours. */
  readonly left: (value: Value, i: number) => readonly Expr[];
  /** The lane's four columns. */
  readonly right: (value: Value, i: number) => Expr;
}

/** Both operands of a step out of the workgroup's memory; what else is asked for at its points is read as ever. */
class StagedOperands extends Operands {
  readonly #values: Values;
  readonly #reader: Reader;

  constructor(values: Values, tile: Tile, step: Step, reader: Reader) {
    super(values, tile, step);
    this.#values = values;
    this.#reader = reader;
  }

  override left(value: Value): LeftAt {
    const { make } = this.#values.emitter;
    const each = positions.map((i) => this.#reader.left(value, i));
    return (r, i) => make.component(each[i]![Math.floor(r / 4)]!, r % 4);
  }

  override right(value: Value): RightAt {
    const each = positions.map((i) => {
      const expr = this.#reader.right(value, i);
      // A sum beside the products is often one of the operand itself.
      this.columnsAt(i).known.set(value, { expr, block: this.#values.emitter.block });
      return expr;
    });
    return (i) => each[i]!;
  }
}

const positions = [0, 1, 2, 3] as const;
