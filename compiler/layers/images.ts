/** What layers over images share: an image is [height, width, channels], and [height, width] has one channel. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import { asReal, describeShape, LayerError, type LayerArgument, type LayerInput, ownShape } from './layer.ts';

export interface Image {
  /** [plates …, height, width, channels], f32. */
  readonly node: Node;
  readonly leading: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Throws LayerError, naming `layer`, for what is no image. */
export function asImage(b: Builder, layer: string, input: LayerInput): Image {
  const shape = ownShape(input);
  if (shape.length !== 2 && shape.length !== 3) {
    const found = describeShape(shape);
    throw new LayerError(
      `${layer} takes an image, [height, width] or [height, width, channels], not ${found}; put 'reshape' before it`,
    );
  }
  const [height, width, channels = 1] = shape as [number, number, number?];
  const plates = input.node.shape.slice(0, input.leading);
  const node = b.reshape(asReal(b, input.node), [...plates, height, width, channels]);
  return { node, leading: input.leading, height, width, channels };
}

export function sizeOr(argument: LayerArgument | undefined, otherwise: number): number {
  return argument?.kind === 'size' ? argument.value : otherwise;
}
