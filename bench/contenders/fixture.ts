/** Reads the numbers that every contender begins with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FixtureIndex, FixtureTensor } from '../harness/fixture.ts';

export interface Fixture {
  /** The path of the spec. */
  readonly spec: string;
  readonly index: FixtureIndex;
  values(tensor: FixtureTensor): Float32Array;
}

export function readFixture(folder: string): Fixture {
  const index = JSON.parse(readFileSync(join(folder, 'fixture.json'), 'utf8')) as FixtureIndex;
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, 'fixture.f32'));
  const numbers = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return {
    spec: join(folder, 'spec.vae'),
    index,
    values: ({ offset, shape }) => numbers.subarray(offset, offset + sizeOf(shape)),
  };
}

/** A step's part of a tensor whose first axis is the steps. */
export function ofStep({ name, shape, offset }: FixtureTensor, step: number): FixtureTensor {
  const rest = shape.slice(1);
  return { name, shape: rest, offset: offset + step * sizeOf(rest) };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
