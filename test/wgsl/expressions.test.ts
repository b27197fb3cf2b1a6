/** Expressions get the parentheses WGSL demands, and no others. */
import { describe, expect, test } from 'vitest';
import { Expressions } from '../../compiler/5-kernel/schedule/expressions.ts';
import type { Expr } from '../../compiler/5-kernel/schedule/loops.ts';
import { expressionText } from '../../compiler/6-emit/wgsl/expression.ts';
import { codeLines, commentLines } from '../../compiler/6-emit/wgsl/wrap.ts';
import type { ScalarType } from '../../compiler/ops/scalar.ts';

const make = new Expressions();
const named = (name: string, scalar: ScalarType, width: 1 | 4 = 1): Expr =>
  make.variable({ name, scalar, width, mutable: false });
const [a, b, c] = ['a', 'b', 'c'].map((name) => named(name, 'f32')) as [Expr, Expr, Expr];
const [i, j] = ['i', 'j'].map((name) => named(name, 'u32')) as [Expr, Expr];
const [p, q] = ['p', 'q'].map((name) => named(name, 'bool')) as [Expr, Expr];

type Name = Parameters<typeof make.builtin>[0];
const f = (name: Name, ...args: readonly Expr[]): Expr => make.builtin(name, 'f32', ...args);
const u = (name: Name, ...args: readonly Expr[]): Expr => make.builtin(name, 'u32', ...args);
const is = (name: Name, ...args: readonly Expr[]): Expr => make.builtin(name, 'bool', ...args);

describe('arithmetic', () => {
  test.each([
    [f('add', f('mul', a, b), c), 'a * b + c'],
    [f('mul', f('add', a, b), c), '(a + b) * c'],
    [f('sub', a, f('sub', b, c)), 'a - (b - c)'],
    [f('sub', f('sub', a, b), c), 'a - b - c'],
    [f('div', a, f('mul', b, c)), 'a / (b * c)'],
    [f('add', a, f('add', b, c)), 'a + (b + c)'],
    [f('mul', a, f('neg', b)), 'a * -b'],
    [f('neg', f('add', a, b)), '-(a + b)'],
    [f('neg', make.literal(-1, 'f32')), '-(-1.0)'],
  ])('%#: %o', (expr, text) => expect(expressionText(expr)).toBe(text));
});

describe('bits, comparisons and choices', () => {
  test.each([
    [u('bitXor', u('bitOr', u('shiftLeft', i, j), i), j), '((i << j) | i) ^ j'],
    [u('shiftRight', u('add', i, j), make.u32(3)), '(i + j) >> 3u'],
    [is('lt', u('add', i, make.u32(1)), j), 'i + 1u < j'],
    [is('and', is('lt', i, j), is('ge', a, b)), 'i < j && a >= b'],
    [is('or', is('and', p, q), p), '(p && q) || p'],
    [is('not', is('eq', i, j)), '!(i == j)'],
    [f('select', p, a, b), 'select(b, a, p)'],
    [f('bitsToF32', i), 'bitcast<f32>(i)'],
    [make.component(named('v', 'f32', 4), 2), 'v.z'],
    [make.component(named('v', 'f32', 4), i), 'v[i]'],
    [make.widen(make.literal(0, 'f32'), 4), 'vec4f()'],
  ])('%#: %o', (expr, text) => expect(expressionText(expr)).toBe(text));

  test('vectors of truths are joined by single signs', () => {
    const [v, w] = ['v', 'w'].map((name) => named(name, 'bool', 4)) as [Expr, Expr];
    expect(expressionText(is('and', v, w))).toBe('v & w');
  });
});

describe('u32 arithmetic', () => {
  test('is folded as it is built', () => {
    expect(expressionText(make.add(make.add(i, make.u32(1)), make.u32(2)))).toBe('i + 3u');
    expect(expressionText(make.mul(i, make.u32(1)))).toBe('i');
    expect(expressionText(make.mul(i, make.u32(0)))).toBe('0u');
    expect(expressionText(make.add(i, make.add(j, make.u32(1))))).toBe('i + j + 1u');
  });
});

describe('long lines', () => {
  const long = `  let x = first(${Array.from({ length: 40 }, (_, n) => `argument${n}`).join(', ')});`;
  test('are broken within the page and lose nothing', () => {
    const lines = codeLines(long);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(long.trim());
  });

  test('leave short ones alone', () => expect(codeLines('  let x = 1.0;')).toEqual(['  let x = 1.0;']));

  test('that are comments stay comments', () => {
    const lines = commentLines(Array.from({ length: 60 }, () => 'word').join(' '));
    for (const line of lines) expect(line).toMatch(/^\/\/ .{1,117}$/);
  });
});
