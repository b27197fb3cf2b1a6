/** What is said of broken texts: each mistake once, where it was made, whatever else is wrong. */
import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../../compiler/1-syntax/build.ts';
import { renderFrame } from '../../compiler/diagnostics/frame.ts';
import type { syntaxMessages } from '../../compiler/diagnostics/messages/syntax.ts';
import { lineColumn } from '../../compiler/diagnostics/position.ts';
import { createLexer } from '../../grammar/tokens.ts';

const directory = new URL('../fixtures/language/', import.meta.url);
const fixtures = readdirSync(directory).map((file) => readFileSync(new URL(file, directory), 'utf8'));
const lex = createLexer({ validate: false });

/** `line:column code` of each diagnostic. */
function places(text: string): string[] {
  return parse('a.vae', text).diagnostics.map(({ code, span }) => {
    const { line, column } = lineColumn(text, span.start);
    return `${line}:${column} ${code}`;
  });
}

function messages(text: string): string[] {
  return parse('a.vae', text).diagnostics.map(({ message }) => message);
}

/** For each code of the language's syntax, a text that has it and where. */
const examples: Readonly<Record<keyof typeof syntaxMessages, readonly [text: string, place: string]>> = {
  'unexpected-character': ['hyper a = 1 $ 2', '1:13'],
  'unclosed-string': ['use "std/objectives\nhyper a = 1', '1:5'],
  'single-quoted-string': ["use 'std/objectives'", '1:5'],
  'unknown-escape': [String.raw`use "a\b"`, '1:7'],
  'malformed-number': ['hyper a = 2. + 1', '1:11'],
  'reserved-word': ['model p {\n  log ~ Normal(0, 1)\n}', '2:3'],
  'unexpected-token': ['hyper a 1', '1:9'],
  'unclosed-bracket': ['model p {\n  z ~ Normal(0, 1\n  x ~ Normal(z, 1)\n}', '2:13'],
  'nested-too-deeply': [`hyper a = ${'('.repeat(101)}1${')'.repeat(101)}`, '1:111'],
  'unattached-documentation': ['hyper a = 1\n/// Nothing follows.', '2:1'],
  'chained-operators': ['hyper a = 1 < 2 < 3', '1:17'],
  'power-of-log': ['function f(x) = log p(x)^2', '1:25'],
  'density-argument-colon': ['function f(x) = p(z | x: 1)', '1:24'],
  'density-argument-without-name': ['function f(x) = p(z | 2 * x)', '1:23'],
  'density-in-coupling': ['objective o = E[e ~ U coupled(x = 1)](e)', '1:31'],
  'schedule-parameters': ['schedule s(T) = linear(T)', '1:11'],
  'one-variable-a-draw': ['model p { a, b ~ Normal(0, 1) }', '1:14'],
  'global-assignment': ['model p { global a = 1 }', '1:11'],
  'indexed-assignment': ['model p { a[k] = 1 }', '1:11'],
};

describe('each code of the syntax', () => {
  it.each(Object.entries(examples))('%s', (code, [text, place]) => expect(places(text)).toEqual([`${place} ${code}`]));
});

describe('messages', () => {
  it.each([
    ['hyper a 1', ["expected '=', found '1'"]],
    ['net f(x) = dense(1 2)', ["expected ',' or ')', found '2'"]],
    ['hyper a = ', ['expected an expression, found the end of the file']],
    ['hyper a = [1, 2', ["this '[' is never closed; add the ']' that ends it"]],
    ['hyper log = 1', ["'log' is a reserved word; choose another name"]],
    ['train { epochs 15e }', ["'15e' is not a number; write '15'"]],
    ['hyper a = 1_000', ["'1_000' is not a number; write '1000'"]],
    ['hyper β = 1', ["'β' means nothing in this language; names are made of the letters a to z, digits and _"]],
    ['model p { 3 }', ["expected a statement or '}', found '3'"]],
    ['data d { x ! real }', ["'!' means nothing in this language; remove it"]],
  ])('%s', (text, expected) => expect(messages(text)).toEqual(expected));

  it('name the word that was probably meant, or those that there are', () => {
    const notes = (text: string) =>
      parse('a.vae', text).diagnostics.flatMap((it) => it.notes.map((note) => note.message));
    expect(notes('fuction f(x) = x')).toEqual(["did you mean 'function'?"]);
    expect(notes('train { maximise elbo(p, q) }')).toEqual(["did you mean 'maximize'?"]);
    expect(notes('rubbish f(x) = x')[0]).toMatch(/^a declaration begins with use, hyper, /);
  });

  it('point from a bracket to where its partner was missed', () => {
    const [problem] = parse('a.vae', 'guide q(x) {\n  z ~ Normal(x, 1)\n\ntrain {\n}').diagnostics;
    expect(problem?.notes).toEqual([
      { message: "expected '}' before 'train'", span: { file: 'a.vae', start: 33, end: 38 } },
    ]);
  });
});

