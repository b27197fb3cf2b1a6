/** Goals that go the wrong way: those that can only make the data less likely are told, whatever they are called. */
import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

const spec = (goal: string): string => `use "std/objectives"
use "std/diffusion"
data d { x : real[2]  label : category(3)  source npz("d.npz") }
hyper beta = warmup(0 -> 1, epochs: 1)
net code(x) { h = x |> dense(3, tanh)  return mu: dense(h, 2), logvar: dense(h, 2) }
net decode(z) = z |> dense(2)
net eps(x: real[2], t: step(9)) = concat(x, t) |> dense(2)
net classes(x) = x |> dense(3)
schedule noise = linear(9)
model p { z ~ Normal(0, 1)[2]  x ~ Normal(decode(z), 1) }
model c(x) { label ~ Categorical(logits: classes(x)) }
guide q(x) { mu, logvar = code(x)  z ~ Normal(mu, exp(logvar / 2)) }
model fixed { x ~ Normal(0, 1)[2] }
model frozen { x ~ Normal(stop(decode([0, 1])), 1) }
objective contrast =
  E[z ~ q(z | x), e ~ Normal(0, 1) like x](log p(x | z) - log p(x = x + e | z))
train { data d  ${goal}  optimizer sgd(lr: 1)  batch 2  epochs 1 }`;

/** What is said of the goal, which need not read all that the spec declares. */
const codes = (goal: string): string[] =>
  check({ entry: 'test.vae', host: testSources({ 'test.vae': spec(goal) }) })
    .diagnostics.filter(({ code }) => code !== 'unused-hyper' && code !== 'unreached')
    .map(({ code }) => code);

const bounds = [
  'elbo(p, q)',
  'elbo(p, q, beta)',
  'elbo_mc(p, q)',
  'free_bits(p, q)',
  'stl(p, q)',
  'iwelbo(p, q)',
  'iwelbo_dreg(p, q)',
  'renyi(p, q)',
  'renyi(p, q, alpha: 2)',
  'log c(label | x)',
];

test.each(bounds)('%s is to be maximized', (bound) => {
  expect(codes(`maximize ${bound}`)).toEqual([]);
  expect(codes(`minimize ${bound}`)).toEqual(['data-made-unlikely']);
  expect(codes(`maximize -${bound}`)).toEqual(['data-made-unlikely']);
  expect(codes(`minimize -${bound}`)).toEqual([]);
});

test.each([
  ['is a constant', 'E[z ~ q(z | x)](sum(square(x - z))) + log fixed(x)'],
  ['is a weight', 'E[z ~ q(z | x)](exp(log fixed(x)) * sum(square(x - z)))'],
  ['is stopped', 'E[z ~ q(z | x)](sum(square(x - z))) + log frozen(x)'],
])('a density that no parameter moves %s', (_, objective) => {
  expect(codes(`minimize ${objective}`)).toEqual([]);
});

test.each(['ddpm_simple(eps, noise)', 'KL(q(z | x) || p(z))', 'contrast'])('%s may go either way', (objective) => {
  expect(codes(`maximize ${objective}`)).toEqual([]);
  expect(codes(`minimize ${objective}`)).toEqual([]);
});
