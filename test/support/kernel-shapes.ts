/** The kernels that every schedule must get right: each structure, at extents that divide evenly and that do not. */
import type { Accumulator, Axis, Kernel, Tensor, Value } from '../../compiler/5-kernel/ir.ts';
import {
  batched,
  concatenation,
  heads,
  packedGradients,
  partialLoss,
  twoLoops,
  weightGradient,
} from './contraction-shapes.ts';
import { convolution, convolutionGradient, paddedRows, steppedRows } from './convolution-shapes.ts';
import * as k from './kernels.ts';

export const scalars: Readonly<Record<string, number>> = { beta: 0.75, step: 3 };

function pointwise(rows: number, columns: number): Kernel {
  const [row, column] = [k.axis('row', rows), k.axis('column', columns)];
  const x = k.at(k.tensor('x', [rows, columns]), k.flat(row, column));
  const bias = k.at(k.tensor('bias', [columns]), k.flat(column));
  const scale = k.at(k.tensor('scale', [rows]), k.flat(row));
  const beta: Value = { kind: 'uniform', dtype: 'f32', name: 'beta' };
  const shifted = k.apply('add', k.apply('mul', x, scale), bias);
  const y = k.apply('softplus', shifted);
  return k.kernel(
    `pointwise_${rows}_${columns}`,
    [row, column],
    k.phase(
      [],
      [],
      [
        k.store(k.tensor('y', [rows, columns]), k.flat(row, column), y),
        k.store(k.tensor('z', [rows, columns]), k.flat(row, column), k.apply('mul', beta, k.apply('exp', shifted))),
      ],
    ),
  );
}

/** An update in place: both tensors are read and written. */
function update(length: number): Kernel {
  const element = k.axis('element', length);
  const at = k.flat(element);
  const [m, p] = [k.tensor('momentum', [length]), k.tensor('parameters', [length])];
  const gradient = k.at(k.tensor('gradient', [length]), at);
  const velocity = k.apply('add', k.apply('mul', k.number(0.9), k.at(m, at)), gradient);
  const moved = k.apply('sub', k.at(p, at), k.apply('mul', k.number(0.1), velocity));
  return k.kernel(`update_${length}`, [element], k.phase([], [], [k.store(m, at, velocity), k.store(p, at, moved)]));
}

function softmax(rows: number, columns: number): Kernel {
  const [row, j] = [k.axis('row', rows), k.axis('j', columns)];
  const x = k.at(k.tensor('x', [rows, columns]), k.flat(row, j));
  const top = k.reduce('top', 'max', x);
  const power = k.apply('exp', k.apply('sub', x, k.read(top)));
  const total = k.reduce('total', 'sum', power);
  const y = k.apply('div', power, k.read(total));
  return k.kernel(
    `softmax_${rows}_${columns}`,
    [row],
    k.phase([j], [top]),
    k.phase([j], [total]),
    k.phase([j], [], [k.store(k.tensor('y', [rows, columns]), k.flat(row, j), y)]),
    k.phase(
      [],
      [],
      [k.store(k.tensor('logsumexp', [rows]), k.flat(row), k.apply('add', k.read(top), k.apply('log', k.read(total))))],
    ),
  );
}

/** Sums down the rows: a bias gradient. */
function columnSums(rows: number, columns: number): Kernel {
  const [row, column] = [k.axis('row', rows), k.axis('column', columns)];
  const x = k.at(k.tensor('x', [rows, columns]), k.flat(row, column));
  const sum = k.reduce('sum', 'sum', x);
  const least = k.reduce('least', 'min', x);
  return k.kernel(
    `column_sums_${rows}_${columns}`,
    [column],
    k.phase([row], [sum, least]),
    k.phase(
      [],
      [],
      [
        k.store(k.tensor('y', [columns]), k.flat(column), k.read(sum)),
        k.store(k.tensor('low', [columns]), k.flat(column), k.read(least)),
      ],
    ),
  );
}

/** Sums along rows: few and long. */
function longRows(rows: number, columns: number): Kernel {
  const [row, i] = [k.axis('row', rows), k.axis('i', columns)];
  const sum = k.reduce('sum', 'sum', k.at(k.tensor('x', [rows, columns]), k.flat(row, i)));
  const y = k.store(k.tensor('y', [rows]), k.flat(row), k.read(sum));
  return k.kernel(`long_rows_${rows}_${columns}`, [row], k.phase([i], [sum]), k.phase([], [], [y]));
}

