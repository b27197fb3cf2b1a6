/** Whatever is written, the checker answers with diagnostics: it neither throws nor hangs, nor gives a program up unsaid. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

const specs = ['specs/vae', 'test/fixtures/language'].flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.vae'))
    .map((file) => ({ path: `${folder}/${file}`, text: readFileSync(`${folder}/${file}`, 'utf8') })),
);

/** A fixed linear congruential generator (Numerical Recipes): the mutations are the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const word = /[A-Za-z_]\w*|\d+(?:\.\d+)?|[^\s\w]/g;

/** Deletes, doubles, swaps or replaces one token, up to three times. */
function mutated(text: string, random: (below: number) => number, pool: readonly string[]): string {
  let result = text;
  for (let times = 1 + random(3); times > 0; times--) {
    const tokens = [...result.matchAll(word)];
    const at = tokens[random(tokens.length)]!;
    const other = tokens[random(tokens.length)]!;
    const before = result.slice(0, at.index);
    const after = result.slice(at.index + at[0].length);
    const choices = [before + after, `${before}${at[0]} ${at[0]}${after}`, before + other[0] + after];
    choices.push(before + pool[random(pool.length)]! + after);
    result = choices[random(choices.length)]!;
  }
  return result;
}

const mutants = 2000;

test(`${mutants} mutated specs get diagnostics and nothing else`, { timeout: 240_000 }, () => {
  const random = generator(1);
  const pool = specs.flatMap(({ text }) => text.match(word) ?? []);
  let faulty = 0;
  for (let i = 0; i < mutants; i++) {
    const { path, text } = specs[random(specs.length)]!;
    const changed = mutated(text, random, pool);
    const started = performance.now();
    try {
      const { diagnostics } = check({ entry: path, host: testSources({ [path]: changed }) });
      if (diagnostics.some((found) => found.severity === 'error')) faulty += 1;
    } catch (error) {
      throw new Error(`mutant ${i} of ${path}:\n${changed}`, { cause: error });
    }
    expect(performance.now() - started, `mutant ${i} of ${path}`).toBeLessThan(10_000);
  }
  // A mutation that leaves a spec right (a number for a number) is rare.
  expect(faulty).toBeGreaterThan(mutants / 2);
});
