/** Clipping, the moving average, and the flag that stops updates for good. */
import { describe, expect, test } from 'vitest';
import { clipByNorm, clipByValue, globalNorm } from '../../compiler/optimizers/clip.ts';
import { emaWeight, updateEma } from '../../compiler/optimizers/ema.ts';
import { keepUnless, trouble } from '../../compiler/optimizers/trouble.ts';
import { Bench } from '../distributions/bench.ts';
import { evaluateHost, number } from './trajectory.ts';

describe('clipping', () => {
  const clipped = (gradient: number[], limit: number): number[] => {
    const bench = new Bench();
    const g = bench.given(gradient, [gradient.length]);
    return bench.run(clipByNorm(bench.b, g, globalNorm(bench.b, g), bench.given(limit, [])));
  };

  test('by norm scales a long gradient to the limit and leaves a short one', () => {
    const found = clipped([3, -4], 2);
    expect(Math.hypot(...found)).toBeCloseTo(2, 5);
    expect(found[0]! / found[1]!).toBeCloseTo(-0.75, 12);
    expect(clipped([0.3, -0.4], 2)).toEqual([0.3, -0.4]);
    expect(clipped([0, 0], 2)).toEqual([0, 0]);
  });

  test('by value', () => {
    const bench = new Bench();
    const limited = clipByValue(bench.b, bench.given([-9, -0.5, 0, 0.7, 3], [5]), bench.given(1, []));
    expect(bench.run(limited)).toEqual([-1, -0.5, 0, 0.7, 1]);
  });
});

test('the moving average is debiased: e_t / (1 - d^t) with e from zeros', () => {
  const decay = 0.9;
  let [average, biased] = [123, 0];
  [2, -1, 0.5, 4, 4.5, -3].forEach((x, step) => {
    const bench = new Bench();
    const weight = bench.given(evaluateHost(emaWeight(number(decay)), step), []);
    average = bench.run(updateEma(bench.b, bench.given([average], [1]), bench.given([x], [1]), weight))[0]!;
    biased = decay * biased + (1 - decay) * x;
    expect(average).toBeCloseTo(biased / (1 - decay ** (step + 1)), 12);
  });
});

describe('trouble', () => {
  const after = (state: number[], step: number, terms: number[], norm: number) => {
    const bench = new Bench();
    const found = trouble(bench.b, {
      state: bench.given(state, [2], 'u32'),
      step: bench.given(step, [], 'u32'),
      terms: terms.map((term) => bench.given(term, [])),
      norm: bench.given(norm, []),
    });
    const kept = keepUnless(bench.b, found.well, bench.given([7, 7], [2]), bench.given([1, 2], [2]));
    return { state: bench.run(found.state), kept: bench.run(kept) };
  };

  test('is none while all is finite', () => {
    expect(after([0, 0], 41, [-3, 1e30], 5)).toEqual({ state: [0, 0], kept: [7, 7] });
  });

  test.each([
    { terms: [NaN, 1], norm: 1, index: 0 },
    { terms: [1, -Infinity], norm: NaN, index: 1 },
    { terms: [1, 1], norm: Infinity, index: 2 },
    { terms: [Infinity, NaN], norm: NaN, index: 0 },
    { terms: [1, 1], norm: 1.1e19, index: 2 },
  ])('names the step and the first bad term of $terms and norm $norm', ({ terms, norm, index }) => {
    expect(after([0, 0], 41, terms, norm)).toEqual({ state: [42, index], kept: [1, 2] });
    expect(after([0, 0], 0, terms, norm).state).toEqual([1, index]);
  });

  test('stays at the first', () => {
    expect(after([42, 1], 50, [2, 3], 1)).toEqual({ state: [42, 1], kept: [1, 2] });
    expect(after([42, 1], 50, [NaN, 3], 1)).toEqual({ state: [42, 1], kept: [1, 2] });
  });

  test('sees one bad entry of a gradient through its norm', () => {
    const bench = new Bench();
    const norms = [NaN, -Infinity].map((bad) => globalNorm(bench.b, bench.given([1, bad, 2], [3])));
    expect(norms.map((norm) => Number.isFinite(bench.run(norm)[0]))).toEqual([false, false]);
  });
});
