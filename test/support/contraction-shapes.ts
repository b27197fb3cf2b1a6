/** Contractions by hand, at any extents: with what lies beside their products, before them and after them. */
import type { Index, Kernel, Value } from '../../compiler/5-kernel/ir.ts';
import * as k from './kernels.ts';

/** A contraction whose epilogue keeps partial sums along the columns: a loss. */
export function partialLoss(m: number, inner: number, n: number, segment: number): Kernel {
  return k.contraction('plain', [m, inner, n], (sum, { row, column }) => {
    const parts = Math.ceil(n / segment);
    const loss = k.apply('softplus', sum);
    const entry = k.flat(row, { ...column, extent: parts });
    const partial = { axis: column, segment, op: 'sum' } as const;
    return [
      k.store(k.tensor('slope', [m, n]), k.flat(row, column), k.apply('sigmoid', sum)),
      { ...k.store(k.tensor('loss', [m, parts]), entry, loss), partial },
    ];
  });
}

/** A weight gradient with the bias gradient beside it, both over the batch, under one mask. */
export function weightGradient(batch: number, inputs: number, outputs: number): Kernel {
  const [row, column, i] = [k.axis('row', inputs), k.axis('column', outputs), k.axis('k', batch)];
  const x = k.at(k.tensor('x', [batch, inputs]), k.flat(i, row));
  const dy = k.at(k.tensor('dy', [batch, outputs]), k.flat(i, column));
  const y = k.at(k.tensor('y', [batch, outputs]), k.flat(i, column));
  const masked = k.apply('select', k.apply('gt', y, k.number(0)), dy, k.number(0));
  const weight = k.product('weight', x, masked);
  const bias = k.reduce('bias', 'sum', masked);
  return k.kernel(
    `weight_gradient_${batch}_${inputs}_${outputs}`,
    [row, column],
    k.phase([i], [weight, bias]),
    k.phase(
      [],
      [],
      [
        k.store(k.tensor('weight_gradient', [inputs, outputs]), k.flat(row, column), k.read(weight)),
        k.store(k.tensor('bias_gradient', [outputs]), k.flat(column), k.read(bias)),
      ],
    ),
  );
}

/** Gradients side by side in one tensor: a row too many of the first would lie in the second. */
export function packedGradients(batch: number, inputs: number, outputs: number): Kernel {
  const apart = weightGradient(batch, inputs, outputs);
  const size = inputs * outputs;
  const packed = k.tensor('gradient', [size + outputs]);
  const stores = apart.phases[1]!.stores.map(({ index, value }, i) => k.store(packed, k.plus(index, i * size), value));
  return { ...apart, name: `packed_${apart.name}`, phases: [apart.phases[0]!, k.phase([], [], stores)] };
}

/** Products summed over two loops, as those of a convolution are. */
export function twoLoops(m: number, outer: number, inner: number, n: number): Kernel {
  const [row, column, j, i] = [k.axis('row', m), k.axis('column', n), k.axis('j', outer), k.axis('k', inner)];
  const x = k.at(k.tensor('x', [outer, m, inner]), k.flat(j, row, i));
  const sum = k.product('sum', x, k.at(k.tensor('w', [outer, inner, n]), k.flat(j, i, column)));
  const y = k.store(k.tensor('y', [m, n]), k.flat(row, column), k.read(sum));
  return k.kernel(`two_loops_${m}_${outer}_${inner}_${n}`, [row, column], k.phase([j, i], [sum]), k.phase([], [], [y]));
}

/** Products with a concatenation of two tensors and zeros after them, and what its terms add up to beside. */
export function concatenation(m: number, [first, second, zeros]: readonly [number, number, number], n: number): Kernel {
  const inner = first + second + zeros;
  const [row, column, i] = [k.axis('row', m), k.axis('column', n), k.axis('k', inner)];
  const piece = (name: string, start: number, length: number, otherwise: Value): Value => {
    const index = k.plus(k.flat(i), -start);
    const at: Index = { kind: 'sum', terms: [{ kind: 'scaled', factor: length, index: k.flat(row) }, index] };
    const then = k.at(k.tensor(name, [m, length]), at);
    return { kind: 'guard', dtype: 'f32', within: [{ index, low: 0, high: length }], then, otherwise };
  };
  const x = piece('x', 0, first, piece('t', first, second, k.number(0)));
  const shared = k.apply('mul', x, x);
  const sum = k.product('sum', k.apply('add', shared, x), k.at(k.tensor('w', [inner, n]), k.flat(i, column)));
  const total = k.reduce('total', 'sum', shared);
  const stores = [
    k.store(k.tensor('y', [m, n]), k.flat(row, column), k.read(sum)),
    k.store(k.tensor('squares', [m]), k.flat(row), k.read(total)),
  ];
  return k.kernel(
    `concatenation_${m}_${inner}_${n}`,
    [row, column],
    k.phase([i], [sum, total]),
    k.phase([], [], stores),
  );
}

/** Two products of one phase that share their left operand: the heads of a guide. */
export function heads(m: number, inner: number, n: number): Kernel {
  const [row, column, i] = [k.axis('row', m), k.axis('column', n), k.axis('k', inner)];
  const x = k.at(k.tensor('x', [m, inner]), k.flat(row, i));
  const mean = k.product('mean', x, k.at(k.tensor('wm', [inner, n]), k.flat(i, column)));
  const spread = k.product('spread', x, k.at(k.tensor('ws', [inner, n]), k.flat(i, column)));
  const z = k.apply('add', k.read(mean), k.apply('exp', k.read(spread)));
  return k.kernel(
    `heads_${m}_${inner}_${n}`,
    [row, column],
    k.phase([i], [mean, spread]),
    k.phase([], [], [k.store(k.tensor('z', [m, n]), k.flat(row, column), z)]),
  );
}

/** Many small products: a batch axis before rows and columns. */
export function batched(b: number, m: number, inner: number, n: number): Kernel {
  const [plane, row, column, i] = [k.axis('plane', b), k.axis('row', m), k.axis('column', n), k.axis('k', inner)];
  const x = k.at(k.tensor('x', [b, m, inner]), k.flat(plane, row, i));
  const w = k.at(k.tensor('w', [b, inner, n]), k.flat(plane, i, column));
  const sum = k.product('sum', x, w);
  return k.kernel(
    `batched_${b}_${m}_${inner}_${n}`,
    [plane, row, column],
    k.phase([i], [sum]),
    k.phase([], [], [k.store(k.tensor('y', [b, m, n]), k.flat(plane, row, column), k.read(sum))]),
  );
}
