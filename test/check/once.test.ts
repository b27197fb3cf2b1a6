/** Every mistake in one run: each is told, and each once. */
import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { renderFrame } from '../../compiler/diagnostics/frame.ts';
import { testSources } from '../support/sources.ts';

const spec = (programs: string, more = ''): string => `use "library.vae"
data d { x : real[2]  source npy(x: "x.npy") }
net code(x) = x |> dense(2)
model pa { z ~ Normal(0, 1)[2]  x ~ Normal(z, 1) }
model pb { z ~ Normal(0, 1)[2]  x ~ Normal(2 * z, 1) }
guide q(x) { z ~ Normal(code(x), 1) }
${more}
${programs}`;

const library = `
objective marginal(p: model, q: guide) = E[z ~ q(z | x)](log p(x))
objective bound(p: model, q: guide) = E[z ~ q(z | x)](log p(x, z) - log q(z | x))
`;

/** Each diagnostic as its code, its place and the call that it is shown at. */
function told(programs: string, more?: string): string[] {
  const host = testSources({ 'test.vae': spec(programs, more), 'library.vae': library });
  const { diagnostics, sources } = check({ entry: 'test.vae', host });
  return diagnostics.map((found) => {
    const text = (span: typeof found.span): string => sources.get(span.file)!.slice(span.start, span.end);
    const call = found.notes.find(({ message }) => message === 'in this call')?.span;
    // What is told can be shown.
    expect(renderFrame(found, sources)).toContain(found.code);
    return [found.code, text(found.span), ...(call ? [text(call)] : [])].join(', ');
  });
}

const train = (objective: string): string =>
  `train { data d  maximize ${objective}  optimizer sgd(lr: 1)  batch 2  epochs 1 }`;

test('one mistake of a library in calls with two models is two mistakes', () => {
  expect(told(`${train('marginal(pa, q)')}\nevaluate { data d  report marginal(pb, q), bound(pa, q) }`)).toEqual([
    'intractable-marginal, p(x), marginal(pa, q)',
    'intractable-marginal, p(x), marginal(pb, q)',
  ]);
});

test('the same call in two programs makes one mistake', () => {
  const programs = `${train('marginal(pa, q)')}\nevaluate { data d  report marginal(pa, q) }`;
  expect(told(programs)).toEqual(['intractable-marginal, p(x), marginal(pa, q)']);
});

test('a mistake of a model is one, whatever objective meets it', () => {
  const more = 'model bad { z ~ Normal(0, 1)[2]  x ~ Normal(z, log(0 - 1)) }';
  const programs = `${train('bound(bad, q)')}\nevaluate { data d  report bound(bad, q), E[z ~ q(z | x)](log bad(x | z)) }`;
  expect(told(programs, more)).toEqual(['non-finite-constant, log(0 - 1), bound(bad, q)']);
});

test('a mistake of a net that two models call is one', () => {
  const more = `net wrong(z) = nothing(z)
model first { z ~ Normal(0, 1)[2]  x ~ Normal(wrong(z), 1) }
model second { z ~ Normal(0, 1)[2]  x ~ Normal(wrong(z), 2) }`;
  expect(told(`${train('bound(first, q)')}\nevaluate { data d  report bound(second, q) }`, more)).toEqual([
    'unknown-name, nothing',
  ]);
});

test('what is wrong by itself is told once, found by any number of passes', () => {
  const more = `net early(z) = mean_field(z)
model p { z ~ Normal(0, 1)[2]  x ~ Normal(early(z), 1) }`;
  expect(told(`${train('bound(p, q)')}\nevaluate { data d  report bound(p, q) }`, more)).toEqual([
    'not-supported, mean_field(z)',
  ]);
});

test('two sentences at one place are both told', () => {
  const more = `net head(x) = x |> dense(2)
model p { z ~ Normal(0, 1)[2]  x ~ Normal(z, 1) }
function shaped(value) = value + [1, 2, 3]`;
  expect(told(`${train('sum(shaped(x)) + sum(shaped(flatten(x)))')}`, more)).toEqual([
    'shape-mismatch, value + [1, 2, 3], shaped(x)',
    'shape-mismatch, value + [1, 2, 3], shaped(flatten(x))',
  ]);
});
