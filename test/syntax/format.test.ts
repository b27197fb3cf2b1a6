/** The formatter changes how a text looks and nothing else, and the one-line printer agrees with it. */
import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { format } from 'prettier';
import type { Plugin } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../compiler/1-syntax/ast.ts';
import { parse } from '../../compiler/1-syntax/build.ts';
import plugin, { formatTree } from '../../compiler/1-syntax/format.ts';
import { printExpr } from '../../compiler/1-syntax/print.ts';
import { createLexer } from '../../grammar/tokens.ts';
import { expressions, sourceFiles } from './arbitrary.ts';
import { withoutSpans } from './tree.ts';

const lex = createLexer({ validate: false });
const directory = new URL('../fixtures/language/', import.meta.url);
const fixtures = readdirSync(directory).map((file) => [file, readFileSync(new URL(file, directory), 'utf8')] as const);

function formatted(text: string, printWidth = 120): Promise<string> {
  return format(text, { parser: 'vae', plugins: [plugin], printWidth });
}

/** Formats a tree that was never written. */
function printed(file: SourceFile, printWidth: number): Promise<string> {
  const parser = { ...plugin.parsers!['vae']!, parse: () => formatTree(file, []) };
  const unwritten: Plugin = { ...plugin, parsers: { unwritten: parser } };
  // Prettier takes an empty text for done.
  return format('unwritten', { parser: 'unwritten', plugins: [unwritten], printWidth });
}

function read(text: string): unknown {
  const { file, diagnostics } = parse('', text);
  expect(diagnostics, text).toEqual([]);
  return withoutSpans(file.declarations);
}

describe('the formatter', () => {
  it.each(fixtures)('keeps the tree of %s and finds nothing more to do the second time', async (_, text) => {
    const once = await formatted(text);
    expect(read(once)).toEqual(read(text));
    expect(await formatted(once)).toBe(once);
  });

  it('prints what parses to the same tree, and is idempotent, for any tree and width', async () => {
    const width = fc.constantFrom(20, 60, 120);
    await fc.assert(
      fc.asyncProperty(sourceFiles, width, async (file, printWidth) => {
        const text = await printed(file, printWidth);
        expect(read(text)).toEqual(withoutSpans(file.declarations));
        expect(await formatted(text, printWidth)).toBe(text);
      }),
      { seed: 1, numRuns: 250 },
    );
  });
});

describe('comments', () => {
  /** A text with a comment before each of some of its tokens. */
  const commented = fc
    .tuple(
      fc.constantFrom(...fixtures),
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 4 }),
    )
    .map(([[, text], places]) => {
      const { tokens } = lex(text);
      const before = new Set(places.map((place) => tokens[Math.floor(place * tokens.length)]!.startOffset));
      const offsets = [...before].toSorted((a, b) => b - a);
      return {
        count: before.size,
        text: offsets.reduce((all, at, i) => `${all.slice(0, at)} // note ${i}.\n${all.slice(at)}`, text),
      };
    });

  it('are kept, each once, wherever they stand', async () => {
    await fc.assert(
      fc.asyncProperty(commented, async ({ text, count }) => {
        const once = await formatted(text);
        for (let i = 0; i < count; i++) expect(once.split(`// note ${i}.`)).toHaveLength(2);
        expect(read(once)).toEqual(read(text));
        expect(await formatted(once)).toBe(once);
      }),
      { seed: 3, numRuns: 150 },
    );
  });
});

describe('printExpr', () => {
  it('prints on one line what parses to the same tree', () => {
    fc.assert(
      fc.property(expressions, (expr) => {
        const text = printExpr(expr);
        expect(text).not.toContain('\n');
        expect(read(`hyper h = ${text}`)).toEqual(withoutSpans([{ kind: 'hyper', name: { text: 'h' }, value: expr }]));
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});
