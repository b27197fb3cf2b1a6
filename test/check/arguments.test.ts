/** Arguments that a callee has not: the nearest that it has, or all of them. */
import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

function told(optimizer: string, scale = '1'): string[] {
  const text = `data d { x : real[2]  source npz("d.npz") }
model p { z ~ Normal(0, 1)[2]  x ~ Normal(z, ${scale}) }
net code(x) = x |> dense(2)
guide q(x) { z ~ Normal(code(x), 1) }
train { data d  maximize E[z ~ q(z | x)](log p(x, z))  optimizer ${optimizer}  batch 2  epochs 1 }`;
  return check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) }).diagnostics.map(
    ({ message }) => message,
  );
}

test.each([
  ['adam(ls: 1)', "'adam' has no argument 'ls'; did you mean 'lr'?"],
  ['adam(momentum: 0.9)', "'adam' has no argument 'momentum'; it takes 'lr', 'betas', 'eps'"],
])('optimizer %s', (optimizer, message) => {
  expect(told(optimizer)).toEqual([message]);
});

test('a distribution, by every form of its parameters', () => {
  expect(told('adam', 'variance: 2')).toEqual([
    "Normal has no argument 'variance'; it takes 'loc', 'scale', 'precision'",
  ]);
});
