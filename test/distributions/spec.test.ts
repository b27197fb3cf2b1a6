/** Every distribution as a spec writes it: in a model, drawn from by a sample program, with each way to say a parameter. */
import { expect, test } from 'vitest';
import { distributions } from '../../compiler/distributions/index.ts';
import { elaborateText, run64 } from '../support/elaborated.ts';
import { estimate } from './numerics.ts';

/** A distribution as written, and the mean of its draws. */
const written: readonly (readonly [string, number])[] = [
  ['Bernoulli(logits: 1)', 1 / (1 + Math.exp(-1))],
  ['Bernoulli(probs: 0.3)', 0.3],
  ['Categorical(logits: [0, 0, 0])', 1],
  ['Categorical(probs: [0.2, 0.3, 0.5])', 1.3],
  ['Categorical(probs: uniform(5))', 2],
  ['DiscretizedLogistic(0.5, 0.1)', 0.5],
  ['DiscretizedLogistic(0.5, 0.1, levels: 16)', 0.5],
  ['Exponential(2)', 0.5],
  ['Exponential(scale: 3)', 3],
  ['Laplace(1, 2)', 1],
  ['LogNormal(0, 0.5)', Math.exp(0.125)],
  ['Normal(1, 2)', 1],
  ['Normal(1, precision: 4)', 1],
  ['Poisson(3.5)', 3.5],
  ['Poisson(50)', 50],
  ['StudentT(5, 1, 2)', 1],
  ['StudentT(5)', 0],
  ['Uniform(-1, 3)', 1],
];

test.each(written)('%s', (text, mean) => {
  const spec = elaborateText(`model p { x ~ ${text} }\nsample draws(n = 4000) { x ~ p(x)  return x }`);
  const program = spec.programs.programs[0]!;
  const draws = Array.from(run64(program.function, spec, { uniforms: { seed: 99 } }).get('sample')!);
  expect(draws.length).toBe(4000);
  const found = estimate(draws);
  expect(found.error).toBeGreaterThan(0);
  expect(Math.abs(found.mean - mean)).toBeLessThan(4.5 * found.error);
});

test('none is missing here', () => {
  expect(new Set(written.map(([text]) => text.slice(0, text.indexOf('('))))).toEqual(
    new Set(Object.keys(distributions)),
  );
});

test.each([
  ['1', "'levels' of DiscretizedLogistic must be a whole number of at least 2, found 1"],
  ['2.5', "'levels' must be a whole number of at least 1, not 2.5"],
  ['warmup(2 -> 16, epochs: 2)', "'levels' must be known when compiling"],
  ['[16, 16]', 'levels'],
])('levels: %s is refused', (levels, message) => {
  const text = `model p { x ~ DiscretizedLogistic(0.5, 0.1, levels: ${levels}) }\nsample draws(n = 4) { x ~ p(x)  return x }`;
  expect(() => elaborateText(text)).toThrow(message);
});