describe('several errors', () => {
  it('are each reported once, where they are', () => {
    const text = [
      'hyper K 4', // 1
      'hyper E = 3',
      'net f(x) = x |> dense(10 20) |> dense(5)',
      'model p {',
      '  z ~ Normal(0, 1)[latent', // 5
      '  x ~ Bernoulli(logits: decoder(z)',
      '  y ~ Normal(0, )',
      '  a, b ~ Normal(0, 1)',
      '  for k in 1..K {',
      '    w[k] ~ ~ Normal(0, 1)', // 10
      '    v[k] ~ Normal(0, 1)',
      '  }',
      '  u = 3 4 + y * z',
      '}',
      'fuction g(x) = x', // 15
      'train {',
      '  data mnist.train maximise elbo(p, q)',
      '  batch 128',
      '  learning 3',
      '}', // 20
      'sample s(n = 64) { z ~ p(z return mean p(x | z) }',
      'hyper last = 1',
    ].join('\n');
    expect(places(text)).toEqual([
      '1:9 unexpected-token',
      '2:7 reserved-word',
      '3:26 unexpected-token',
      '5:19 unclosed-bracket',
      '6:16 unclosed-bracket',
      '7:17 unexpected-token',
      '8:6 one-variable-a-draw',
      '10:12 unexpected-token',
      '13:9 unexpected-token',
      '15:1 unexpected-token',
      '17:20 unexpected-token',
      '19:3 unexpected-token',
      '21:28 unexpected-token',
    ]);
    const kept = parse('a.vae', text).file.declarations;
    expect(kept.map(({ kind }) => kind)).toEqual(['model', 'train', 'hyper']);
  });

  it('leave what is whole', () => {
    const { file } = parse('a.vae', 'model p {\n  z ~ Normal(0, 1)\n  y ~ ~ z\n  x ~ Normal(z, 1)\n}\nhyper 1');
    const [model, ...more] = file.declarations;
    expect(more).toEqual([]);
    if (model?.kind !== 'model') return expect.fail('no model');
    expect(model.body.map((it) => (it.kind === 'sample' ? it.target.text : it.kind))).toEqual(['z', 'x']);
  });
});

describe('depth', () => {
  const deep = {
    parentheses: (n: number) => `${'('.repeat(n)}1${')'.repeat(n)}`,
    lists: (n: number) => `${'['.repeat(n)}1${']'.repeat(n)}`,
    minuses: (n: number) => `${'-'.repeat(n)}1`,
    sums: (n: number) => `1${' + 1'.repeat(n)}`,
    powers: (n: number) => `1${'^1'.repeat(n)}`,
    calls: (n: number) => `f${'(1)'.repeat(n)}`,
    members: (n: number) => `f${'.a'.repeat(n)}`,
    conditionals: (n: number) => `${'if a then b else '.repeat(n)}c`,
    logarithms: (n: number) => `${'log '.repeat(n)}p(x)`,
    means: (n: number) => `${'mean p(x) + '.repeat(n)}1`,
    braces: (n: number) => `${'{ a: '.repeat(n)}1${' }'.repeat(n)}`,
    open: (n: number) => '('.repeat(n),
  };

  it.each(Object.entries(deep))('of %s is bounded before the stack is', (_, text) => {
    expect(() => parse('a.vae', `hyper a = ${text(90)}`)).not.toThrow();
    const codes = parse('a.vae', `hyper a = ${text(20_000)}`).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(['nested-too-deeply']);
  });

  it('does not add up over statements', () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `  a${i} = if b then f(1 + 2).c[0] else -log p(x)`);
    expect(places(`net f(x) {\n${lines.join('\n')}\n}`)).toEqual([]);
  });
});

