/** The catalogue of layers, by the name that a net writes. */
import { conv2d } from './conv2d.ts';
import { convTranspose2d } from './conv_transpose2d.ts';
import { dense } from './dense.ts';
import { embedding } from './embedding.ts';
import type { Layer } from './layer.ts';
import { groupNorm, layerNorm } from './normalisation.ts';
import { avgPool, upsample } from './pooling.ts';
import { sinusoidal } from './sinusoidal.ts';

const all = [avgPool, conv2d, convTranspose2d, dense, embedding, groupNorm, layerNorm, sinusoidal, upsample];
export const layers: ReadonlyMap<string, Layer> = new Map(all.map((layer) => [layer.name, layer]));

/** Words of the language that no file here compiles yet: a net that calls one is told so. */
export const laterLayers: readonly string[] = ['attention', 'dropout', 'residual'];

export { activations } from './activations.ts';
export { initialisers } from './initialisers.ts';
