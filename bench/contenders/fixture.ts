/** Reads the numbers that every contender begins with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FixtureIndex, FixtureTensor } from '../harness/fixture.ts';

export interface Fixture {
  readonly index: FixtureIndex;
  values(tensor: FixtureTensor): Float32Array;
}

export function readFixture(folder: string): Fixture {
  const index = JSON.parse(readFileSync(join(folder, 'fixture.json'), 'utf8')) as FixtureIndex;
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, 'fixture.f32'));
  const numbers = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  return { index, values: ({ offset, shape }) => numbers.subarray(offset, offset + shape.reduce((a, b) => a * b, 1)) };
}