describe('any text', () => {
  /** A token is deleted, doubled, swapped with the next, or replaced by one from another place; one to three times. */
  const mutated = fc
    .tuple(
      fc.constantFrom(...fixtures),
      fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 }),
    )
    .map(([text, changes]) =>
      changes.reduce((broken, [change, first, second]) => {
        const { tokens } = lex(broken);
        const token = tokens[first % tokens.length]!;
        const next = tokens[(first + 1) % tokens.length]!;
        const other = tokens[second % tokens.length]!;
        const [start, end] = [token.startOffset, token.startOffset + token.image.length];
        const images = ['', `${token.image} ${token.image}`, `${next.image} ${token.image}`, other.image];
        return broken.slice(0, start) + images[change]! + broken.slice(end);
      }, text),
    );

  it('is read without a crash, and what is said stands in the text', () => {
    let broken = 0;
    fc.assert(
      fc.property(mutated, (text) => {
        const { file, diagnostics } = parse('a.vae', text);
        if (diagnostics.length > 0) broken += 1;
        for (const { span, notes } of diagnostics) {
          for (const place of [span, ...notes.flatMap((note) => note.span ?? [])]) {
            expect(place.start).toBeGreaterThanOrEqual(0);
            expect(place.end).toBeGreaterThanOrEqual(place.start);
            expect(place.end).toBeLessThanOrEqual(text.length);
          }
        }
        for (const problem of diagnostics) expect(renderFrame(problem, new Map([['a.vae', text]]))).toContain('-->');
        expect(JSON.stringify(file)).not.toContain('null');
      }),
      { seed: 4, numRuns: 1000 },
    );
    expect(broken).toBeGreaterThan(800);
  });

  it('of any characters is read without a crash', () => {
    const units = [
      'model p {',
      '}',
      '(',
      ')',
      '[',
      ']',
      'E[',
      'KL(',
      '||',
      '|',
      '~',
      '=',
      'log ',
      'x',
      '1',
      '.',
      '"',
      "'",
      '\n',
      ' ',
      ',',
      ':',
      'for ',
      'if ',
      '//',
      '///',
      'é',
      '\u0000',
      '\ud83d',
      '-',
    ];
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...units), maxLength: 60 }), (text) => {
        const { diagnostics } = parse('a.vae', text);
        for (const problem of diagnostics) expect(renderFrame(problem, new Map([['a.vae', text]]))).toContain('-->');
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  it('with one token changed has one error, at that token or on the next line, nineteen times in twenty', () => {
    let [broken, near] = [0, 0];
    const single = fc.tuple(fc.constantFrom(...fixtures), fc.nat(), fc.constantFrom('delete', 'double'));
    fc.assert(
      fc.property(single, ([text, place, change]) => {
        const { tokens } = lex(text);
        const token = tokens[place % tokens.length]!;
        const end = token.startOffset + token.image.length;
        const rest = text.slice(change === 'delete' ? end : token.startOffset);
        const changed = `${text.slice(0, token.startOffset)}${change === 'delete' ? '' : `${token.image} `}${rest}`;
        const { diagnostics } = parse('a.vae', changed);
        const [only, ...more] = diagnostics;
        if (only === undefined) return;
        broken += 1;
        const line = lineColumn(changed, only.span.start).line - token.startLine!;
        if (more.length === 0 && line >= 0 && line <= 1) near += 1;
      }),
      { seed: 6, numRuns: 600 },
    );
    expect(near / broken).toBeGreaterThan(0.95);
  });
});
