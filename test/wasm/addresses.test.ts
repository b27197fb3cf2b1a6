/** Bounds hold for whatever the variables are, and addresses are those of the index, however they are put together. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Expressions } from '../../compiler/5-kernel/schedule/expressions.ts';
import type { Expr, Variable } from '../../compiler/5-kernel/schedule/loops.ts';
import { addressOf, distance, type Scope } from '../../compiler/6-emit/wasm/addresses.ts';
import * as b from '../../compiler/6-emit/wasm/build.ts';
import type { Code, Local } from '../../compiler/6-emit/wasm/ir.ts';
import { Ranges } from '../../compiler/6-emit/wasm/ranges.ts';

const make = new Expressions();
/** Loop variables: i from 0 in steps of 4 below 64, j below 10, and one that may be anything. */
const variables = ['i', 'j', 'k'].map((name): Variable => ({ name, scalar: 'u32', width: 1, mutable: true }));
const [i, j, k] = variables.map((variable) => make.variable(variable)) as [Expr, Expr, Expr];
const ranges = new Ranges([5, 1, 1]);
ranges.loop(variables[0]!, make.u32(0), make.u32(64), make.u32(4));
ranges.loop(variables[1]!, make.u32(0), make.u32(10), make.u32(1));

type Values = Readonly<Record<string, number>>;

const values: fc.Arbitrary<Values> = fc.record({
  i: fc.nat({ max: 15 }).map((n) => 4 * n),
  j: fc.nat({ max: 9 }),
  k: fc.integer({ min: 0, max: 0xffffffff }),
  'group.x': fc.nat({ max: 4 }),
});

/** The expression in u32 arithmetic. */
function evaluate(expr: Expr, at: Values): number {
  if (expr.kind === 'literal') return expr.value >>> 0;
  if (expr.kind === 'variable') return at[expr.variable.name]!;
  if (expr.kind === 'place') return at[expr.place]!;
  if (expr.kind !== 'builtin') throw new Error(expr.kind);
  const [x, y, z] = expr.args.map((arg) => evaluate(arg, at)) as [number, number, number];
  switch (expr.name) {
    case 'add':
      return (x + y) >>> 0;
    case 'sub':
      return (x - y) >>> 0;
    case 'mul':
      return Math.imul(x, y) >>> 0;
    case 'div':
      return Math.floor(x / y);
    case 'rem':
      return x % y;
    case 'min':
      return Math.min(x, y);
    case 'max':
      return Math.max(x, y);
    case 'lt':
      return Number(x < y);
    case 'ge':
      return Number(x >= y);
    case 'select':
      return x === 0 ? z : y;
    default:
      throw new Error(expr.name);
  }
}

const constant = fc.oneof(fc.nat({ max: 20 }), fc.constantFrom(4, 8, 100, 2 ** 16, 2 ** 31)).map((n) => make.u32(n));
const positive = fc.constantFrom(1, 2, 3, 4, 8, 12, 100).map((n) => make.u32(n));
const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(i, j, k, make.place('group.x')),
    constant,
    fc.tuple(tie('expr'), tie('expr')).map(([x, y]) => make.add(x, y)),
    fc.tuple(tie('expr'), tie('expr')).map(([x, y]) => make.sub(x, y)),
    fc.tuple(tie('expr'), constant).map(([x, y]) => make.mul(x, y)),
    fc.tuple(tie('expr'), positive).map(([x, y]) => make.div(x, y)),
    fc.tuple(tie('expr'), positive).map(([x, y]) => make.rem(x, y)),
    fc.tuple(tie('expr'), tie('expr')).map(([x, y]) => make.min(x, y)),
    fc.tuple(tie('expr'), tie('expr')).map(([x, y]) => make.builtin('max', 'u32', x, y)),
    fc.tuple(tie('expr'), tie('expr'), tie('expr')).map(([x, y, z]) => make.builtin('select', 'u32', make.less(x, y), y, z)),
  ),
})); // prettier-ignore

const runs = { seed: 11, numRuns: 3000 };

describe('bounds', () => {
  test('hold', () => {
    fc.assert(
      fc.property(expr, values, (one, at) => {
        const { low, high, multiple } = ranges.of(one);
        const value = evaluate(one, at);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
        expect(multiple === 0 ? value : value % multiple).toBe(0);
      }),
      runs,
    );
  });

  test('decide only what is so', () => {
    const truth = fc.tuple(fc.constantFrom('lt', 'ge'), expr, expr).map(([name, x, y]) => make.builtin(name as 'lt' | 'ge', 'bool', x, y)); // prettier-ignore
    fc.assert(
      fc.property(fc.oneof(expr, truth), values, (one, at) => {
        expect(evaluate(ranges.decided(one), at)).toBe(evaluate(one, at));
      }),
      runs,
    );
  });

  test('are tight enough to matter', () => {
    expect(ranges.of(make.add(make.mul(i, make.u32(10)), j))).toEqual({ low: 0, high: 609, multiple: 1 });
    expect(ranges.of(make.div(i, 4))).toEqual({ low: 0, high: 15, multiple: 1 });
    expect(ranges.decided(make.min(j, make.u32(9)))).toBe(j);
    expect(ranges.decided(make.less(i, make.u32(64)))).toMatchObject({ kind: 'literal', value: 1 });
    expect(ranges.decided(make.less(i, make.u32(60)))).toMatchObject({ kind: 'builtin' });
  });
});

