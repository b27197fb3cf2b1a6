import { describe, expect, it } from 'vitest';
import { mixSeed, ops, streamKey, threefry2x32 } from '../../compiler/ops/index.ts';

const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

describe('threefry2x32', () => {
  it.each([
    [0, 0, 0, 0, '6b200159 99ba4efe'],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, '1cb996fc bb002be7'],
    // The digits of π: the counter comes first in the table of Random123.
    [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 'c4923a9c 483df7a0'],
  ])('gives the known answer of Random123 (kat_vectors, 20 rounds) for key %i %i', (...row) => {
    const [key0, key1, counter0, counter1, words] = row as [number, number, number, number, string];
    expect(hex(threefry2x32(key0, key1, counter0, counter1))).toBe(words);
    const { threefry, threefry_second } = ops;
    const args = [key0, key1, counter0, counter1];
    expect(hex([threefry.reference(...args), threefry_second.reference(...args)])).toBe(words);
  });
});

describe('streams and seeds', () => {
  // Runs are reproducible across versions only while these stay as they are.
  it('never change', () => {
    expect(hex([streamKey('train', 'q', 'z'), streamKey('data'), streamKey()])).toMatchInlineSnapshot(
      `"a940ffe1 20609e34 f69668d8"`,
    );
    expect(hex([mixSeed(0), mixSeed(1), mixSeed(-1), mixSeed(2 ** 40)])).toMatchInlineSnapshot(
      `"6b200159 b435a7fa 413979c4 6dfafc21"`,
    );
  });

  it('tell paths apart by where their words end, and by every letter', () => {
    const paths = [['ab', 'c'], ['a', 'bc'], ['abc'], ['ab', 'c', ''], ['c', 'ab'], ['z'], ['ż'], ['Z'], []];
    expect(new Set(paths.map((path) => streamKey(...path))).size).toBe(paths.length);
  });

  it('tell seeds apart', () => {
    const seeds = [0, 1, 2, -1, -2, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];
    expect(new Set(seeds.map(mixSeed)).size).toBe(seeds.length);
  });
});
