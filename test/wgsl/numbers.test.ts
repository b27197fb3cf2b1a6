/** Numbers in WGSL are exactly the numbers meant. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { floatText, literalText } from '../../compiler/6-emit/wgsl/types.ts';

/** The value of a hexadecimal or decimal literal, in float64; both fit it exactly here. */
function read(text: string): number {
  const match = /^(-?)0x1(?:\.([0-9a-f]+))?p([+-]\d+)$/.exec(text);
  if (match === null) return Number(text);
  const [, sign, digits = '', exponent] = match;
  const mantissa = 1 + (digits === '' ? 0 : parseInt(digits, 16) / 16 ** digits.length);
  return (sign === '-' ? -1 : 1) * mantissa * 2 ** Number(exponent);
}

describe('a float literal', () => {
  test('is the nearest f32, to the bit', () => {
    const bits = new DataView(new ArrayBuffer(4));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (word) => {
        bits.setUint32(0, word);
        const value = bits.getFloat32(0);
        fc.pre(Number.isFinite(value));
        expect(Object.is(read(floatText(value)), value)).toBe(true);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  test('is decimal where that is exact and short', () => {
    expect([0, 1, -1, 0.5, 0.0078125, 784, 1e6].map(floatText)).toEqual([
      '0.0', '1.0', '-1.0', '0.5', '0.0078125', '784.0', '1000000.0',
    ]); // prettier-ignore
  });

  test('is hexadecimal where a decimal would be rounded', () => {
    expect(floatText(0.1)).toBe('0x1.99999ap-4');
    expect(floatText(-1 / 3)).toBe('-0x1.555556p-2');
    expect(floatText(2 ** -149)).toBe('0x1p-149');
  });

  test('stops at the largest float, keeps the sign of zero, and refuses what is no number', () => {
    expect(floatText(1e300)).toBe('0x1.fffffep+127');
    expect(floatText(-Infinity)).toBe('-0x1.fffffep+127');
    expect(floatText(-0)).toBe('-0.0');
    expect(() => floatText(NaN)).toThrow();
  });
});

test('other literals carry their type', () => {
  expect(literalText(400, 'u32')).toBe('400u');
  expect(literalText(0x1bd11bda, 'u32')).toBe('0x1bd11bdau');
  expect(literalText(-3, 'i32')).toBe('-3i');
  expect(literalText(1, 'bool')).toBe('true');
});
