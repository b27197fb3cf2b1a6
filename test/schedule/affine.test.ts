/** Indices in normal form take the same values as they do read one operation at a time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { affineOf, highest, lowest, type Affine } from '../../compiler/5-kernel/schedule/affine.ts';
import type { Axis, Index } from '../../compiler/5-kernel/ir.ts';

const axes: readonly Axis[] = [
  { name: 'i', extent: 3 },
  { name: 'j', extent: 4 },
  { name: 'k', extent: 5 },
];

type Places = ReadonlyMap<string, number>;

function everyPlace(): readonly Places[] {
  return axes.reduce<readonly Places[]>(
    (places, { name, extent }) =>
      places.flatMap((place) => Array.from({ length: extent }, (_, at) => new Map([...place, [name, at]]))),
    [new Map()],
  );
}

function valueOf(index: Index, places: Places): number {
  switch (index.kind) {
    case 'constant':
      return index.value;
    case 'axis':
      return places.get(index.axis.name)!;
    case 'sum':
      return index.terms.reduce((total, term) => total + valueOf(term, places), 0);
    case 'scaled':
      return index.factor * valueOf(index.index, places);
    case 'quotient':
      return Math.floor(valueOf(index.index, places) / index.divisor);
    case 'remainder': {
      const value = valueOf(index.index, places);
      return value - index.divisor * Math.floor(value / index.divisor);
    }
    case 'value':
      throw new Error('not made here');
  }
}

function valueOfAffine(of: Affine, places: Places): number {
  return of.terms.reduce((total, { factor, atom }) => {
    if (atom.kind === 'axis') return total + factor * places.get(atom.axis.name)!;
    if (atom.kind === 'value') throw new Error('not made here');
    const inner = valueOfAffine(atom.of, places);
    const whole = Math.floor(inner / atom.divisor);
    return total + factor * (atom.kind === 'quotient' ? whole : inner - atom.divisor * whole);
  }, of.constant);
}

const { index: anyIndex } = fc.letrec<{ index: Index }>((tie) => ({
  index: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...axes).map((axis): Index => ({ kind: 'axis', axis })),
    fc.integer({ min: 0, max: 30 }).map((value): Index => ({ kind: 'constant', value })),
    fc.array(tie('index'), { minLength: 1, maxLength: 3 }).map((terms): Index => ({ kind: 'sum', terms })),
    fc
      .tuple(fc.integer({ min: -2, max: 24 }), tie('index'))
      .map(([factor, index]): Index => ({ kind: 'scaled', factor, index })),
    fc
      .tuple(fc.constantFrom('quotient', 'remainder'), tie('index'), fc.integer({ min: 1, max: 40 }))
      .map(([kind, index, divisor]): Index => ({ kind, index, divisor })),
  ),
}));

const axis = (i: number): Index => ({ kind: 'axis', axis: axes[i]! });
const scaled = (factor: number, index: Index): Index => ({ kind: 'scaled', factor, index });
const sum = (...terms: readonly Index[]): Index => ({ kind: 'sum', terms });

describe('the normal form of an index', () => {
  test('has the value of the index, within its bounds, everywhere', () => {
    fc.assert(
      fc.property(anyIndex, (index) => {
        const of = affineOf(index);
        for (const places of everyPlace()) {
          // Indices are whole numbers: -0 is 0.
          const value = valueOf(index, places) + 0;
          expect(valueOfAffine(of, places) + 0).toBe(value);
          expect(value).toBeLessThanOrEqual(highest(of));
          expect(value).toBeGreaterThanOrEqual(lowest(of));
        }
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  test('undoes a reshape: flattened and taken apart again, the axes are left', () => {
    const flat = sum(scaled(5, axis(1)), axis(2));
    expect(affineOf({ kind: 'quotient', index: flat, divisor: 5 })).toEqual(affineOf(axis(1)));
    expect(affineOf({ kind: 'remainder', index: flat, divisor: 5 })).toEqual(affineOf(axis(2)));
  });

  test('takes a common factor out of a quotient and a remainder', () => {
    // (20 i + 5 j + k) over [3, 4, 5], by 10: k is below 5, so this is (4 i + j) over 2.
    const flat = sum(scaled(20, axis(0)), scaled(5, axis(1)), axis(2));
    const { terms } = affineOf({ kind: 'quotient', index: flat, divisor: 10 });
    expect(terms.map(({ factor, atom }) => [factor, atom.kind])).toEqual([
      [2, 'axis'],
      [1, 'quotient'],
    ]);
    const left = affineOf({ kind: 'remainder', index: flat, divisor: 10 });
    expect(left.terms.map(({ factor, atom }) => [factor, atom.kind])).toEqual([
      [5, 'remainder'],
      [1, 'axis'],
    ]);
  });

  test('leaves out an axis of extent 1', () => {
    expect(affineOf({ kind: 'axis', axis: { name: 'one', extent: 1 } })).toEqual({ constant: 0, terms: [] });
  });
});
