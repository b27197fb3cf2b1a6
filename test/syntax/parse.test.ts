/** What texts mean as trees: how tightly signs bind, what is a density, which words are names, where things stand. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Declaration, Expr, Statement } from '../../compiler/1-syntax/ast.ts';
import { parse } from '../../compiler/1-syntax/build.ts';

const directory = new URL('../fixtures/language/', import.meta.url);
const fixtures = readdirSync(directory);

function declarations(text: string): readonly Declaration[] {
  const { file, diagnostics } = parse('test.vae', text);
  expect(diagnostics).toEqual([]);
  return file.declarations;
}

function expression(text: string): Expr {
  const [only] = declarations(`hyper h = ${text}`);
  return only?.kind === 'hyper' ? only.value : expect.fail('no hyper');
}

/** An expression with every operation in parentheses, so that its shape shows. */
function shape(expr: Expr): string {
  switch (expr.kind) {
    case 'name':
    case 'number':
      return expr.text;
    case 'binary':
      return `(${shape(expr.left)} ${expr.operator} ${shape(expr.right)})`;
    case 'negate':
      return `(-${shape(expr.operand)})`;
    case 'log-density':
      return `(log! ${shape(expr.density)})`;
    case 'mean':
      return `(mean! ${shape(expr.density)})`;
    case 'call':
      return `${shape(expr.callee)}(${expr.args.map(({ name, value }) => `${name ? `${name.text}: ` : ''}${shape(value)}`).join(', ')})`;
    case 'density': {
      const side = (args: typeof expr.of) => args.map((it) => `${it.variable.text}=${shape(it.value)}`).join(', ');
      return `${shape(expr.model)}<${side(expr.of)} | ${side(expr.given)}>`;
    }
    case 'index':
      return `${shape(expr.object)}[${expr.indices.map(shape).join(', ')}]`;
    case 'member':
      return `${shape(expr.object)}.${expr.member.text}`;
    case 'if':
      return `(if ${shape(expr.condition)} then ${shape(expr.then)} else ${shape(expr.otherwise)})`;
    case 'like':
      return `(${shape(expr.value)} like ${shape(expr.prototype)})`;
    case 'tuple':
      return `tuple(${expr.items.map(shape).join(', ')})`;
    case 'comprehension':
      return `${expr.bracketed ? 'list' : 'each'}(${shape(expr.body)} for ${expr.each.names.map(({ text }) => text).join(', ')} in ${shape(expr.each.range)})`;
    default:
      return expr.kind;
  }
}

describe('the examples of the language', () => {
  it('are the ten that the design gives', () => expect(fixtures).toHaveLength(10));

  it.each(fixtures)('%s parses without a diagnostic', (file) => {
    const text = readFileSync(new URL(file, directory), 'utf8');
    expect(declarations(text).length).toBeGreaterThan(0);
  });
});

describe('operators', () => {
  it.each([
    ['a + b * c ^ d', '(a + (b * (c ^ d)))'],
    ['a - b - c', '((a - b) - c)'],
    ['a / b * c', '((a / b) * c)'],
    ['a ^ b ^ c', '(a ^ (b ^ c))'],
    ['-x^2', '(-(x ^ 2))'],
    ['2^-x^y', '(2 ^ (-(x ^ y)))'],
    ['- -x * y', '((-(-x)) * y)'],
    ['a - -b', '(a - (-b))'],
    ['x |> f |> g + h', '((x |> f) |> (g + h))'],
    ['a + b |> f', '((a + b) |> f)'],
    ['x |> f < y', '((x |> f) < y)'],
    ['a < b -> c', '((a < b) -> c)'],
    ['0..n-1', '(0 .. (n - 1))'],
    ['1..T -> 0', '((1 .. T) -> 0)'],
    ['a == b .. c', '((a == b) .. c)'],
    ['-f(x)[i].m', '(-f(x)[i].m)'],
    ['(a + b) * c', '((a + b) * c)'],
    ['if a then b else c + d', '(if a then b else (c + d))'],
    ['1 + if a then b else if c then d else e', '(1 + (if a then b else (if c then d else e)))'],
    ['Normal(0, 1) like x * 2', '((Normal(0, 1) like x) * 2)'],
    ['(a, b)', 'tuple(a, b)'],
    ['((a))', 'a'],
  ])('%s is %s', (text, tree) => expect(shape(expression(text))).toBe(tree));
});

