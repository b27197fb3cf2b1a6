/** The float64 references of the special functions against tables (DLMF, Abramowitz & Stegun) and their recurrences. */
import { describe, expect, it } from 'vitest';
import { ops } from '../../compiler/ops/index.ts';

const euler = 0.5772156649015329;

const known = {
  lgamma: [
    [1, 0],
    [2, 0],
    [0.5, Math.log(Math.PI) / 2],
    [1 / 3, 0.9854206469277672],
    [10, Math.log(362880)],
    [100, 359.1342053695754],
    [1e6, 12815504.569147611],
  ],
  digamma: [
    [1, -euler],
    [0.5, -euler - 2 * Math.LN2],
    [0.25, -euler - Math.PI / 2 - 3 * Math.LN2],
    [10, 2.251752589066721],
    [1.4616321449683622, 0],
  ],
  trigamma: [
    [1, Math.PI ** 2 / 6],
    [0.5, Math.PI ** 2 / 2],
    [2, Math.PI ** 2 / 6 - 1],
    [10, 0.10516633568168575],
  ],
  erf: [
    [0, 0],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [-2, -0.9953222650189527],
    [3, 0.9999779095030014],
    [10, 1],
  ],
} as const;

describe.each(Object.entries(known))('%s', (name, table) => {
  it.each(table.map(([x, value]) => [x, value] as const))('of %f is %f', (x, value) => {
    const got = ops[name as keyof typeof known].reference(x);
    expect(Math.abs(got - value)).toBeLessThan(1e-14 * Math.max(1, Math.abs(value)));
  });
});

describe('recurrences', () => {
  const { lgamma, digamma, trigamma } = ops;
  it.each([0.1, 0.3, 0.99, 1.7, 5.5, 15.9, 16.1, 123.4])('hold from %f to one more', (x) => {
    const off = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(b));
    expect(off(lgamma.reference(x + 1), lgamma.reference(x) + Math.log(x))).toBeLessThan(1e-13);
    expect(off(digamma.reference(x + 1), digamma.reference(x) + 1 / x)).toBeLessThan(1e-13);
    expect(off(trigamma.reference(x + 1), trigamma.reference(x) - 1 / x ** 2)).toBeLessThan(1e-12);
  });
});
