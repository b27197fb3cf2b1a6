/** The nearest known word to a mistyped one. */
import { describe, expect, it } from 'vitest';
import { closest } from '../../compiler/diagnostics/spelling.ts';

describe('closest', () => {
  const known = ['encoder', 'decoder', 'mu', 'maximize'];
  it.each([
    ['encodr', 'encoder'],
    ['enocder', 'encoder'],
    ['Decoder', 'decoder'],
    ['maximise', 'maximize'],
    ['nu', 'mu'],
    ['um', 'mu'],
    ['generator', undefined],
    ['x', undefined],
  ])('%s', (word, expected) => expect(closest(word, known)).toBe(expected));

  it('prefers the first of two that are as near', () => expect(closest('coder', ['coden', 'codes'])).toBe('coden'));
});
