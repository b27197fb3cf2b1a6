import { expect, test } from 'vitest';
import { inBytes } from '../../../runtime/execute/demand.ts';

const mib = 2 ** 20;

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
