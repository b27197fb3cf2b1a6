/** Which clock is believed. */
import { describe, expect, test } from 'vitest';
import { BatchClock } from '../../../runtime/tune/clock.ts';

describe('a batch is timed by the host', () => {
  test('where the device has no clock', () => expect(new BatchClock().reading(20, undefined)).toBe(20));

  test.each([
    ['gives nothing', 0],
    ['runs backwards', -3],
    ['is longer than the batch', 30],
    ['misses most of it', 2],
    ['is no number', NaN],
  ])('where the device has one that %s, for good', (_, device) => {
    const clock = new BatchClock();
    expect(clock.reading(20, device)).toBe(20);
    expect(clock.reading(20, 19)).toBe(20);
  });

  test('as long as no batch was long enough to tell', () => {
    const clock = new BatchClock();
    expect(clock.reading(4, 3.9)).toBe(4);
    expect(clock.reading(20, 19)).toBe(19);
  });

  test('for good where none had been when the race began', () => {
    const clock = new BatchClock();
    expect(clock.reading(4, 3.9)).toBe(4);
    clock.settle();
    expect(clock.reading(20, 19)).toBe(20);
  });
});

test('a batch is timed by the device where both clocks go together', () => {
  const clock = new BatchClock();
  expect(clock.reading(20, 19)).toBe(19);
  clock.settle();
  expect(clock.reading(20, 1)).toBe(1);
});
