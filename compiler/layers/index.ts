/** The catalogue of layers, by the name that a net writes. */
import { attention } from './attention.ts';
import { conv2d } from './conv2d.ts';
import { convTranspose2d } from './conv_transpose2d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { embedding } from './embedding.ts';
import type { Layer } from './layer.ts';
import { groupNorm, layerNorm } from './normalisation.ts';
import { avgPool, upsample } from './pooling.ts';
import { sinusoidal } from './sinusoidal.ts';

const all = [
  attention,
  avgPool,
  conv2d,
  convTranspose2d,
  dense,
  dropout,
  embedding,
  groupNorm,
  layerNorm,
  sinusoidal,
  upsample,
];
export const layers: ReadonlyMap<string, Layer> = new Map(all.map((layer) => [layer.name, layer]));

export { activations } from './activations.ts';
export { initialisers } from './initialisers.ts';
