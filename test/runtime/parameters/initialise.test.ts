/** Initial parameters: their laws, and that they depend on nothing but seed, path and element. */
import { describe, expect, test } from 'vitest';
import type { Initialiser, Parameter } from '../../../compiler/4-tensor/program.ts';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import { freeNumber, initialParameters, initialValues } from '../../../runtime/parameters/initialise.ts';
import { tinyData } from '../../support/tiny-plan.ts';

const rows = (reference: string) => splitNamed(tinyData(), reference);
const parameter = (initialiser: Initialiser, shape: readonly number[], path = 'net.weight'): Parameter => ({
  path,
  shape,
  initialiser,
  constraint: 'real',
  offset: 0,
});

describe('initial parameters', () => {
  test('a layer that is inserted moves no other', () => {
    const a = parameter({ kind: 'fan-in', fanIn: 9 }, [3, 5], 'net.a');
    const b = parameter({ kind: 'normal', sd: 1 }, [7], 'net.b');
    const inserted = parameter({ kind: 'he', fanIn: 4, fanOut: 4 }, [40], 'net.inserted');
    const before = initialParameters({ parameters: [a, { ...b, offset: 64 }], length: 128 }, 5, rows);
    const parameters = [a, { ...inserted, offset: 64 }, { ...b, offset: 128 }];
    const after = initialParameters({ parameters, length: 192 }, 5, rows);
    expect(after.slice(0, 64)).toEqual(before.slice(0, 64));
    expect(after.slice(128)).toEqual(before.slice(64));
    expect(after.slice(64, 104).every((value) => value !== 0)).toBe(true);
    expect(after.slice(104, 128).every((value) => value === 0)).toBe(true);
  });

  test('the seed and the path change every number', () => {
    const weights = (seed: number, path: string) =>
      initialValues(parameter({ kind: 'glorot', fanIn: 3, fanOut: 4 }, [50], path), seed, rows);
    const first = weights(1, 'a');
    for (const other of [weights(2, 'a'), weights(1, 'b'), weights(2 ** 32 + 1, 'a')]) {
      expect(other.filter((value, i) => value === first[i])).toHaveLength(0);
    }
    expect(weights(1, 'a')).toEqual(first);
  });

  test('never change: a seed means the same parameters in every version', () => {
    const drawn = (initialiser: Initialiser) => [...initialValues(parameter(initialiser, [2]), 3, rows)];
    expect([...drawn({ kind: 'fan-in', fanIn: 4 }), ...drawn({ kind: 'normal', sd: 1 })]).toMatchInlineSnapshot(`
      [
        -0.37738311290740967,
        0.4284212589263916,
        -1.0829864740371704,
        0.3176003098487854,
      ]
    `);
  });

  // 40 000 draws: the standard error of the mean is sd / 200, that of the variance sd² √(2 / n) or less; 5 of them.
  const n = 40_000;
  test.each<[Initialiser, number, number]>([
    [{ kind: 'fan-in', fanIn: 16 }, 1 / Math.sqrt(48), 0.25],
    [{ kind: 'glorot', fanIn: 20, fanOut: 4 }, 0.5 / Math.sqrt(3), 0.5],
    [{ kind: 'he', fanIn: 8, fanOut: 100 }, 0.5, Infinity],
    [{ kind: 'normal', sd: 0.02 }, 0.02, Infinity],
  ])('%j has its mean, variance, range and kurtosis', (initialiser, sd, bound) => {
    const values = initialValues(parameter(initialiser, [n]), 3, rows);
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / n;
    const fourth = values.reduce((sum, value) => sum + value ** 4, 0) / n / variance ** 2;
    expect(Math.abs(mean)).toBeLessThan((5 * sd) / Math.sqrt(n));
    expect(Math.abs(variance / sd ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.abs(fourth - (bound === Infinity ? 3 : 1.8))).toBeLessThan(5 * Math.sqrt(96 / n));
    if (bound !== Infinity) expect(Math.max(...values)).toBeGreaterThan(0.999 * bound);
  });

  test('constants and values stand as they are written', () => {
    expect([...initialValues(parameter({ kind: 'constant', value: 0.5 }, [2, 2]), 0, rows)]).toEqual([
      0.5, 0.5, 0.5, 0.5,
    ]);
    expect([...initialValues(parameter({ kind: 'values', values: [1, 2, 3] }, [3]), 0, rows)]).toEqual([1, 2, 3]);
  });

  test('rows of data: different ones, each a row of the set, others under another seed', () => {
    const from = { kind: 'data', set: 'lines.train', field: 'x' } as const;
    const { values } = rows('lines.train').fields.get('x')!;
    const known = Array.from(
      { length: 13 },
      (_, row) => `${Math.fround(values[2 * row]! / 255)} ${Math.fround(values[2 * row + 1]! / 255)}`,
    );
    const chosen = (seed: number) => {
      const flat = initialValues(parameter(from, [5, 2]), seed, rows);
      return Array.from({ length: 5 }, (_, i) => `${flat[2 * i]} ${flat[2 * i + 1]}`);
    };
    const first = chosen(1);
    expect(new Set(first).size).toBe(5);
    expect(first.every((row) => known.includes(row))).toBe(true);
    expect(chosen(2)).not.toEqual(first);
    expect(() => initialValues(parameter(from, [14, 2]), 1, rows)).toThrow(
      /14 rows of "lines.train", which has only 13/,
    );
  });

  test('free numbers are mapped back by softplus and sigmoid', () => {
    for (const value of [0.01, 0.5, 3, 40]) {
      expect(Math.log1p(Math.exp(freeNumber('positive', value, 'p')))).toBeCloseTo(value, 10);
    }
    for (const value of [0.002, 0.5, 0.9])
      expect(1 / (1 + Math.exp(-freeNumber('unit', value, 'p')))).toBeCloseTo(value, 12);
    expect(freeNumber('unit', 0, 'p')).toBeCloseTo(Math.log(1e-3 / 0.999), 6);
    expect(freeNumber('unit', 1, 'p')).toBeCloseTo(-freeNumber('unit', 0, 'p'), 12);
  });
});