/** One number from all: a mean over everything. */
function scalarMean(rows: number, columns: number): Kernel {
  const [row, column] = [k.axis('row', rows), k.axis('column', columns)];
  const x = k.at(k.tensor('x', [rows, columns]), k.flat(row, column));
  const sum = k.reduce('sum', 'sum', k.apply('square', x));
  const mean = k.apply('mul', k.read(sum), k.number(1 / (rows * columns)));
  const y = k.store(k.tensor('y', [1]), { kind: 'constant', value: 0 }, mean);
  return k.kernel(`mean_${rows}_${columns}`, [], k.phase([row, column], [sum]), k.phase([], [], [y]));
}

/** Several scalars at once and what follows from them, with a state that is read and written. */
function summary(rows: number, columns: number): Kernel {
  const [i, j] = [k.axis('i', rows * columns), k.axis('j', columns)];
  const total = k.reduce('total', 'sum', k.at(k.tensor('x', [rows * columns]), k.flat(i)));
  const most = k.reduce('most', 'max', k.at(k.tensor('w', [columns]), k.flat(j)));
  const zero = { kind: 'constant', value: 0 } as const;
  const state = k.tensor('state', [2]);
  const before = k.reduce('before', 'sum', k.at(state, zero));
  return k.kernel(
    `summary_${rows}_${columns}`,
    [],
    k.phase([i], [total]),
    k.phase([j], [most]),
    k.phase([], [before], [k.store(k.tensor('y', [1]), zero, k.apply('mul', k.read(total), k.read(most)))]),
    k.phase(
      [],
      [],
      [
        k.store(state, zero, k.apply('add', k.read(before), k.read(total))),
        k.store(state, { kind: 'constant', value: 1 }, k.apply('mul', k.read(before), k.read(most))),
      ],
    ),
  );
}

/** A vector updated in place beside a matrix that is: each of its entries must be updated once. */
function updateBeside(rows: number, columns: number): Kernel {
  const [row, column] = [k.axis('row', rows), k.axis('column', columns)];
  const [m, v] = [k.tensor('matrix', [rows, columns]), k.tensor('vector', [columns])];
  const matrix = k.apply('mul', k.at(m, k.flat(row, column)), k.number(2));
  const vector = k.apply('mul', k.at(v, k.flat(column)), k.number(3));
  return k.kernel(
    `update_beside_${rows}_${columns}`,
    [row, column],
    k.phase([], [], [k.store(m, k.flat(row, column), matrix), k.store(v, k.flat(column), vector)]),
  );
}

/** The same after a contraction: a weight and a bias updated where their gradients are computed. */
function updateAfter(batch: number, inputs: number, outputs: number): Kernel {
  const gradients = weightGradient(batch, inputs, outputs);
  const [row, column] = gradients.axes as readonly [Axis, Axis];
  const [weight, bias] = gradients.phases[0]!.accumulators as readonly [Accumulator, Accumulator];
  const [w, b] = [k.tensor('weight', [inputs, outputs]), k.tensor('bias', [outputs])];
  const moved = (at: Value, gradient: Accumulator): Value =>
    k.apply('sub', at, k.apply('mul', k.number(0.5), k.read(gradient)));
  const before = k.reduce('before', 'sum', k.at(b, k.flat(column)));
  return k.kernel(
    `update_after_${batch}_${inputs}_${outputs}`,
    [row, column],
    gradients.phases[0]!,
    k.phase([], [before], [k.store(w, k.flat(row, column), moved(k.at(w, k.flat(row, column)), weight))]),
    k.phase([], [], [k.store(b, k.flat(column), moved(k.read(before), bias))]),
  );
}

