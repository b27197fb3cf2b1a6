import { expect, test } from 'vitest';
import { foundLines, verdict } from '../../cli/tune-text.ts';
import type { TunedKernel } from '../../runtime/tune/tune.ts';

const kept: TunedKernel = {
  name: 'update',
  kernel: 'a',
  before: 2,
  after: 2,
  timed: 9,
  complete: true,
  refused: [],
};
const cutShort: TunedKernel = { ...kept, name: 'forward', complete: false };
const faster: TunedKernel = {
  ...kept,
  name: 'backward',
  after: 1,
  winner: { choice: { kind: 'points', vector: 'none', workgroup: 64 } as never, text: 'b' },
};

test('where every kernel keeps its default, the last line says so and names no folder', () => {
  expect(verdict([kept, cutShort], '/cache')).toBe('nothing faster than the default schedules was found');
});

test('else it says for how many kernels there is a faster schedule, and where', () => {
  expect(verdict([kept, faster, cutShort], '/cache')).toBe('faster schedules for 1 of 3 kernels, kept in /cache');
  expect(verdict([], '/cache')).toBe('nothing was searched');
});

test('kernels are counted: searched to the end, cut short, not begun', () => {
  const lines = foundLines([kept, cutShort], new Map([['there was no time for it', 3]]));
  expect(lines.slice(1)).toEqual([
    'update   2.00 ms         9      default',
    'forward  2.00 ms         9+     default',
    'searched: 1 kernel to the end, 1 cut short',
    '+: cut short; the same command searches it again, beginning with what won, after those left for lack of time',
    '3 kernels left by default: there was no time for it',
  ]);
});
