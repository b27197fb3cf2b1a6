/** The nearest known word to a mistyped one. */
import { describe, expect, it } from 'vitest';
import { builtinNames } from '../../compiler/2-check/builtins/index.ts';
import { closest } from '../../compiler/diagnostics/spelling.ts';
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';

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

describe('a word that the language has under another name', () => {
  it.each([
    ['Gaussian', 'Normal'],
    ['swish', 'silu'],
    ['SiLU', 'silu'],
    ['LeakyReLU', 'leaky_relu'],
    ['expit', 'sigmoid'],
    ['DoubleExponential', 'Laplace'],
    ['Multinoulli', 'Categorical'],
  ])('%s', (word, meant) => expect(didYouMean(word, builtinNames)).toBe(`; did you mean '${meant}'?`));

  it('is offered only where its name fits, and after what is nearer', () => {
    expect(didYouMean('swish', ['relu'])).toBe('');
    expect(didYouMean('gaussian', ['Normal', 'gaussians'])).toBe("; did you mean 'gaussians'?");
  });
});