/** Zeros around a smaller tensor, on both axes. */
function pad(rows: number, columns: number, before: number): Kernel {
  const [row, column] = [k.axis('row', rows + 3), k.axis('column', columns + 2 * before)];
  const x = k.tensor('x', [rows, columns]);
  const [i, j] = [k.plus(k.flat(row), -1), k.plus(k.flat(column), -before)];
  const inside = k.at(x, { kind: 'sum', terms: [{ kind: 'scaled', factor: columns, index: i }, j] });
  const guarded: Value = {
    kind: 'guard',
    dtype: 'f32',
    within: [
      { index: i, low: 0, high: rows },
      { index: j, low: 0, high: columns },
    ],
    then: k.apply('exp', inside),
    otherwise: k.number(0),
  };
  const y = k.tensor('y', [row.extent, column.extent]);
  const stored = k.store(y, k.flat(row, column), k.apply('add', guarded, k.number(0.25)));
  return k.kernel(`pad_${rows}_${columns}`, [row, column], k.phase([], [], [stored]));
}

/** Rows of a table of bytes, picked by index. */
function gather(rows: number, columns: number): Kernel {
  const [row, column] = [k.axis('row', rows), k.axis('column', columns)];
  const table: Tensor = {
    name: 'images',
    shape: [7, columns],
    storage: 'u8',
    role: { kind: 'table', set: 'mnist', field: 'x', scale: 1 / 255 },
  };
  const picked = k.at(k.tensor('rows', [rows], 'u32'), k.flat(row));
  const index: Parameters<typeof k.at>[1] = {
    kind: 'sum',
    terms: [
      { kind: 'scaled', factor: columns, index: { kind: 'value', value: picked, extent: 7 } },
      { kind: 'axis', axis: column },
    ],
  };
  const y = k.store(k.tensor('y', [rows, columns]), k.flat(row, column), k.at(table, index));
  const seen: Value = k.apply('gt', k.at(table, index), k.number(0.5));
  const mask = k.store(k.tensor('mask', [rows, columns], 'u32'), k.flat(row, column), seen);
  return k.kernel(`gather_${rows}_${columns}`, [row, column], k.phase([], [], [y, mask]));
}

/** y = xᵀ: loads and stores cannot both be adjacent. */
function transpose(rows: number, columns: number): Kernel {
  const [row, column] = [k.axis('row', rows), k.axis('column', columns)];
  const x = k.at(k.tensor('x', [rows, columns]), k.flat(row, column));
  const y = k.store(k.tensor('y', [columns, rows]), k.flat(column, row), x);
  return k.kernel(`transpose_${rows}_${columns}`, [row, column], k.phase([], [], [y]));
}

/** A pointwise kernel that keeps partial sums of its result along the last axis. */
function partialSums(rows: number, columns: number, segment: number): Kernel {
  const [row, column] = [k.axis('row', rows), k.axis('column', columns)];
  const x = k.at(k.tensor('x', [rows, columns]), k.flat(row, column));
  const y = k.apply('square', x);
  const parts = Math.ceil(columns / segment);
  const sums = k.tensor('sums', [rows, parts]);
  const entry = k.flat(row, { ...column, extent: parts });
  return k.kernel(
    `partial_${rows}_${columns}_${segment}`,
    [row, column],
    k.phase(
      [],
      [],
      [
        k.store(k.tensor('y', [rows, columns]), k.flat(row, column), y),
        { ...k.store(sums, entry, y), partial: { axis: column, segment, op: 'sum' } },
      ],
    ),
  );
}

const reluMask = (a: Value, b: Value): readonly [Value, Value] => [
  k.apply('relu', a),
  k.apply('mul', b, k.number(0.5)),
];

