/** A training step of a small network written by hand: two dense layers, a squared error, gradients, plain descent. */
import { Builder } from '../../compiler/4-tensor/builder.ts';
import type { Node, TensorFunction } from '../../compiler/4-tensor/ir.ts';
import type { ParameterLayout } from '../../compiler/4-tensor/program.ts';
import type { FuseContext } from '../../compiler/5-kernel/fuse.ts';

export interface Example {
  readonly function: TensorFunction;
  readonly context: FuseContext;
}

/** The flat layout of parameters of these shapes, each at a multiple of 64 numbers. */
export function layoutOf(shapes: Readonly<Record<string, readonly number[]>>): ParameterLayout {
  let offset = 0;
  const parameters = Object.entries(shapes).map(([path, shape]) => {
    const parameter = {
      path,
      shape,
      initialiser: { kind: 'normal', sd: 0.1 } as const,
      constraint: 'real' as const,
      offset,
    };
    offset += Math.ceil(shape.reduce((product, extent) => product * extent, 1) / 64) * 64;
    return parameter;
  });
  return { parameters, length: offset };
}

/** x [rows, inputs] → relu → [rows, outputs]; half the squared error to y, its mean over the rows, one step of descent. */
export function mlpStep(rows: number, inputs: number, hidden: number, outputs: number): Example {
  const b = new Builder();
  const layout = layoutOf({
    'dense_1.weight': [inputs, hidden],
    'dense_1.bias': [hidden],
    'dense_2.weight': [hidden, outputs],
    'dense_2.bias': [outputs],
  });
  const [w1, b1, w2, b2] = layout.parameters.map(({ path, shape }) => b.parameter(path, shape)) as [
    Node,
    Node,
    Node,
    Node,
  ];
  const x = b.input({ kind: 'argument', name: 'x' }, [rows, inputs]);
  const y = b.input({ kind: 'argument', name: 'y' }, [rows, outputs]);

  const h = b.label(b.map('max', b.add(b.matmul(x, w1), b1), 0), 'dense_1');
  const out = b.label(b.add(b.matmul(h, w2), b2), 'dense_2');
  const error = b.label(b.sub(out, y), 'error');
  const loss = b.mul(b.sum(b.square(error), [0, 1]), 0.5 / rows);

  const dOut = b.label(b.mul(error, 1 / rows), 'dense_2.gradient');
  const dW2 = b.contract(h, dOut, [0, 1], [0, 2], [1, 2]);
  const dB2 = b.sum(dOut, [0]);
  const back = b.contract(dOut, w2, [0, 1], [2, 1], [0, 2]);
  const dH = b.label(b.select(b.map('gt', h, 0), back, 0), 'dense_1.gradient');
  const dW1 = b.contract(x, dH, [0, 1], [0, 2], [1, 2]);
  const dB1 = b.sum(dH, [0]);

  const gradient = b.label(
    b.pack(
      [dW1, dB1, dW2, dB2],
      layout.parameters.map(({ offset }) => offset),
      layout.length,
    ),
    'gradient',
  );
  const parameters = b.input({ kind: 'vector', name: 'parameters' }, [layout.length]);
  const next = b.sub(parameters, b.mul(gradient, b.uniform('learning_rate')));
  return {
    function: {
      name: 'train',
      outputs: [
        { name: 'objective', node: loss, target: { kind: 'result' } },
        { name: 'parameters', node: next, target: { kind: 'vector', name: 'parameters' } },
      ],
    },
    context: { builder: b, layout },
  };
}
