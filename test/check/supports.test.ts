/** The guide's support against the model's: within it as far as that is known when compiling. */
import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

function codes(guide: string, model: string): string[] {
  const text = `use "std/objectives"
data d { x : real[2]  source npy(x: "x.npy") }
param edge : real = 1
param other : real = 1
net code(x) = x |> dense(2, sigmoid)
model p { z ~ ${model}  x ~ Normal(z, 1) }
guide q(x) { z ~ ${guide} }
train { data d  maximize elbo(p, q) + edge + other + 0 * sum(code(x))  optimizer sgd(lr: 1)  batch 2  epochs 1 }`;
  return check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) }).diagnostics.map(({ code }) => code);
}

test.each([
  ['Uniform(0, 1)[2]', 'Uniform(0, 1)[2]'],
  ['Uniform(0.2, 0.8)[2]', 'Uniform(-1, 1)[2]'],
  ['Uniform([0.2, -0.5], [0.8, 1])', 'Uniform(-1, 1)[2]'],
  ['Uniform([0, 0], [1, 1])', 'Uniform([-1, 0], [1, 2])'],
  ['Uniform([0, 5], [1, 6])', 'Uniform([-1, 4], [1, 7])'],
  ['Uniform(edge, 2)[2]', 'Uniform(edge, 3)[2]'],
  ['Uniform(edge, edge + 1)[2]', 'Uniform(edge, edge + 1)[2]'],
  ['Uniform(code(x) - 1, 1)', 'Normal(0, 1)[2]'],
  ['Exponential(exp(code(x)))', 'Normal(0, 1)[2]'],
])('a %s lies within a %s', (guide, model) => {
  expect(codes(guide, model)).toEqual([]);
});

test.each([
  ['Uniform(0, 2)[2]', 'Uniform(0, 1)[2]'],
  ['Uniform(-0.5, 0.5)[2]', 'Uniform(0, 1)[2]'],
  ['Uniform([0.2, -0.5], [0.8, 1])', 'Uniform(0, 1)[2]'],
  ['Uniform([0, 5], [1, 6])', 'Uniform([4, -1], [7, 1])'],
  ['Uniform(code(x) - 1, 1)', 'Uniform(-1, 1)[2]'],
  ['Uniform(edge, 2)[2]', 'Uniform(other, 2)[2]'],
  ['Uniform(0, edge)[2]', 'Uniform(0, edge + 1)[2]'],
  ['Normal(code(x), 1)', 'Uniform(-9, 9)[2]'],
  ['Normal(code(x), 1)', 'Exponential(1)[2]'],
])('a %s may lie outside of a %s', (guide, model) => {
  expect(codes(guide, model)).toEqual(['guide-support']);
});
