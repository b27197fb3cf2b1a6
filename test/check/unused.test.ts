/** What a spec writes and nothing reads: a number of draws where none is drawn, declarations that no program reaches. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { libraries } from '../../compiler/2-check/load.ts';
import { check } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

function messages(text: string, samples: Readonly<Record<string, number>> = {}): string[] {
  const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': text }), samples });
  return diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

describe('the n of a sample', () => {
  const spec = (sample: string): string => `data d { x : real[2]  source npy(x: "x.npy") }
model p { z ~ Normal(0, 1)[2]  x ~ Normal(z, 0.5) }
guide q(x) { z ~ Normal(x / 2, 1) }
evaluate { data d  report KL(q(z | x) || p(z)) }
${sample}`;
  const unused = (name: string, given: string, n: number): string[] => [
    `unused-n: nothing that '${name}' returns is drawn, so it gives ${given}, not n = ${n}; ` +
      "draw something, use 'n' in a list, '[… for i in 0..n-1]', or leave 'n' out",
  ];
  const mean = 'z = mean q(z | x = a.x)';

  test.each([
    ['a mean', `sample s(a: d, n = 8) { ${mean}  return mean p(x | z) }`, 'one value'],
    ['a list', `sample s(a: d, n = 8) { ${mean}  return [mean p(x | z = z * i) for i in 0..2] }`, '3 values'],
    ['a draw that is not returned', `sample s(a: d, n = 8) { ${mean}  y ~ Normal(0, 1)  return z }`, 'one value'],
    ['a call', 'sample f(c: real, n = 1) { return [c, c] }\nsample s = f(1, n: 8)', 'one value'],
    ['a call that hands n on', 'sample f(c: real, n = 1) { return [c, c] }\nsample s(n = 8) = f(1, n: n)', 'one value'],
  ])('is not what it gives: %s', (_, sample, given) => {
    expect(messages(spec(sample))).toEqual(unused('s', given, 8));
  });

  test('is the one asked for', () => {
    const text = spec(`sample s(a: d, n = 8) { ${mean}  return z }`);
    expect(messages(text, { s: 16 })).toEqual(unused('s', 'one value', 16));
    expect(messages(text, { s: 1 })).toEqual([]);
  });

  test.each([
    `sample s(a: d, n = 8) { z ~ q(z | x = a.x)  return mean p(x | z) }`,
    `sample s(a: d, n = 8) { ${mean}  x ~ p(x | z)  return x }`,
    `sample s(a: d, n = 8) { ${mean}  return [mean p(x | z = z * i) for i in 0..n-1] }`,
    `sample s(a: d, n = 8) { ${mean}  return z / n }`,
    `sample s(a: d, n = 8, last = n - 1) { ${mean}  return [z * i for i in 0..last] }`,
    `sample f(last: real) { return [1 * i for i in 0..last] }\nsample s(n = 8) = f(n - 1)`,
    `sample s(n = 8) { carry z = [1, 2]  for i in 1..2 { z = 2 * z }  return z }`,
    `sample s(a: d, n = 1) { ${mean}  return z }`,
    `sample s(a: d) { ${mean}  return z }`,
  ])('is used or left out: %s', (sample) => {
    expect(messages(spec(sample))).toEqual([]);
  });
});

describe('a declaration that no program reaches', () => {
  const data = 'data d { x : real[2]  source npy(x: "x.npy") }';
  const train = 'train { data d  minimize mean_square(net_of(x))  optimizer adam  batch 2  epochs 1 }';
  const unreached = (what: string): string =>
    `unreached: no program reaches the ${what}, so its shapes were not checked; use it or remove it`;

  test('is told, whatever it declares', () => {
    const text = `${data}
net net_of(x) = x |> dense(2)
net wrong(x: real[2]) = x |> dense(32) |> reshape(5, 5) |> conv2d(4, 3)
function inner(x) = 2 * x
function outer(x) = inner(x)
model p { x ~ Normal(0, 1)[2] }
guide q(x) { z ~ Normal(x, 1) }
objective o(p: model) = log p(x)
schedule steps(T) { at = linspace(0 -> 1, T) }
param w : real[2]
sample s(f: net) { z ~ Normal(0, 1)  return z }
${train}`;
    expect(messages(text)).toEqual(
      [
        ["net 'wrong'", "function 'inner'", "function 'outer'", "model 'p'", "guide 'q'", "objective 'o'"],
        ["schedule 'steps'", "param 'w'", "sample 's'"],
      ]
        .flat()
        .map(unreached),
    );
  });

  test.each([
    ['called by another', 'function f(x) = 2 * x\nnet net_of(x) = x |> dense(2) |> f'],
    ['handed on', 'function f(x) = 2 * x\nfunction at(g, x) = g(x)\nnet net_of(x) = at(f, x |> dense(2))'],
    ['behind a condition', 'function f(x) = 2 * x\nnet net_of(x) = (if 1 == 2 then f(x) else x) |> dense(2)'],
    ['read by a hyper', 'function f(x) = 2 * x\nhyper width = f(2)\nnet net_of(x) = x |> dense(width)'],
    [
      'read by a sample',
      'function f(x) = 2 * x\nnet net_of(x) = x |> dense(2)\nsample s { z ~ Normal(f(1), 1)  return z }',
    ],
  ])('is not one %s', (_, text) => {
    expect(messages(`${data}\n${text}\n${train}`)).toEqual([]);
  });

  test('is not told of other files, nor besides errors', () => {
    const other = 'function unread(x) = x\nnet net_of(x) = x |> dense(2)';
    const host = testSources({ 'other.vae': other, 'test.vae': `use "other"\n${data}\n${train}` });
    expect(check({ entry: 'test.vae', host }).diagnostics).toEqual([]);
    const wrong = `${data}\nfunction f(x) = x\nnet net_of(x) = x |> dense(0)\n${train}`;
    expect(messages(wrong).map((message) => message.split(':')[0])).toEqual(['not-positive-integer']);
  });

  test('is a matter of one note where there is no program', () => {
    const text =
      'hyper width = 8\nfunction f(x) = x\nnet g(x) = x |> dense(width)\nsample s(g: net) { return g([1, 2]) }';
    expect(messages(text)).toEqual([
      "no-program: there is no program here ('train', 'evaluate' or 'sample'), so names were checked and shapes were not",
    ]);
    expect(messages(data)).toEqual([]);
  });
});

describe('a file that is not there', () => {
  test('is named once: at its place, where it is the spec', () => {
    const [found] = check({ entry: 'none.vae', host: testSources() }).diagnostics;
    expect(found).toMatchObject({ message: 'cannot read the spec; check the path', span: { file: 'none.vae' } });
  });

  test('is sought among the parts of the library', () => {
    expect(messages('use "std/objective"')).toEqual([
      `file-not-found: cannot read "std/objective.vae"; did you mean 'std/objectives'?`,
    ]);
    expect(messages('use "std/none"')).toEqual([
      `file-not-found: cannot read "std/none.vae"; the library has ${libraries.join(', ')}`,
    ]);
    const files = readdirSync('compiler/std').map((file) => `std/${file.replace(/\.vae$/, '')}`);
    expect(libraries).toEqual(files.sort());
  });

  test('is named as it was sought, where another file uses it', () => {
    expect(messages('use "nets/none"')).toEqual(['file-not-found: cannot read "nets/none.vae"; check the path']);
  });
});
