/** Clauses of data sets: what is wrong in one is told, and what a hyper decides about a set is decided when compiling. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { elaborateText } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';

const spec = (clauses: string, more = ''): string => `
hyper h = 0.5
data d { x : unit[2]  label : category(3)  source npy(x: "x.npy", label: "l.npy") ${clauses} }
${more}
param u : real = 0.5
train { data d  maximize h * u * sum(x)  optimizer sgd(lr: 1)  batch 2  epochs 1 }`;

function told(clauses: string, more?: string): string[] {
  const host = testSources({ 'test.vae': spec(clauses, more) });
  return check({ entry: 'test.vae', host }).diagnostics.map(({ code, message }) => `${code}: ${message}`);
}

describe('a clause', () => {
  test.each([
    ['binarize x at "high"', `wrong-type: expected a number for 'binarize … at', found the text "high"`],
    [
      'binarize x at warmup(0 -> 1, epochs: 3)',
      "not-static: 'binarize … at' must be known when compiling; write a number or a hyper with a fixed value",
    ],
    ['binarize x at 2', 'wrong-type: expected a grey value from 0 to 1 to cut at, found the number 2'],
  ])('%s is told to be wrong', (clauses, message) => {
    expect(told(clauses)).toEqual([message]);
  });

  test('a set of no sets is told to be wrong', () => {
    expect(told('', 'data none = concat()')).toEqual(["missing-argument: 'concat' needs 'a data set'"]);
  });

  test.each(['binarize x at 0.5', 'binarize x at 0', 'binarize x dynamic', ''])('%s is right', (clauses) => {
    expect(told(clauses)).toEqual([]);
  });
});

test.each([
  ['binarize x at h', true],
  ['split a: h, b: 0.5', true],
  ['where label < 4 * h', true],
  ['', false],
])('a hyper that %s reads needs a new compilation: %s', (clauses, isStatic) => {
  const { programs } = elaborateText(spec(clauses));
  expect(programs.hypers).toMatchObject([{ name: 'h', static: isStatic }]);
});

test('a hyper that a source reads needs a new compilation', () => {
  const { programs } = elaborateText(`
hyper n = 100
data d { x : real[2]  source gaussian_mixture(n: n, seed: 1, centers: [[0, 0]], stds: [1]) }
param u : real = 0.5
train { data d  maximize u * sum(x)  optimizer sgd(lr: 1)  batch 2  epochs 1 }`);
  expect(programs.hypers).toMatchObject([{ name: 'n', static: true }]);
});

describe('the draws of a run as a source', () => {
  const set = (source: string) => `
data d { x : real[2]  prior : real[2]  source ${source} }
net f(x) = dense(x, 2)
train { data d  minimize mean_square(f(x))  optimizer sgd(lr: 1)  batch 2  epochs 1 }`;

  test('are those of the samples named, or of the fields', () => {
    const { programs } = elaborateText(set('run("runs/vae/", x: "posterior").samples'));
    const args = { 0: 'runs/vae', x: 'posterior', prior: 'prior' };
    expect(programs.data[0]!.source).toEqual({ kind: 'run', args });
  });

  test.each([
    ['runs/vae', 'lib/runs/vae'],
    ['../runs/vae', 'runs/vae'],
    ['/runs/vae', '/runs/vae'],
  ])('of "%s" in a file of a folder below lie at %s', (written, folder) => {
    const [data, ...rest] = set(`run("${written}").samples`).trim().split('\n');
    const { programs } = elaborateText(['use "lib/sets"', ...rest].join('\n'), { 'lib/sets.vae': data! });
    expect(programs.data[0]!.source.args).toMatchObject({ 0: folder });
  });

  test.each([
    ['run("runs/vae")', "nothing here is called 'run'; a run gives its draws, 'run(…).samples'"],
    ['run(3).samples', `expected 'run("folder").samples'`],
    ['run("runs/vae", y: "prior").samples', `expected 'run("folder").samples'`],
    ['npy("x.npy").samples', `expected 'run("folder").samples'`],
  ])('%s is told to be wrong', (source, message) => {
    const host = testSources({ 'test.vae': set(source) });
    const { diagnostics } = check({ entry: 'test.vae', host });
    expect(diagnostics.map((found) => found.message).join()).toContain(message);
  });
});
