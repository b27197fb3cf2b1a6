/** The examples that the design gives: each is compiled, or told at its place what is not supported yet. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { lineColumn } from '../../compiler/diagnostics/position.ts';
import { testSources } from '../support/sources.ts';

const folder = 'test/fixtures/language';

/** By file: the line of each diagnostic, and the text it stands under up to its first bracket or line break. */
const expected: Readonly<Record<string, readonly string[]>> = {
  'ddpm.vae': [],
  'earthquakes.vae': ['14 for k in category', '15 global lambda', '15 Gamma', '16 global mu', '23 cavi'],
  'flow_matching.vae': [],
  'mixture.vae': [],
  'mnist_annealed.vae': [],
  'mnist_grey.vae': [],
  'normal_gamma.vae': [
    '9 global tau ~ Gamma',
    '9 Gamma',
    '10 global mu  ~ Normal',
    '17 global mu  ~ Normal',
    '18 global tau ~ Gamma',
    '18 Gamma',
    '21 mu, tau ~ q',
    '24 bbvi',
    '25 cavi',
  ],
  'std_diffusion.vae': [],
  'std_objectives.vae': [],
  'wgan_gp.vae': ['9 norm', '9 grad', '16 alternate '],
};

test('every example is spoken of', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(expected).sort());
});

test.each(Object.entries(expected))('%s', (file, places) => {
  const { diagnostics, sources } = check({ entry: `${folder}/${file}`, host: testSources() });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const found = errors.map(({ span }) => {
    const text = sources.get(span.file)!;
    const [words] = /^[^([{\n]*/.exec(text.slice(span.start, span.end))!;
    return `${lineColumn(text, span.start).line} ${words}`;
  });
  expect(found).toEqual(places);
  for (const { code, message } of errors) {
    expect(code).toBe('not-supported');
    expect(message).toMatch(/ is not supported yet(;|$)/);
  }
});
