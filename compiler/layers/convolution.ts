/** Convolutions and their transposes, which differ in where an output reads its inputs. */
import type { Window } from '../4-tensor/ir.ts';
import type { Initialiser } from '../4-tensor/program.ts';
import { asImage, sizeOr } from './images.ts';
import { type Layer, LayerError, type LayerParameter } from './layer.ts';

/** Along one axis: how many outputs there are, and where each reads. */
type Slide = (extent: number, form: Form) => Omit<Window, 'axis' | 'size'>;

interface Form {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

interface Kind {
  readonly name: string;
  readonly slide: Slide;
  /** Where none is given. */
  readonly padding: (size: number, stride: number) => number;
  /** The bound of PyTorch's initialiser: inputs that an output has, or for the transpose outputs that an input has. */
  readonly fanIn: (inputs: number, outputs: number, size: number) => number;
}

const parameters: readonly LayerParameter[] = [
  { name: 'channels', kind: 'size', required: true },
  { name: 'size', kind: 'size', required: true },
  { name: 'activation', kind: 'activation', required: false },
  { name: 'stride', kind: 'size', required: false },
  { name: 'padding', kind: 'size', required: false, least: 0 },
  { name: 'init', kind: 'initialiser', required: false },
  { name: 'bias', kind: 'flag', required: false },
];

/** activation(Σ over the window of x W + c), W [size, size, channels in, channels out], c [channels out]. */
export function convolution(kind: Kind): Layer {
  return {
    name: kind.name,
    parameters,
    apply({ b, parameter }, input, { channels, size, activation, stride, padding, init, bias }) {
      if (channels?.kind !== 'size' || size?.kind !== 'size') {
        throw new LayerError(`${kind.name} needs a number of channels and the size of its window`);
      }
      const image = asImage(b, kind.name, input);
      const [outputs, extent, step] = [channels.value, size.value, sizeOr(stride, 1)];
      const form: Form = { size: extent, stride: step, padding: sizeOr(padding, kind.padding(extent, step)) };
      const axis = image.leading;
      const windows = [image.height, image.width].map((own, i): Window => ({
        axis: axis + i,
        size: extent,
        ...kind.slide(own, form),
      }));
      if (windows.some((window) => window.extent < 1)) {
        const found = `an image of ${image.height} by ${image.width}`;
        throw new LayerError(`${kind.name} with a window of ${extent} leaves nothing of ${found}; give it 'padding:'`);
      }
      const fanIn = kind.fanIn(image.channels, outputs, extent);
      const fan: Initialiser = { kind: 'fan-in', fanIn };
      const area = extent * extent;
      const weightStart = init?.kind === 'initialiser' ? init.value(area * image.channels, area * outputs) : fan;
      const weight = parameter('weight', [extent, extent, image.channels, outputs], weightStart);
      // Labels: plates and positions, then the channels in, the window's places, the channels out.
      const lead = Array.from({ length: axis + 2 }, (_, i) => i);
      const [from, row, column, to] = [axis + 2, axis + 3, axis + 4, axis + 5] as const;
      const view = b.window(image.node, windows);
      const product = b.contract(view, weight, [...lead, from, row, column], [row, column, from, to], [...lead, to]);
      const hasBias = !(bias?.kind === 'flag' && !bias.value);
      const start: Initialiser = init === undefined ? fan : { kind: 'constant', value: 0 };
      const sum = hasBias ? b.add(product, parameter('bias', [outputs], start)) : product;
      return activation?.kind === 'activation' ? activation.value(b, sum) : sum;
    },
  };
}