// ---- addresses ------------------------------------------------------------------------------------------------------

const local = (name: string): Local => ({ name, type: 'i32' });
const base = local('base');

/** The few instructions that addresses are made of. */
function run(code: Code, at: Values): number {
  if (code.kind === 'number') return code.value >>> 0;
  if (code.kind === 'get') return at[code.local.name]!;
  if (code.kind !== 'apply') throw new Error(code.kind);
  const [x, y, z] = code.args.map((arg) => run(arg, at)) as [number, number, number];
  switch (code.operation) {
    case 'i32.add':
      return (x + y) >>> 0;
    case 'i32.sub':
      return (x - y) >>> 0;
    case 'i32.mul':
      return Math.imul(x, y) >>> 0;
    case 'i32.shl':
      return (x << y) >>> 0;
    case 'select_i32':
      return z === 0 ? y : x;
    default:
      return at[`${code.operation} of ${b.keyOf(code)}`]!;
  }
}

/** What is not taken apart is a local called after the expression. */
function scopeOf(definitions: ReadonlyMap<Variable, Expr>): {
  readonly scope: Scope;
  readonly atoms: Map<string, Expr>;
} {
  const atoms = new Map<string, Expr>();
  const names = new Map<Expr, string>();
  const valueOf = (one: Expr): Code => {
    if (one.kind === 'literal') return b.i32(one.value);
    const name = names.get(one) ?? `atom${names.size}`;
    names.set(one, name);
    atoms.set(name, one);
    return b.get(local(name));
  };
  const depthOf = (one: Expr): number => (one.kind === 'variable' ? variables.indexOf(one.variable) + 1 : 2);
  return { scope: { ranges, definitionOf: (variable) => definitions.get(variable), depthOf, valueOf }, atoms };
}

describe('addresses', () => {
  test('are the base and so many bytes an entry, and no offset makes them wrap', () => {
    fc.assert(
      fc.property(expr, values, fc.constantFrom(1, 4, 16), fc.constantFrom(0, 64), (index, at, bytes, before) => {
        const { scope, atoms } = scopeOf(new Map());
        const { address, offset } = addressOf(scope, base, before, index, bytes);
        const entry = evaluate(index, at);
        // Memory ends somewhere: an index far outside is none that a kernel has.
        fc.pre(entry * bytes + before + 1024 < 2 ** 32);
        const all = { base: 1024, ...Object.fromEntries([...atoms].map(([name, one]) => [name, evaluate(one, at)])) };
        // The engine adds the offset without wrapping.
        expect(run(address, all) + offset).toBe(1024 + before + entry * bytes);
      }),
      runs,
    );
  });

  test('fold what is known into the offset, and put what loops do not change first', () => {
    const { scope } = scopeOf(new Map());
    const index = make.add(make.mul(make.add(i, make.u32(3)), make.u32(100)), j);
    const { address, offset } = addressOf(scope, base, 64, index, 4);
    expect(offset).toBe(64 + 4 * 300);
    expect(b.keyOf(address)).toBe(
      b.keyOf(b.sum(b.sum(b.get(base), b.times(b.get(local('atom0')), b.i32(400))), b.times(b.get(local('atom1')), b.i32(4)))),
    ); // prettier-ignore
  });

  test('take a quarter of a multiple of four apart', () => {
    const { scope } = scopeOf(new Map());
    const { address, offset } = addressOf(scope, base, 0, make.div(make.add(i, make.u32(8)), 4), 16);
    expect(offset).toBe(32);
    expect(b.keyOf(address)).toBe(b.keyOf(b.sum(b.get(base), b.times(b.get(local('atom0')), b.i32(4)))));
  });

  test('leave what may wrap to the address', () => {
    const { scope } = scopeOf(new Map());
    expect(addressOf(scope, base, 0, make.add(k, make.u32(1)), 4).offset).toBe(0);
    expect(addressOf(scope, base, 0, make.sub(make.u32(10), j), 4).offset).toBe(0);
  });
});

test('the distance of two indices is known where they differ by a number', () => {
  const { scope } = scopeOf(new Map([[variables[1]!, make.add(i, make.u32(4))]]));
  expect(distance(scope, i, make.add(i, make.u32(12)))).toBe(12);
  expect(distance(scope, i, j)).toBe(4);
  expect(distance(scope, i, k)).toBeUndefined();
  expect(distance(scope, k, make.add(k, make.u32(1)))).toBeUndefined();
});