export const all: Readonly<Record<string, Kernel>> = {
  'pointwise, whole vectors': pointwise(6, 8),
  'pointwise, odd': pointwise(5, 7),
  'pointwise, one row': pointwise(1, 4),
  'pointwise, one column': pointwise(5, 1),
  'update in place': update(256),
  'update in place, odd': update(13),
  'softmax, whole vectors': softmax(5, 12),
  'softmax, odd': softmax(3, 7),
  'softmax, long rows': softmax(2, 600),
  'softmax, one entry': softmax(4, 1),
  'column sums': columnSums(9, 8),
  'column sums, odd': columnSums(5, 13),
  'mean of everything': scalarMean(5, 40),
  'mean of everything, odd': scalarMean(33, 7),
  'mean of everything, long': scalarMean(12, 100),
  'several scalars': summary(9, 70),
  'several scalars, odd': summary(7, 67),
  'long sums, few rows': longRows(3, 260),
  'long sums, few rows, odd': longRows(3, 259),
  'an update beside another': updateBeside(6, 8),
  'an update beside another, odd': updateBeside(3, 5),
  'updates after their gradients': updateAfter(12, 20, 36),
  'updates after their gradients, odd': updateAfter(5, 13, 7),
  'updates after their gradients, long and odd': updateAfter(50, 13, 7),
  'padding, aligned': pad(3, 8, 4),
  'padding, odd': pad(3, 5, 2),
  'rows of bytes': gather(5, 8),
  'rows of bytes, odd': gather(6, 13),
  transpose: transpose(8, 12),
  'partial sums': partialSums(5, 64, 32),
  'partial sums, a short last one': partialSums(3, 44, 32),
  'partial sums, odd': partialSums(3, 37, 8),
  'contraction x W': k.contraction('plain', [32, 24, 40], k.biasRelu, reluMask),
  'contraction x W, rows left over': k.contraction('plain', [21, 20, 36], k.biasRelu),
  'contraction x W, twenty rows': k.contraction('plain', [20, 24, 260], k.plainStore),
  'contraction Xᵀ dY, twenty rows': k.contraction('left', [20, 24, 260], k.plainStore),
  'contraction Xᵀ dY, many rows': k.contraction('left', [100, 12, 68], k.plainStore),
  'contraction x W, odd': k.contraction('plain', [5, 13, 33], k.biasRelu, reluMask),
  'contraction x W, small': k.contraction('plain', [128, 40, 20], k.plainStore),
  'contraction x W, one column': k.contraction('plain', [5, 33, 1], k.plainStore),
  'contraction x W, one row': k.contraction('plain', [1, 12, 33], k.plainStore),
  'contraction x W, inner extent 1': k.contraction('plain', [8, 1, 12], k.plainStore),
  'contraction dY Wᵀ': k.contraction('right', [32, 24, 40], k.plainStore),
  'contraction dY Wᵀ, odd': k.contraction('right', [5, 33, 13], k.plainStore, reluMask),
  'contraction dY Wᵀ, padded rows': paddedRows(6, 27, 20),
  'contraction x W, rows from the last to the first': steppedRows(6, 27, 20, -1),
  'contraction x W, the same row each time': steppedRows(6, 27, 20, 0),
  'contraction Xᵀ dY': k.contraction('left', [40, 24, 32], k.plainStore, reluMask),
  'contraction Xᵀ dY, odd': k.contraction('left', [13, 5, 33], k.plainStore),
  'contraction Xᵀ dY, batch left over': k.contraction('left', [20, 7, 36], k.plainStore),
  'contraction with a loss': partialLoss(20, 12, 64, 32),
  'contraction with a loss, odd': partialLoss(5, 7, 45, 32),
  'contraction with a loss, segments of four': partialLoss(6, 9, 12, 4),
  'weight and bias gradient': weightGradient(16, 24, 40),
  'weight and bias gradient, odd': weightGradient(5, 13, 33),
  'packed gradients, with bands left over': packedGradients(9, 72, 12),
  'contraction with a concatenation': concatenation(8, [2, 16, 6], 12),
  'contraction with a concatenation, odd': concatenation(5, [3, 5, 2], 7),
  'two heads': heads(24, 20, 12),
  'two heads, odd': heads(5, 33, 7),
  'batched contraction': batched(3, 20, 8, 36),
  'batched contraction, odd': batched(2, 5, 7, 3),
  'weight and bias gradient over many rows, odd': weightGradient(66, 5, 7),
  'contraction over two loops': twoLoops(9, 3, 20, 12),
  'two heads of long rows, odd': heads(5, 64, 7),
  'contraction with a loss of long rows, odd': partialLoss(5, 48, 45, 32),
  'batched contraction of long rows, odd': batched(2, 5, 32, 7),
  convolution: convolution(2, 8, 12, 16),
  'convolution of one channel': convolution(2, 8, 1, 16),
  'convolution, odd': convolution(3, 7, 5, 6),
  'weight gradient of a convolution': convolutionGradient(3, 8, 12, 16),
  'weight gradient of a convolution, rows apart': convolutionGradient(3, 8, 12, 16, 1),
  'weight gradient of a convolution, odd': convolutionGradient(2, 7, 5, 6),
};
