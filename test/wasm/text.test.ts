/** Numbers in the text format are exactly the numbers meant; a module's text is whole. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { WasmEmitter } from '../../compiler/6-emit/wasm/emit.ts';
import { numberText } from '../../compiler/6-emit/wasm/numbers.ts';
import { all } from '../support/kernel-shapes.ts';

describe('a float', () => {
  test('is read back to the bit, as the f32 nearest to the decimal', () => {
    const bits = new DataView(new ArrayBuffer(4));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (word) => {
        bits.setUint32(0, word);
        const value = bits.getFloat32(0);
        fc.pre(Number.isFinite(value));
        expect(Object.is(Math.fround(Number(numberText(value, 'f32'))), value)).toBe(true);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  test('is as short as can be, and has names for what no decimal is', () => {
    const values = [0, -0, 1, 0.1, -1 / 3, 2 ** -149, 1e30, Infinity, -Infinity, NaN];
    expect(values.map((value) => numberText(value, 'f32'))).toEqual([
      '0', '-0', '1', '0.1', '-0.33333334', '1e-45', '1e+30', 'inf', '-inf', 'nan',
    ]); // prettier-ignore
  });
});

test('whole numbers are counts, or words of bits', () => {
  const values = [0, 400, -1, 0x1bd11bda, 0xff800000];
  expect(values.map((value) => numberText(value, 'i32'))).toEqual(['0', '400', '-1', '0x1bd11bda', '-8388608']);
});

describe('the text of a kernel', () => {
  test.each(Object.entries(all))('%s: closes what it opens, says only what it declares', (_, kernel) => {
    const { text } = new WasmEmitter().emit(scheduleKernel(kernel, cpu));
    const lines = text.split('\n').map((line) => line.replace(/;;.*/, ''));
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(121);
    let depth = 0;
    for (const character of lines.join('\n')) {
      if (character === '(') depth++;
      if (character === ')') depth--;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
    const found = (pattern: RegExp): ReadonlySet<string> =>
      new Set([...lines.join('\n').matchAll(pattern)].map(([, name]) => name!));
    const declared = found(/\((?:param|local) (\$[^\s]+)/g);
    for (const name of found(/\(local\.[gs]et (\$[^\s)]+)/g)) expect(declared).toContain(name);
    const labels = found(/\((?:loop|block) (\$[^\s]+)/g);
    for (const label of found(/\(br(?:_if)? (\$[^\s)]+)/g)) expect(labels).toContain(label);
  });
});
