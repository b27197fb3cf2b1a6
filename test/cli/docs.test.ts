/** What the documentation shows of the language is the language: every block of it parses, whole specs check. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from '../../compiler/1-syntax/build.ts';
import { builtinNames, isLater } from '../../compiler/2-check/builtins/index.ts';
import { check, compile } from '../../compiler/compile.ts';
import { laterOptimizers, optimizers } from '../../compiler/optimizers/index.ts';
import { diskSources } from '../../runtime/spec-sources.ts';

const pages = ['README.md', 'docs/adding.md', 'docs/language.md'];
const textOf = (page: string) => readFileSync(fileURLToPath(new URL(`../../${page}`, import.meta.url)), 'utf8');
const blocks = pages.flatMap((page) =>
  [...textOf(page).matchAll(/```vae\n(.*?)```/gs)].map(([, text], i) => ({ name: `${page} ${i + 1}`, text: text! })),
);

test('the pages show the language', () => {
  expect(blocks.length).toBeGreaterThan(8);
});

test.each(blocks)('$name parses', ({ text }) => {
  expect(parse('block.vae', text).diagnostics).toEqual([]);
});

const whole = blocks.filter(({ text }) => text.startsWith('use ') && text.includes('train {'));

test.each(whole)('$name is a spec without an error', ({ text }) => {
  const disk = diskSources();
  const host = { read: (path: string) => (path === 'block.vae' ? text : disk.read(path)) };
  expect(check({ entry: 'block.vae', host }).diagnostics).toEqual([]);
});

test('the README names every spec of the gallery', () => {
  const files = readdirSync(fileURLToPath(new URL('../../specs', import.meta.url)), {
    recursive: true,
    encoding: 'utf8',
  });
  const specs = files.filter((file) => file.endsWith('.vae')).map((file) => file.slice(0, -'.vae'.length));
  expect(specs.length).toBeGreaterThan(10);
  const [, gallery = ''] = textOf('README.md').split('\n## The gallery\n');
  // Those of specs/vae stand in a table, by their names alone; the others are links.
  const inTable = new Set([...gallery.matchAll(/`(\w+)`/g)].map(([, name]) => `vae/${name}`));
  const isNamed = (spec: string) => inTable.has(spec) || gallery.includes(`[${spec}](specs/${spec}.vae)`);
  expect(specs.filter((spec) => !isNamed(spec))).toEqual([]);
});

test('the language page names every word of the language, and those that are not compiled in its last part', () => {
  const [compiled = '', later = '', more] = textOf('docs/language.md').split('\n## Not supported yet\n');
  expect(more).toBeUndefined();
  const names = (text: string) => new Set(text.match(/[A-Za-z_]\w*/g));
  const [said, saidLater] = [names(compiled), names(later)];
  const words = [...builtinNames, ...optimizers.keys(), ...laterOptimizers];
  const isNotCompiled = (word: string) => isLater(word) || laterOptimizers.includes(word);
  expect(words.filter((word) => !isNotCompiled(word) && !said.has(word))).toEqual([]);
  expect(words.filter((word) => isNotCompiled(word) && !saidLater.has(word))).toEqual([]);
  const std = ['objectives', 'diagnostics', 'diffusion'].map((file) => textOf(`compiler/std/${file}.vae`)).join('\n');
  const objectives = [...std.matchAll(/^objective (\w+)/gm)].map(([, name]) => name!);
  expect(objectives.length).toBeGreaterThan(8);
  expect(objectives.filter((name) => !said.has(name))).toEqual([]);
});

/** Joins the two-layer model of the language's page with the nets and the data that it leaves out. */
test('of the two-layer model, z2 is in closed form and z1 is not', () => {
  const model = blocks.find(({ text }) => text.includes('z2 ~ Normal(0, 1)[8]'))!.text;
  const text = `use "std/objectives"
data d { x : binary[4, 4]  source npy("x.npy") }
net middle(z) { return m: dense(z, 5), v: dense(z, 5) }
net decoder(z) = z |> dense(16) |> reshape(4, 4)
net bottom(x) { h = flatten(x)  return m1: dense(h, 5), v1: dense(h, 5) }
net top(z) { return m2: dense(z, 8), v2: dense(z, 8) }
${model}
train { data d  maximize elbo(p, q)  optimizer adam(lr: 1e-3)  batch 5  epochs 1 }
`;
  const disk = diskSources();
  const host = { read: (path: string) => (path === 'block.vae' ? text : disk.read(path)) };
  const { diagnostics, compiled } = compile({ entry: 'block.vae', host });
  expect(diagnostics).toEqual([]);
  const factors = compiled!.explanation.lines.filter((line) => line.includes(', factor '));
  expect(factors.map((line) => /factor (\w+): (closed form|Monte Carlo)/.exec(line)?.slice(1))).toEqual([
    ['z1', 'Monte Carlo'],
    ['z2', 'closed form'],
  ]);
});
