/** The catalogue of layers, by the name that a net writes. */
import { dense } from './dense.ts';
import { embedding } from './embedding.ts';
import type { Layer } from './layer.ts';
import { sinusoidal } from './sinusoidal.ts';

export const layers: ReadonlyMap<string, Layer> = new Map(
  [dense, embedding, sinusoidal].map((layer) => [layer.name, layer]),
);

/** Words of the language that no file here compiles yet: a net that calls one is told so. */
export const laterLayers: readonly string[] = [
  'attention',
  'avg_pool',
  'conv2d',
  'conv_transpose2d',
  'dropout',
  'group_norm',
  'layer_norm',
  'residual',
  'upsample',
];

export { activations } from './activations.ts';
export { initialisers } from './initialisers.ts';
