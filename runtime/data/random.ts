/**
 * The random numbers of generated data and of splits. Part of the data's definition: these functions may never change.
 * Every number is a pure function of (seed, stream, row, item), so the first rows of a set do not depend on how many
 * there are. The bits are threefry2x32 with 20 rounds (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, 2011)
 * with key (seed mod 2^32, FNV-1a of the stream's name) and counter (row, item).
 */
import { fnv1a } from '../../compiler/ops/fnv.ts';
import { threefry2x32 } from '../../compiler/ops/threefry.ts';
import { normalOf, uniformOf } from '../random-words.ts';

export interface Draws {
  /** Uniform on [0, 1): 53 bits. */
  uniform(row: number, item: number): number;
  /** Standard normal, by Box and Muller's cosine; |z| <= 6.77. */
  normal(row: number, item: number): number;
}

export function draws(seed: number, stream: string): Draws {
  const key = fnv1a(new TextEncoder().encode(stream));
  const bits = (row: number, item: number) => threefry2x32(seed >>> 0, key, row >>> 0, item);
  return {
    uniform: (row, item) => uniformOf(bits(row, item)),
    normal: (row, item) => normalOf(bits(row, item)),
  };
}

/** 0 .. n - 1 in an order drawn from the seed (Fisher and Yates). */
export function shuffled(n: number, seed: number, stream: string): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const { uniform } = draws(seed, stream);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform(i, 0) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
