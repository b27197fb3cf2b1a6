/** Contractions whose operands are no plain matrices, by hand, at any extents: a convolution along one axis, padded rows. */
import type { Axis, Index, Kernel, Tensor, Value } from '../../compiler/5-kernel/ir.ts';
import * as k from './kernels.ts';

/** x[b, position + tap - 1, channel], zero beyond the ends: what a convolution of three taps reads. */
function windowed(x: Tensor, b: Axis, position: Axis, tap: Axis, channel: Axis): Value {
  const [, length, channels] = x.shape as readonly [number, number, number];
  const at: Index = { kind: 'sum', terms: [position, tap].map((axis): Index => ({ kind: 'axis', axis })) };
  const inside = k.plus(at, -1);
  const index: Index = {
    kind: 'sum',
    terms: [
      { kind: 'scaled', factor: length * channels, index: { kind: 'axis', axis: b } },
      { kind: 'scaled', factor: channels, index: inside },
      { kind: 'axis', axis: channel },
    ],
  };
  const within = [{ index: inside, low: 0, high: length }];
  return { kind: 'guard', dtype: 'f32', within, then: k.at(x, index), otherwise: k.number(0) };
}

/** A convolution of three taps along rows, over taps and channels: [batch, length, inputs] to [batch, length, outputs]. */
export function convolution(batch: number, length: number, inputs: number, outputs: number): Kernel {
  const [b, row, column] = [k.axis('plane', batch), k.axis('row', length), k.axis('column', outputs)];
  const [tap, i] = [k.axis('tap', 3), k.axis('k', inputs)];
  const x = windowed(k.tensor('x', [batch, length, inputs]), b, row, tap, i);
  const sum = k.product('sum', x, k.at(k.tensor('w', [3, inputs, outputs]), k.flat(tap, i, column)));
  const y = k.store(k.tensor('y', [batch, length, outputs]), k.flat(b, row, column), k.apply('relu', k.read(sum)));
  return k.kernel(
    `convolution_${batch}_${length}_${inputs}_${outputs}`,
    [b, row, column],
    k.phase([tap, i], [sum]),
    k.phase([], [], [y]),
  );
}

/**
 * Its weight gradient with the bias gradient beside it, over the batch and all positions; the result's gradient has
 * `gap` more positions behind those of each row, which are not read.
 */
export function convolutionGradient(batch: number, length: number, inputs: number, outputs: number, gap = 0): Kernel {
  const [tap, row, column] = [k.axis('plane', 3), k.axis('row', inputs), k.axis('column', outputs)];
  const [b, i] = [k.axis('b', batch), k.axis('k', length)];
  const x = windowed(k.tensor('x', [batch, length, inputs]), b, i, tap, row);
  const dy = k.at(k.tensor('dy', [batch, length + gap, outputs]), k.flat(b, { ...i, extent: length + gap }, column));
  const [weight, bias] = [k.product('weight', x, dy), k.reduce('bias', 'sum', dy)];
  return k.kernel(
    `convolution_gradient_${batch}_${length}_${inputs}_${outputs}_${gap}`,
    [tap, row, column],
    k.phase([b, i], [weight, bias]),
    k.phase(
      [],
      [],
      [
        k.store(k.tensor('weight_gradient', [3, inputs, outputs]), k.flat(tap, row, column), k.read(weight)),
        k.store(k.tensor('bias_gradient', [outputs]), k.flat(column), k.read(bias)),
      ],
    ),
  );
}

/** dY Wᵀ where rows of W begin at multiples of four, though they are not as long. */
export function paddedRows(m: number, inner: number, n: number): Kernel {
  const [row, column, i] = [k.axis('row', m), k.axis('column', n), k.axis('k', inner)];
  const pitch = 4 * Math.ceil(inner / 4);
  const x = k.at(k.tensor('x', [m, inner]), k.flat(row, i));
  const sum = k.product('sum', x, k.at(k.tensor('w', [n, pitch]), k.flat(column, { ...i, extent: pitch })));
  return k.kernel(
    `padded_rows_${m}_${inner}_${n}`,
    [row, column],
    k.phase([i], [sum]),
    k.phase([], [], k.plainStore(k.read(sum), { row, column })),
  );
}

/** x W with W's rows taken every `step`, from the last to the first where it is negative, always the same where zero. */
export function steppedRows(m: number, inner: number, n: number, step: number): Kernel {
  const [row, column, i] = [k.axis('row', m), k.axis('column', n), k.axis('k', inner)];
  const rows = Math.abs(step) * (inner - 1) + 1;
  const stepped: Index = {
    kind: 'sum',
    terms: [
      { kind: 'scaled', factor: step * n, index: { kind: 'axis', axis: i } },
      { kind: 'axis', axis: column },
    ],
  };
  const w = k.at(k.tensor('w', [rows, n]), k.plus(stepped, step < 0 ? (rows - 1) * n : 0));
  const sum = k.product('sum', k.at(k.tensor('x', [m, inner]), k.flat(row, i)), w);
  return k.kernel(
    `stepped_rows_${m}_${inner}_${n}_${step < 0 ? 'back' : 'on'}_${Math.abs(step)}`,
    [row, column],
    k.phase([i], [sum]),
    k.phase([], [], k.plainStore(k.read(sum), { row, column })),
  );
}
