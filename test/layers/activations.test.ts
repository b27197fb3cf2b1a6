/** Every activation against its formula, at ordinary and at extreme inputs. */
import { expect, test } from 'vitest';
import { activations } from '../../compiler/layers/index.ts';
import { Bench } from '../distributions/bench.ts';
import { normalCdf } from '../distributions/numerics.ts';

const inputs = [-90, -7.5, -1.2, -1e-9, 0, 1e-9, 0.4, 3, 90];
const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

const formulas: { readonly [name: string]: (x: number) => number } = {
  elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
  gelu: (x) => x * normalCdf(x),
  leaky_relu: (x) => (x > 0 ? x : 0.01 * x),
  relu: (x) => (x > 0 ? x : 0),
  sigmoid,
  silu: (x) => x * sigmoid(x),
  softplus: (x) => (x > 30 ? x : Math.log(1 + Math.exp(x))),
  tanh: Math.tanh,
};

test('each has a formula here', () => {
  expect([...activations.keys()].sort()).toEqual(Object.keys(formulas).sort());
});

test.each(Object.entries(formulas))('%s', (name, formula) => {
  const bench = new Bench();
  const found = bench.run(activations.get(name)!.apply(bench.b, bench.given(inputs, [inputs.length]), {}));
  found.forEach((value, i) => {
    const expected = formula(inputs[i]!);
    expect(Math.abs(value - expected)).toBeLessThan(1e-8 * Math.max(1, Math.abs(expected)));
  });
});

test('arguments replace the defaults', () => {
  const bench = new Bench();
  const x = bench.given([-2, 2], [2]);
  expect(bench.run(activations.get('leaky_relu')!.apply(bench.b, x, { slope: 0.2 }))).toEqual([-0.4, 2]);
  const [low, high] = bench.run(activations.get('elu')!.apply(bench.b, x, { alpha: 3 }));
  expect(low).toBeCloseTo(3 * (Math.exp(-2) - 1), 12);
  expect(high).toBe(2);
});

test('what an activation says of its values holds', () => {
  const bench = new Bench();
  for (const { support, apply } of activations.values()) {
    const values = bench.run(apply(bench.b, bench.given([-20, -1, 0, 1, 20], [5]), {}));
    if (support === 'unit') expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    else if (support === 'positive') expect(values.every((value) => value > 0)).toBe(true);
    else if (support === 'nonnegative') expect(values.every((value) => value >= 0)).toBe(true);
    else expect(values.some((value) => value < 0)).toBe(true);
  }
});
