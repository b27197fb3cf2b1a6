/** What a plan takes of memory, by part, with the tensors and the sizes that make it large. */
import { expect, test } from 'vitest';
import {
  bytesARow,
  bytesByPart,
  inBytes,
  largestTensors,
  needsOfPlan,
  sizesIn,
  trainingPrograms,
} from '../../compiler/5-kernel/needs.ts';
import { compileKernels } from '../../runtime/testing.ts';

const mib = 2 ** 20;
const spec = 'specs/vae/mixture.vae';

test('figures are told in units that people read', () => {
  expect([0, 1000, 1536, 128 * mib, 3 * 2 ** 30, 2.5 * 2 ** 40].map(inBytes)).toEqual([
    '0 bytes',
    '1000 bytes',
    '1.5 KiB',
    '128 MiB',
    '3 GiB',
    '2.5 TiB',
  ]);
});

test('a plan tells each part: an optimizer with two moments takes twice the parameters', () => {
  const { plan } = compileKernels(spec);
  const programs = trainingPrograms(plan);
  expect(programs.map(({ kind }) => kind)).toEqual(['train', 'evaluate']);
  const parts = bytesByPart(needsOfPlan(plan, programs));
  expect(parts.get('parameters')).toBe(4 * plan.layout.length);
  expect(parts.get('optimizer')).toBe(8 * plan.layout.length);
  expect([...parts.values()]).toEqual([...parts.values()].sort((a, b) => b - a));
  // Only x is read: two coordinates of four bytes, of the rows trained on and of those evaluated.
  expect(bytesARow(plan, programs)).toEqual([
    { set: 'mixture.train', bytes: 8 },
    { set: 'mixture.test', bytes: 8 },
  ]);
});

test('the largest tensors are named with their shapes, and the sizes that they have are what to change', () => {
  const { plan } = compileKernels(spec, { set: { hidden: '1111' } });
  const programs = trainingPrograms(plan);
  const [weight, ...others] = largestTensors(plan, programs, 2);
  expect(weight).toMatchObject({ shape: [1111, 1111], bytes: 4 * 1111 * 1111 });
  expect(others).toHaveLength(1);
  expect(sizesIn(plan, programs, [weight!.shape])).toEqual(['"hidden" (1111)']);
  expect(sizesIn(plan, programs, [[200, 1111]])).toEqual(['"batch" (200)', '"hidden" (1111)']);
  // Two draws a row.
  expect(sizesIn(plan, programs, [[400, 3]])).toEqual(['"batch" (200)']);
  expect(sizesIn(plan, programs, [[3, 5]])).toEqual([]);
});
