/**
 * Noise: a pure function of (seed, stream, step, row, column), its own for every row of a batch unless the rows' draws are
 * arranged among one another.
 */
import { range } from '../4-tensor/builder.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import type { Noise } from '../distributions/distribution.ts';
import { streamKey } from '../ops/index.ts';
import type { Frame, ProgramContext } from './context.ts';
import type { Plate } from './values.ts';

/** How the uniform numbers of a batch's rows are spread; each row's stays uniform by itself. */
export type Spread = 'stratified' | 'antithetic';

/** How the draws of a batch's rows depend on one another; not at all where both are absent. */
export interface Arrangement {
  /** The row of the batch whose draw each row takes: u32 [rows]. */
  readonly permutation?: Node;
  readonly spread?: Spread;
}

/**
 * Noise of the draw's full shape. The key is (stream xor seed, step); the counter is (row's index in its data set,
 * position among the draws and entries of the row): no batch, tile or thread enters, but for what `arrangement` says.
 */
export function noiseFor(
  frame: Frame,
  program: ProgramContext,
  path: readonly string[],
  plates: readonly Plate[],
  shape: Shape,
  { permutation, spread }: Arrangement = {},
): Noise {
  const { context } = frame;
  const { b } = context;
  const { rowIndex } = program;
  const full = [...plates.map((plate) => plate.extent), ...shape];
  const rowAxis = plates.findIndex((plate) => plate.id === program.rows.id);
  const over = (rows: Node): Node => b.broadcast(rows, full, [rowAxis]);
  const rest = full.filter((_, axis) => axis !== rowAxis);
  const element = b.reshape(b.iota(sizeOf(rest)), rest);
  const column = b.broadcast(
    element,
    full,
    range(0, full.length).filter((axis) => axis !== rowAxis),
  );
  const make = (op: 'standard_normal' | 'standard_uniform' | 'threefry', index: number, row: Node): Node => {
    const stream = streamKey(program.kind, ...path, ...(index === 0 ? [] : [String(index)]));
    const key = b.map('bitXor', b.constant(stream, 'u32'), context.clock('seed'));
    return b.map(op, key, program.loops?.drawStep ?? context.clock('step'), over(row), column);
  };
  const row = permutation === undefined ? rowIndex : b.take(rowIndex, permutation);
  if (spread === undefined) {
    return {
      normal: (index = 0) => make('standard_normal', index, row),
      uniform: (index = 0) => make('standard_uniform', index, row),
    };
  }
  const place = permutation ?? b.iota(program.rows.extent);
  return {
    normal: () => {
      throw new Error('a draw by inversion asked for a normal number');
    },
    uniform: (index = 0) => uniformOf(spread === 'stratified' ? stratified(index) : antithetic(index)),
  };

  /** One word a batch, that of its first row; row i of B adds i / B of a turn (Kingma et al., 2021). */
  function stratified(index: number): Node {
    const first = b.broadcastTo(b.slice(rowIndex, [0], [1]), rowIndex.shape);
    const turn = b.constant(Math.floor(2 ** 32 / program.rows.extent), 'u32');
    return b.add(make('threefry', index, first), over(b.mul(place, turn)));
  }

  /** Rows 2j and 2j + 1 take a word and its complement: u and 1 - u (Song et al., 2021). */
  function antithetic(index: number): Node {
    const pair = b.take(rowIndex, b.map('bitAnd', place, b.constant(0xfffffffe, 'u32')));
    const isSecond = b.map('eq', b.map('bitAnd', place, b.constant(1, 'u32')), b.constant(1, 'u32'));
    const turned = b.select(isSecond, b.constant(0xffffffff, 'u32'), b.constant(0, 'u32'));
    return b.map('bitXor', make('threefry', index, pair), over(turned));
  }

  /** The uniform number of a word, as `standard_uniform` makes it: a bijection of words leaves it uniform, bit by bit. */
  function uniformOf(word: Node): Node {
    const inside = b.mul(b.add(b.map('toF32', word), 0.5), 2 ** -32);
    return b.map('min', inside, b.constant(1 - 2 ** -24));
  }
}
