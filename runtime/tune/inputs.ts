/** Random numbers for a kernel that is run alone, in place of what other kernels and data would have left. */
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { Tensor } from '../../compiler/5-kernel/ir.ts';
import { lengthOf } from '../../compiler/5-kernel/trial.ts';
import type { Numbers } from '../execute/results.ts';

export type Inputs = ReadonlyMap<string, Numbers | Uint8Array>;

/** mixed: between -1 and 1. positive: between 0 and 1, where roots and logarithms are taken. */
export type Range = 'mixed' | 'positive';

/** Numbers of a table at most: enough to be no friend of caches, little enough for any device. */
const mostOfTable = 2 ** 22;
/** Every integer is below this, since it may be the number of a row; a table has so many rows at least. */
const integers = 5;

/** Rows that a table of random numbers has: 8192, or fewer where they are long. */
export function tableRows({ shape }: Tensor): number {
  return Math.max(integers, Math.min(8192, Math.floor(mostOfTable / sizeOf(shape.slice(1)))));
}

/** Every tensor by its name, filled from a fixed stream: literals hold their own values, integers of a state zeros. */
export function randomInputs(tensors: readonly Tensor[], range: Range): Inputs {
  const random = uniforms(1);
  return new Map(
    tensors.map((tensor): [string, Numbers | Uint8Array] => {
      const { name, role, storage } = tensor;
      const length = lengthOf(tensor, tableRows);
      if (role.kind === 'literal') return [name, literal(storage, role.values)];
      if (storage === 'u8') return [name, Uint8Array.from({ length }, () => Math.floor(random() * 256))];
      if (storage === 'f32') {
        const [low, width] = range === 'mixed' ? [-1, 2] : [0, 1];
        return [name, Float32Array.from({ length }, () => low + width * random())];
      }
      const isState = role.kind === 'state';
      return [name, Uint32Array.from({ length }, () => (isState ? 0 : Math.floor(random() * integers)))];
    }),
  );
}

function literal(storage: Tensor['storage'], values: readonly number[]): Numbers | Uint8Array {
  if (storage === 'u8') return Uint8Array.from(values);
  return storage === 'f32' ? Float32Array.from(values) : Uint32Array.from(values);
}

/** Uniform numbers in [0, 1), of 24 bits: a multiply-with-carry of 32 bits (Marsaglia), fast where millions are needed. */
export function uniforms(seed: number): () => number {
  let [z, w] = [362436069 ^ seed, 521288629];
  return () => {
    z = (36969 * (z & 65535) + (z >>> 16)) >>> 0;
    w = (18000 * (w & 65535) + (w >>> 16)) >>> 0;
    return (((z << 16) + w) >>> 8) / 2 ** 24;
  };
}
