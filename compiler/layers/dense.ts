/** The fully connected layer. */
import type { Initialiser } from '../4-tensor/program.ts';
import { asReal, asRows, describeShape, type Layer, LayerError, ownShape } from './layer.ts';

/**
 * dense(units, activation, init:, bias:): activation(x W + c) of a vector x, W [in, units], c [units]; with every plate
 * one matrix product over all rows. W and c start as PyTorch's, U(±1 / √in); with `init:` W starts as that says and c
 * at 0, as the papers have it that name those initialisers. `bias: false` leaves c out.
 */
export const dense: Layer = {
  name: 'dense',
  parameters: [
    { name: 'units', kind: 'size', required: true },
    { name: 'activation', kind: 'activation', required: false },
    { name: 'init', kind: 'initialiser', required: false },
    { name: 'bias', kind: 'flag', required: false },
  ],
  apply({ b, parameter }, input, { units, activation, init, bias }) {
    const shape = ownShape(input);
    if (units?.kind !== 'size') throw new LayerError('dense needs a number of units');
    if (shape.length === 0)
      throw new LayerError("dense takes a vector, not a single number; put 'reshape(1)' before it");
    if (shape.length > 1) {
      throw new LayerError(`dense takes a vector, not ${describeShape(shape)}; put 'flatten' before it`);
    }
    const [fanIn, fanOut] = [shape[0]!, units.value];
    const fan: Initialiser = { kind: 'fan-in', fanIn };
    const weightStart = init?.kind === 'initialiser' ? init.value(fanIn, fanOut) : fan;
    const biasStart: Initialiser = init === undefined ? fan : { kind: 'constant', value: 0 };

    const rows = asRows(b, { node: asReal(b, input.node), leading: input.leading });
    const product = b.matmul(rows, parameter('weight', [fanIn, fanOut], weightStart));
    const hasBias = !(bias?.kind === 'flag' && !bias.value);
    const sum = hasBias ? b.add(product, parameter('bias', [fanOut], biasStart)) : product;
    const result = b.reshape(sum, [...input.node.shape.slice(0, input.leading), fanOut]);
    return activation?.kind === 'activation' ? activation.value(b, result) : result;
  },
};
