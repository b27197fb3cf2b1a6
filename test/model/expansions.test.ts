/** What `explain` says that objectives and functions stand for. */
import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

function explained(declarations: string, objective: string): readonly string[] {
  const text = `use "std/objectives"
data d { x : real[2]  source npz("d.npz") }
function block(h, units) = h |> dense(units, tanh)
net code(x) { h = block(x, 3)  return mu: dense(h, 2), logvar: dense(h, 2) }
model p { z ~ Normal(0, 1)[2]  x ~ Normal(z, 1) }
guide q(x) { mu, logvar = code(x)  z ~ Normal(mu, exp(logvar / 2)) }
${declarations}
train { data d  maximize ${objective}  optimizer sgd(lr: 1)  batch 2  epochs 1 }`;
  const { compiled } = compile({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
  return compiled!.explanation.lines.filter((line) => line.startsWith('train: ') || line.includes(' = '));
}

test('the library is written out, with its defaults and what a call gives', () => {
  expect(explained('', 'iwelbo(p, q, K: 3)')).toEqual([
    'train: maximize iwelbo(p, q, K: 3), the mean over 2 rows of d',
    '  iwelbo(p, q, K: 3) = E[z[k] ~ q(z | x) for k in 1..K](logmeanexp[k](log p(x, z[k]) - log q(z[k] | x))), where K = 3',
  ]);
  expect(explained('', 'elbo(p, q)')[1]).toBe(
    '  elbo(p, q) = E[z ~ q(z | x)](log p(x | z)) - beta * KL(q(z | x) || p(z)), where beta = 1',
  );
});

test("calls within calls follow, each once, and a net's functions are no part of it", () => {
  const declarations = `function twice(v) = 2 * v
objective mine(model_of_x: model, q: guide) = twice(elbo(model_of_x, q, beta: 3)) + twice(elbo(model_of_x, q, beta: 3))`;
  expect(explained(declarations, 'mine(p, q)')).toEqual([
    'train: maximize mine(p, q), the mean over 2 rows of d',
    '  mine(p, q) = twice(elbo(model_of_x, q, beta: 3)) + twice(elbo(model_of_x, q, beta: 3)), where model_of_x = p',
    '  elbo(model_of_x, q, beta: 3) = E[z ~ q(z | x)](log p(x | z)) - beta * KL(q(z | x) || p(z)), where p = model_of_x, beta = 3',
    '  twice(elbo(model_of_x, q, beta: 3)) = 2 * v, where v = elbo(model_of_x, q, beta: 3)',
  ]);
});

test('an objective without parameters goes by its name, and what was given earlier is not told as if it were given now', () => {
  const declarations = `function scaled(a, b) = a * b
function through(h: net, b) = h(b)
objective plain = through(scaled(_, 3), sum(x)) + elbo(p, q)`;
  const lines = explained(declarations, 'plain');
  expect(lines[0]).toBe('train: maximize plain, the mean over 2 rows of d');
  expect(lines[1]).toBe('  plain = through(scaled(_, 3), sum(x)) + elbo(p, q)');
  expect(lines.filter((line) => line.includes('a * b'))).toEqual([]);
});
