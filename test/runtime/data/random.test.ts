import { describe, expect, it } from 'vitest';
import { draws, shuffled } from '../../../runtime/data/random.ts';

describe('draws', () => {
  it('never change: data sets of published specs are made of them', () => {
    const { uniform, normal } = draws(42, 'gaussian_mixture');
    expect([uniform(0, 0), uniform(1, 0), normal(0, 1), normal(7, 2)]).toMatchInlineSnapshot(`
      [
        0.5286825436506322,
        0.564894321638266,
        1.5320128880367587,
        0.36889603128317133,
      ]
    `);
    expect(shuffled(10, 0, 'split').join(' ')).toBe('5 6 8 7 9 1 4 3 0 2');
  });

  it('are uniform and normal, and independent between rows, items, streams and seeds', () => {
    // With n = 20,000 the standard errors are 0.002 (uniform mean) and 0.007 (normal mean); bounds are 4.5 of them, so
    // a right generator fails with probability below 1e-4 in all, and a mean wrong by 0.02 or 0.06 is found with 99%.
    const n = 20_000;
    const { uniform, normal } = draws(3, 'a');
    const u = Array.from({ length: n }, (_, i) => uniform(i, 0));
    const z = Array.from({ length: n }, (_, i) => normal(i, 1));
    const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / n;
    const bound = (sd: number) => (4.5 * sd) / Math.sqrt(n);
    expect(Math.abs(mean(u) - 1 / 2)).toBeLessThan(bound(Math.sqrt(1 / 12)));
    expect(Math.abs(mean(u.map((x) => x * x)) - 1 / 3)).toBeLessThan(bound(Math.sqrt(4 / 45)));
    expect(Math.abs(mean(z))).toBeLessThan(bound(1));
    expect(Math.abs(mean(z.map((x) => x * x)) - 1)).toBeLessThan(bound(Math.SQRT2));
    expect(Math.abs(mean(z.map((x) => x ** 3)))).toBeLessThan(bound(Math.sqrt(15)));
    expect(Math.abs(mean(z.map((x) => x ** 4)) - 3)).toBeLessThan(bound(Math.sqrt(96)));
    const others = [
      (i: number) => normal(i + 1, 1),
      (i: number) => normal(i, 2),
      (i: number) => draws(3, 'b').normal(i, 1),
      (i: number) => draws(4, 'a').normal(i, 1),
    ];
    for (const other of others) {
      expect(Math.abs(mean(z.map((x, i) => x * other(i))))).toBeLessThan(bound(1));
    }
  });

  it('shuffle is a permutation, and every place is as likely as any other', () => {
    expect([...shuffled(1000, 5, 's')].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    // 6,000 shuffles of 4: each number is at each place 1,500 times, standard deviation 33.5; bound 5 deviations.
    const counts = Array.from({ length: 16 }, () => 0);
    for (let seed = 0; seed < 6000; seed++) {
      shuffled(4, seed, 's').forEach((value, at) => (counts[value * 4 + at]! += 1));
    }
    for (const count of counts) expect(Math.abs(count - 1500)).toBeLessThan(168);
  });
});
