/** The catalogue of optimizers, by the name that a spec writes. */
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

export const optimizers: ReadonlyMap<string, Optimizer> = new Map(
  [adam, adamw, rmsprop, sgd].map((optimizer) => [optimizer.name, optimizer]),
);

/** Optimizers of the language that no file here describes yet. */
export const laterOptimizers: readonly string[] = ['natural_gradient'];
