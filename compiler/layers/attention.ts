/** Multi-head scaled dot-product self-attention. */
import type { Node } from '../4-tensor/ir.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import type { Initialiser } from '../4-tensor/program.ts';
import { softmax } from '../distributions/mathematics.ts';
import { asReal, describeShape, type Layer, LayerError, ownShape } from './layer.ts';

/**
 * attention(heads, init:, bias:) over the positions of a sequence [positions, channels] or an image [height, width,
 * channels], of the input's shape: for each head softmax(Q Kᵀ / √d) V with d = channels / heads, where Q, K and V are
 * dense layers of the input; the heads beside one another go through a last dense layer. Each of the four has W [channels,
 * channels], and all but K, where it would change nothing, c [channels]. Source: Vaswani et al. (2017).
 */
export const attention: Layer = {
  name: 'attention',
  parameters: [
    { name: 'heads', kind: 'size', required: true },
    { name: 'init', kind: 'initialiser', required: false },
    { name: 'bias', kind: 'flag', required: false },
  ],
  apply({ b, parameter }, input, { heads, init, bias }) {
    if (heads?.kind !== 'size') throw new LayerError('attention needs a number of heads');
    const own = ownShape(input);
    if (own.length !== 2 && own.length !== 3) {
      const wanted = 'a sequence, [positions, channels], or an image, [height, width, channels]';
      throw new LayerError(`attention takes ${wanted}, not ${describeShape(own)}; put 'reshape' before it`);
    }
    const channels = own.at(-1)!;
    const count = heads.value;
    if (channels % count !== 0) {
      throw new LayerError(`attention cannot part ${channels} channels into ${count} heads; choose a divisor`);
    }
    const width = channels / count;
    const fan: Initialiser = { kind: 'fan-in', fanIn: channels };
    const weightStart = init?.kind === 'initialiser' ? init.value(channels, channels) : fan;
    const biasStart: Initialiser = init === undefined ? fan : { kind: 'constant', value: 0 };
    const hasBias = !(bias?.kind === 'flag' && !bias.value);
    const weightOf = (part: string): Node => parameter(`${part}.weight`, [channels, channels], weightStart);
    const biasOf = (part: string): Node => parameter(`${part}.bias`, [channels], biasStart);

    const plates = input.node.shape.slice(0, input.leading);
    const positions = sizeOf(own) / channels;
    const x = b.reshape(asReal(b, input.node), [sizeOf(plates), positions, channels]);
    const [row, position, channel, head, place, other] = [0, 1, 2, 3, 4, 5] as const;
    /** [rows, heads, positions, width] */
    const projected = (part: string): Node => {
      const weight = b.reshape(weightOf(part), [channels, count, width]);
      const product = b.contract(
        x,
        weight,
        [row, position, channel],
        [channel, head, place],
        [row, head, position, place],
      );
      // A bias of the keys would add one number to all scores of a position, which their softmax takes away.
      return hasBias && part !== 'key' ? b.add(product, b.reshape(biasOf(part), [count, 1, width])) : product;
    };
    const [query, key, value] = [projected('query'), projected('key'), projected('value')];
    const scores = b.contract(
      b.mul(query, 1 / Math.sqrt(width)),
      key,
      [row, head, position, place],
      [row, head, other, place],
      [row, head, position, other],
    );
    const mixed = b.contract(
      softmax(b, scores, [3]),
      value,
      [row, head, position, other],
      [row, head, other, place],
      [row, position, head, place],
    );
    const joined = b.matmul(b.reshape(mixed, [sizeOf(plates) * positions, channels]), weightOf('output'));
    const result = hasBias ? b.add(joined, biasOf('output')) : joined;
    return b.reshape(result, input.node.shape);
  },
};
