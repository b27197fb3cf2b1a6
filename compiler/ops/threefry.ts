/**
 * threefry2x32 with 20 rounds (Salmon, Moraes, Dror & Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, 2011): on the
 * host as numbers, and as scalar language for the kernels.
 */
import { fnv1a } from './fnv.ts';
import * as s from './scalar-build.ts';

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const rounds = 20;
const parity = 0x1bd11bda;

/** Two u32 words from a key and a counter. */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0 | 0, key1 | 0, key0 ^ key1 ^ parity];
  let x = (counter0 + keys[0]!) | 0;
  let y = (counter1 + keys[1]!) | 0;
  for (let round = 0; round < rounds; round++) {
    const by = rotations[round % 8]!;
    x = (x + y) | 0;
    y = ((y << by) | (y >>> (32 - by))) ^ x;
    if (round % 4 === 3) {
      const block = (round + 1) / 4;
      x = (x + keys[block % 3]!) | 0;
      y = (y + keys[(block + 1) % 3]! + block) | 0;
    }
  }
  return [x >>> 0, y >>> 0];
}

/** The stream of a declaration: FNV-1a of its path's words, each closed by a zero byte, mixed so that every bit counts. */
export function streamKey(...path: readonly string[]): number {
  const bytes = path.flatMap((word) => [...[...word].flatMap((character) => bytesOf(character.codePointAt(0)!)), 0]);
  return threefry2x32(fnv1a(bytes), path.length, 0, 0)[0];
}

function bytesOf(word: number): readonly number[] {
  return [0, 8, 16, 24].map((shift) => (word >>> shift) & 0xff);
}

/** A run's seed, any whole number up to 2^53 in size, as 32 bits. */
export function mixSeed(seed: number): number {
  const low = ((seed % 2 ** 32) + 2 ** 32) % 2 ** 32;
  return threefry2x32(low, Math.floor(seed / 2 ** 32) >>> 0, 0, 0)[0];
}

/** The rounds written out; gives both words. */
export function threefryWords(
  keep: s.Keep,
  [key0, key1]: readonly [s.Scalar, s.Scalar],
  [counter0, counter1]: readonly [s.Scalar, s.Scalar],
): readonly [s.Scalar, s.Scalar] {
  const key2 = keep('key2', s.bitXor(s.bitXor(key0, key1), s.u32(parity)));
  const keys = [key0, key1, key2];
  let x = keep('x_0', s.add(counter0, key0));
  let y = keep('y_0', s.add(counter1, key1));
  for (let round = 0; round < rounds; round++) {
    const by = rotations[round % 8]!;
    x = keep(`x_${round + 1}`, s.add(x, y));
    const turned = s.bitOr(s.shiftLeft(y, s.u32(by)), s.shiftRight(y, s.u32(32 - by)));
    y = keep(`y_${round + 1}`, s.bitXor(turned, x));
    if (round % 4 === 3) {
      const block = (round + 1) / 4;
      x = keep(`x_key_${block}`, s.add(x, keys[block % 3]!));
      y = keep(`y_key_${block}`, s.add(s.add(y, keys[(block + 1) % 3]!), s.u32(block)));
    }
  }
  return [x, y];
}