describe('densities', () => {
  it.each([
    ['q(z | x)', 'q<z=z | x=x>'],
    ['q(z[k] | x = u[k])', 'q<z=z[k] | x=u[k]>'],
    ['p(x, stop(z[k]) | w)', 'p<x=x, z=stop(z[k]) | w=w>'],
    ['p(z = 1)', 'p<z=1 | >'],
    ['p(x, z)', 'p(x, z)'],
    ['log p(x, z) - log q(z | x)', '((log! p(x, z)) - (log! q<z=z | x=x>))'],
    ['log stop(q)(z | x) * 2', '((log! stop(q)<z=z | x=x>) * 2)'],
    ['log Normal(m, s)(y)', '(log! Normal(m, s)(y))'],
    ['log(x)^2', '(log(x) ^ 2)'],
    ['2^log p(x)', '(2 ^ (log! p(x)))'],
    ['mean p(x | z) + 1', '((mean! p<x=x | z=z>) + 1)'],
    ['mean(x) + mean[k](y)', '(mean(x) + mean[k](y))'],
    ['Mixture(q(z | x = u[k]) for k in 1..K)', 'Mixture(each(q<z=z | x=u[k]> for k in (1 .. K)))'],
    ['[f(i) for i in 0..3]', 'list(f(i) for i in (0 .. 3))'],
  ])('%s is %s', (text, tree) => expect(shape(expression(text))).toBe(tree));

  it('reads an expectation with its draws, their estimators and its where', () => {
    const expr = expression(
      'E[a, z[k] ~ q(z | x) coupled(x, by: f) by score(samples: 5) for k in 1..K, u ~ U](a where b[k] = 2, c = 3)',
    );
    if (expr.kind !== 'expectation') return expect.fail(expr.kind);
    const [first, second] = expr.draws;
    expect(first?.names.map(({ name, index }) => [name.text, index?.text])).toEqual([
      ['a', undefined],
      ['z', 'k'],
    ]);
    expect(first?.coupled?.map(({ name }) => name?.text)).toEqual([undefined, 'by']);
    expect([first?.by, first?.each?.range].map((it) => it && shape(it))).toEqual(['score(samples: 5)', '(1 .. K)']);
    expect(Object.keys(second ?? {})).toEqual(['names', 'distribution', 'span']);
    expect(expr.where.map(({ name, index }) => [name.text, index?.text])).toEqual([
      ['b', 'k'],
      ['c', undefined],
    ]);
  });

  it('reads a divergence with its options', () => {
    const expr = expression('KL(q(z | x) || p(z), per: dim, by: monte_carlo)');
    if (expr.kind !== 'divergence') return expect.fail(expr.kind);
    expect([shape(expr.left), shape(expr.right)]).toEqual(['q<z=z | x=x>', 'p(z)']);
    expect(expr.options.map(({ name, value }) => [name?.text, shape(value)])).toEqual([
      ['per', 'dim'],
      ['by', 'monte_carlo'],
    ]);
  });
});

