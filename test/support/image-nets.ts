/** Nets over images that hold every layer of images, at odd extents, strides and paddings. */

/** Extents of the pictures x, and the net's expression. Each trains its first layer through all the others. */
export const imageNets: Readonly<Record<string, readonly [extents: readonly [number, number], net: string]>> = {
  'convolutions that keep the size, grow and shrink by one': [
    [5, 7],
    'x |> conv2d(3, 3, silu) |> conv2d(5, 2, silu, padding: 1) |> conv2d(4, 4, silu) |> conv2d(1, 5, padding: 1)',
  ],
  'strides of 2 and 3, paddings from 0 to 2': [
    [11, 8],
    `x |> conv2d(4, 3, silu, stride: 2) |> conv2d(8, 4, silu, stride: 3, padding: 2)
       |> conv2d(3, 2, stride: 2, padding: 0)`,
  ],
  'transposed, windows that the stride divides': [
    [3, 4],
    'x |> conv2d(4, 3, silu) |> conv_transpose2d(8, 4, silu, stride: 2) |> conv_transpose2d(1, 2, stride: 2)',
  ],
  'transposed, windows that it does not, and gaps between them': [
    [2, 3],
    `x |> conv2d(5, 3, silu) |> conv_transpose2d(4, 3, silu, stride: 2, padding: 0)
       |> conv_transpose2d(3, 4, silu, stride: 3, padding: 2) |> conv_transpose2d(4, 1, stride: 2, padding: 0)
       |> silu |> conv2d(2, 3, stride: 3)`,
  ],
  'group_norm and layer_norm': [
    [5, 6],
    `x |> conv2d(8, 3) |> group_norm(4) |> silu |> conv2d(6, 3, stride: 2) |> layer_norm |> silu
       |> conv2d(6, 3) |> group_norm(1) |> silu |> conv2d(2, 3)`,
  ],
  'attention over the positions of an image': [
    [5, 3],
    'x |> conv2d(8, 3) |> residual(group_norm(2), attention(4)) |> attention(1) |> conv2d(3, 1)',
  ],
  'attention over a sequence': [[7, 6], 'x |> residual(attention(3)) |> residual(layer_norm, attention(2), silu)'],
  'pooling and enlarging, joined and padded': [
    [6, 4],
    `concat(conv2d(x, 3, 3), x |> avg_pool(2) |> conv2d(2, 3, silu) |> upsample(2), axis: 2) |> conv2d(4, 3)
       |> pad(1, 0, 0, 2, 0, 0) |> conv2d(2, 3)`,
  ],
  dropout: [[5, 5], 'x |> conv2d(6, 3, silu) |> dropout(0.3) |> conv2d(4, 3, stride: 2) |> dropout(0.5)'],
  'a U-Net': [[8, 4], 'unet(x, 3, width: 8, groups: 4, heads: 2)'],
};

/** One step of training on rows of numbers; the velocity, which begins as zeros, is the gradient. */
export function imageSpec([height, width]: readonly [number, number], net: string): string {
  return `use "std/unet"
data points { x : real[${height}, ${width}]  source npy("points.npy") }
net f(x) = ${net}
objective loss = mean_square(f(x) - 0.3)
train { data points  minimize loss  optimizer sgd(lr: 0.1, momentum: 0.9)  batch 5  steps 1 }
`;
}
