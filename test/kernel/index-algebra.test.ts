import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { IndexAlgebra } from '../../compiler/5-kernel/index-algebra.ts';
import type { Axis, Index } from '../../compiler/5-kernel/ir.ts';

const axes: readonly Axis[] = [
  { name: 'a', extent: 3 },
  { name: 'b', extent: 5 },
  { name: 'c', extent: 4 },
  { name: 'one', extent: 1 },
];

/** A recipe, so that one index can be made by the algebra and computed by plain arithmetic. */
type Recipe =
  | { readonly kind: 'axis'; readonly axis: number }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'add'; readonly terms: readonly Recipe[] }
  | { readonly kind: 'scale' | 'quotient' | 'remainder'; readonly of: Recipe; readonly by: number };

const recipes = fc.letrec<{ recipe: Recipe }>((tie) => ({
  recipe: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.record({ kind: fc.constant('axis' as const), axis: fc.nat({ max: axes.length - 1 }) }),
    fc.record({ kind: fc.constant('constant' as const), value: fc.integer({ min: -7, max: 60 }) }),
    fc.record({ kind: fc.constant('add' as const), terms: fc.array(tie('recipe'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      kind: fc.constantFrom('scale' as const, 'quotient' as const, 'remainder' as const),
      of: tie('recipe'),
      by: fc.constantFrom(1, 2, 3, 4, 5, 12, 15, 20, 60),
    }),
  ),
})).recipe;

function build(algebra: IndexAlgebra, recipe: Recipe): Index {
  switch (recipe.kind) {
    case 'axis':
      return algebra.axis(axes[recipe.axis]!);
    case 'constant':
      return algebra.constant(recipe.value);
    case 'add':
      return algebra.add(...recipe.terms.map((term) => build(algebra, term)));
    default:
      return algebra[recipe.kind](build(algebra, recipe.of), recipe.by);
  }
}

function compute(recipe: Recipe, at: readonly number[]): number {
  switch (recipe.kind) {
    case 'axis':
      return at[recipe.axis]!;
    case 'constant':
      return recipe.value;
    case 'add':
      return recipe.terms.reduce((sum, term) => sum + compute(term, at), 0);
    case 'scale':
      return compute(recipe.of, at) * recipe.by;
    case 'quotient':
      return Math.floor(compute(recipe.of, at) / recipe.by);
    case 'remainder': {
      const value = compute(recipe.of, at);
      return value - Math.floor(value / recipe.by) * recipe.by;
    }
  }
}

function evaluate(index: Index, at: readonly number[]): number {
  switch (index.kind) {
    case 'constant':
      return index.value;
    case 'axis':
      return at[axes.indexOf(index.axis)]!;
    case 'sum':
      return index.terms.reduce((sum, term) => sum + evaluate(term, at), 0);
    case 'scaled':
      return index.factor * evaluate(index.index, at);
    case 'quotient':
      return Math.floor(evaluate(index.index, at) / index.divisor);
    case 'remainder': {
      const value = evaluate(index.index, at);
      return value - Math.floor(value / index.divisor) * index.divisor;
    }
    case 'value':
      throw new Error('no computed rows here');
  }
}

function everyPoint(visit: (at: readonly number[]) => void): void {
  for (let a = 0; a < 3; a++) for (let b = 0; b < 5; b++) for (let c = 0; c < 4; c++) visit([a, b, c, 0]);
}

test('an index in normal form has the value of the arithmetic it was made by, within its bounds', () => {
  fc.assert(
    fc.property(recipes, (recipe) => {
      const algebra = new IndexAlgebra();
      const index = build(algebra, recipe);
      const { low, high } = algebra.bounds(index);
      everyPoint((at) => {
        const value = compute(recipe, at);
        expect(evaluate(index, at)).toBe(value);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
      });
    }),
    { numRuns: 400, seed: 1 },
  );
});

test('equal sums are one object, whatever their order', () => {
  const algebra = new IndexAlgebra();
  const [a, b] = [algebra.axis(axes[0]!), algebra.axis(axes[1]!)];
  const x = algebra.add(algebra.scale(a, 5), b, algebra.constant(2));
  const y = algebra.add(algebra.constant(1), b, algebra.scale(a, 3), algebra.constant(1), algebra.scale(a, 2));
  expect(y).toBe(x);
  expect(algebra.add(x, algebra.scale(x, -1))).toBe(algebra.constant(0));
});

test('flattening a picture and taking it apart again costs nothing', () => {
  const algebra = new IndexAlgebra();
  const row = algebra.axis({ name: 'row', extent: 128 });
  const pixel = algebra.axis({ name: 'pixel', extent: 784 });
  const picture = algebra.unflatten(algebra.flatten([row, pixel], [128, 784]), [128, 28, 28]);
  expect(picture[0]).toBe(row);
  expect(algebra.unflatten(algebra.flatten(picture, [128, 28, 28]), [128, 784])).toEqual([row, pixel]);
  const draws = algebra.unflatten(algebra.flatten([row, pixel], [128, 784]), [8, 16, 784]);
  expect(algebra.flatten(draws, [8, 16, 784])).toBe(algebra.flatten([row, pixel], [128, 784]));
  expect(draws).toEqual([algebra.quotient(row, 16), algebra.remainder(row, 16), pixel]);
});

test('substitution comes back to normal form', () => {
  const algebra = new IndexAlgebra();
  const whole = algebra.axis({ name: 'whole', extent: 15 });
  const [a, b] = [axes[0]!, axes[1]!];
  const index = algebra.flatten([algebra.axis(a), algebra.axis(b)], [3, 5]);
  const merged = algebra.substitute(index, (axis) =>
    axis === a ? algebra.quotient(whole, 5) : axis === b ? algebra.remainder(whole, 5) : undefined,
  );
  expect(merged).toBe(whole);
});