describe('words', () => {
  it('lets every word but ten be a name', () => {
    const text =
      'model data { seed ~ Normal(steps, batch)  mean = like  keep = model  param = global  carry, by = over(on) }';
    const [model] = declarations(text);
    if (model?.kind !== 'model') return expect.fail('no model');
    const targets = (it: Statement) => (it.kind === 'let' ? it.targets : it.kind === 'sample' ? [it.target] : []);
    expect(model.body.flatMap(targets).map(({ text: name }) => name)).toEqual([
      'seed',
      'mean',
      'keep',
      'param',
      'carry',
      'by',
    ]);
  });

  it('tells a clause from a name by what follows it', () => {
    const [data] = declarations(
      'data d { source : real  split = x  standardize split  binarize at at at  binarize at dynamic  dynamic : real }',
    );
    if (data?.kind !== 'data') return expect.fail('no data');
    expect(data.clauses.map(({ kind }) => kind)).toEqual([
      'field',
      'derived',
      'standardize',
      'binarize',
      'binarize',
      'field',
    ]);
  });

  it('reads numbers up to a range', () => {
    expect(shape(expression('f(1..K, 1.5..2, 1e-3 -> 0, x[0])'))).toBe('f((1 .. K), (1.5 .. 2), (1e-3 -> 0), x[0])');
  });

  it('unescapes strings', () => {
    expect(expression(String.raw`"a\"b\\c\n{split}"`)).toMatchObject({ kind: 'string', value: 'a"b\\c\n{split}' });
  });
});

describe('declarations', () => {
  it('takes newlines for white space', () => {
    const text = readFileSync(new URL('normal_gamma.vae', directory), 'utf8').replaceAll(/\/\/.*$/gm, '');
    const kinds = (source: string) => declarations(source).map(({ kind }) => kind);
    expect(kinds(text.replaceAll(/\s+/g, ' '))).toEqual(kinds(text));
  });

  it('gives the lines of /// to the next declaration', () => {
    const text = '/// One.\n///\n///  Two.\nhyper a = 1\n//// not this\n// nor this\nhyper b = 2\n/// Three.\nuse "c"';
    expect(declarations(text).map(({ documentation }) => documentation)).toEqual([
      'One.\n\n Two.',
      undefined,
      'Three.',
    ]);
  });

  it('keeps a derived set apart from the declaration after it', () => {
    const [first, second] = declarations(
      'data d = mixture where label != 4  split train: 0.8\ndata e = concat(d, d) { standardize x }',
    );
    if (first?.kind !== 'derived-data' || second?.kind !== 'derived-data') return expect.fail('no derived data');
    expect([first, second].map(({ clauses }) => clauses.map(({ kind }) => kind))).toEqual([
      ['where', 'split'],
      ['standardize'],
    ]);
  });

  it('reads a goal with its players and their optimizer', () => {
    const [train] = declarations(
      'train { alternate { repeat 5 { minimize f over a, b with adam(lr: 1) } maximize g } over c }',
    );
    if (train?.kind !== 'train') return expect.fail('no train');
    const [alternate, over] = train.clauses;
    expect(over?.kind).toBe('over');
    if (alternate?.kind !== 'alternate') return expect.fail('no alternate');
    expect(
      alternate.turns.map(({ repeat, goals }) => [
        repeat?.kind,
        goals.map((goal) => [goal.sense, goal.over.length, goal.with?.kind]),
      ]),
    ).toEqual([
      ['number', [['minimize', 2, 'call']]],
      [undefined, [['maximize', 0, undefined]]],
    ]);
  });
});

describe('spans', () => {
  it('cover what was written, parentheses of operands included', () => {
    const text = 'hyper h = (a + b) * f(x)[0]  ';
    const { file } = parse('s.vae', text);
    const [hyper] = file.declarations;
    if (hyper?.kind !== 'hyper' || hyper.value.kind !== 'binary') return expect.fail('no product');
    const slice = ({ span }: { span: { start: number; end: number } }) => text.slice(span.start, span.end);
    expect(slice(hyper)).toBe('hyper h = (a + b) * f(x)[0]');
    expect(slice(hyper.value)).toBe('(a + b) * f(x)[0]');
    expect(slice(hyper.value.left)).toBe('a + b');
    expect(slice(hyper.value.right)).toBe('f(x)[0]');
    expect(hyper.span.file).toBe('s.vae');
  });
});
