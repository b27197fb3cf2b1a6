/** Vocabulary is data: no phase asks for a word of a catalogue or of the library by its name. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { distributions } from '../../compiler/distributions/index.ts';

const phases = ['compiler/2-check', 'compiler/3-model', 'compiler/4-tensor', 'compiler/5-kernel', 'compiler/6-emit'];

const files = phases.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`),
);

/** Every string that stands in a file as such; comments and templates are none. */
function stringsOf(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest));
  return found;
}

function places(words: ReadonlySet<string>): string[] {
  return files.flatMap((file) =>
    stringsOf(readFileSync(file, 'utf8'))
      .filter((text) => words.has(text))
      .map((text) => `${file}: '${text}'`),
  );
}

test('no phase names a distribution', () => {
  expect(stringsOf("if (family.name === 'Bernoulli') return;")).toEqual(['Bernoulli']);
  expect(places(new Set(Object.keys(distributions)))).toEqual([]);
});

test('no phase names an objective of the library', () => {
  const library = readdirSync('compiler/std').map((file) => readFileSync(`compiler/std/${file}`, 'utf8'));
  const objectives = library.flatMap((text) => [...text.matchAll(/^objective (\w+)/gm)].map((found) => found[1]!));
  expect(objectives).toContain('active_units');
  expect(places(new Set(objectives))).toEqual([]);
});
