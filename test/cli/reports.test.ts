/** How numbers are printed: as many digits as there is reason for. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMean } from '../../cli/reports.ts';

test.each([
  [6.1334, 0.043, '6.133 ± 0.043'],
  [-108.7012, 0.2449, '-108.70 ± 0.24'],
  [-86.5, 1.26, '-86.5 ± 1.3'],
  [-86.5, 12.6, '-87 ± 13'],
  [12345.6, 123.4, '12350 ± 120'],
  // Two digits of 0.0996 are 0.10.
  [2, 0.0996, '2.00 ± 0.10'],
  [0.0004, 0.0512, '0.000 ± 0.051'],
  [1.2349e-7, 2e-9, '(1.235 ± 0.020)e-7'],
  [-2.5e8, 3.14e6, '(-2.500 ± 0.031)e8'],
  // What f32 cannot tell is not told.
  [108.7, 1e-9, '108.70000 ± 1.0e-9'],
  [3, 0, '3.0000 ± 0'],
  [NaN, NaN, 'NaN ± NaN'],
  [1, Infinity, '1.0000 ± Infinity'],
])('%d with the standard error %d is %s', (value, standardError, text) => {
  expect(formatMean({ value, standardError })).toBe(text);
});

test('a number that is no estimate keeps its digits', () => {
  expect([12, 6.13341, 1234.567].map((value) => formatMean({ value }))).toEqual(['12', '6.1334', '1234.57']);
});

test('both numbers are off by a twentieth of the error at most, and end with the same digit', () => {
  const size = fc.double({ min: -12, max: 12, noNaN: true });
  const mantissa = fc.double({ min: -10, max: 10, noNaN: true });
  // An error of a thousandth of the mean and more: f32 tells all of its two digits.
  const ratio = fc.double({ min: -3, max: 3, noNaN: true });
  // 9.95 is 10, and half of that digit is 0.5.
  const twentieth = 0.5 / 9.95 + 1e-9;
  fc.assert(
    fc.property(mantissa, size, ratio, (m, power, r) => {
      const value = m * 10 ** power;
      const standardError = Math.max(Math.abs(value), 10 ** power) * 10 ** r;
      const text = formatMean({ value, standardError });
      const [, mean, error, exponent] = /^\(?(-?[\d.]+) ± ([\d.]+)(?:\)e(-?\d+))?$/.exec(text)!;
      const scale = 10 ** Number(exponent ?? 0);
      expect(Math.abs(Number(mean) * scale - value)).toBeLessThanOrEqual(twentieth * standardError);
      expect(Math.abs(Number(error) * scale - standardError)).toBeLessThanOrEqual(twentieth * standardError);
      expect(mean!.split('.')[1]?.length).toBe(error!.split('.')[1]?.length);
    }),
    { seed: 1 },
  );
});
