import { describe, expect, it } from 'vitest';
import type { DataContract } from '../../../compiler/4-tensor/program.ts';
import { requireRows, splitNamed, wholeOf } from '../../../runtime/data/dataset.ts';
import { loadDataSet, loadDataSets } from '../../../runtime/data/load.ts';
import { encodeNpy } from '../../../runtime/formats/npy.ts';
import { contract, field, folderOf, npy, refusal, trainAndTest, values } from './contracts.ts';

const points = (n: number, rest: Parameters<typeof contract>[4], standardize = false) =>
  contract(
    'm',
    [field('x', 'real', [2], { standardize }), field('k', 'category', [], { size: 2 })],
    'gaussian_mixture',
    {
      n,
      seed: 5,
      centers: [
        [10, 0],
        [20, 0],
      ],
      stds: 1,
    },
    rest,
  );

describe('split', () => {
  it('puts every row in exactly one part, in its order, always the same', async () => {
    const set = await loadDataSet(points(103, { split: trainAndTest }), { folder: '.' });
    const whole = await loadDataSet(points(103, {}), { folder: '.' });
    const [train, test] = ['train', 'test'].map((name) => set.splits.get(name)!);
    expect([train!.rows, test!.rows]).toEqual([82, 21]);
    const all = [...train!.indices, ...test!.indices];
    expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: 103 }, (_, i) => i));
    expect([...test!.indices]).toEqual([...test!.indices].sort((a, b) => a - b));
    const x = wholeOf(whole).fields.get('x')!.values;
    test!.indices.forEach((index, row) => {
      expect([...test!.fields.get('x')!.values.subarray(row * 2, row * 2 + 2)]).toEqual([
        ...x.subarray(index * 2, index * 2 + 2),
      ]);
    });
    const again = await loadDataSet(points(103, { split: trainAndTest }), { folder: '.' });
    expect(again.splits.get('test')!.indices).toEqual(test!.indices);
  });

  it('draws parts without favour', async () => {
    // The sum of 400 of 2,000 ordinals drawn without replacement: mean 399,800, standard deviation 10,330.
    const set = await loadDataSet(points(2000, { split: trainAndTest }), { folder: '.' });
    const sum = set.splits.get('test')!.indices.reduce((total, index) => total + index, 0);
    expect(Math.abs(sum - 399_800)).toBeLessThan(4 * 10_330);
  });

  it('refuses shares that are none, parts without rows, and a second split', async () => {
    const shares = (train: number, test: number) => [
      { name: 'train', share: train },
      { name: 'test', share: test },
    ];
    expect(await refusal(points(10, { split: shares(0.8, 0.3) }))).toMatch(/"split train: 0\.8, test: 0\.3".*sum to 1/);
    expect(await refusal(points(10, { split: shares(1.2, -0.2) }))).toMatch(/above 0 and sum to 1/);
    expect(await refusal(points(10, { split: shares(0.99, 0.01) }))).toBe(
      'data set "m", split "test", has no rows: none of the 10 rows of gaussian_mixture of "m" is left for its share',
    );
  });

  it('tells a set smaller than a batch, and names the splits there are', async () => {
    const set = await loadDataSet(points(103, { split: trainAndTest }), { folder: '.' });
    const sets = new Map([['m', set]]);
    expect(() => requireRows(splitNamed(sets, 'm.test'), 32, 'm.test')).toThrow(
      'data set "m.test" has 21 rows, fewer than one batch of 32: write "batch 21" or less, or give it more rows',
    );
    expect(() => requireRows(splitNamed(sets, 'm.test'), 21, 'm.test')).not.toThrow();
    expect(() => splitNamed(sets, 'm.tset')).toThrow('data set "m" has no split "tset"; it has train, test');
    expect(splitNamed(sets, 'm').rows).toBe(103);
  });
});

describe('where', () => {
  it('keeps the rows for which it holds', async () => {
    const of = points(200, { where: [{ field: 'k', operator: '!=', value: 0 }] });
    const set = await loadDataSet(of, { folder: '.' });
    const kept = wholeOf(set);
    expect(kept.rows).toBeGreaterThan(60);
    expect(kept.rows).toBeLessThan(140);
    expect(kept.fields.get('k')!.values.every((k) => k === 1)).toBe(true);
    expect(kept.fields.get('x')!.values.every((x, at) => at % 2 === 1 || x > 15)).toBe(true);
    const whole = wholeOf(await loadDataSet(points(200, {}), { folder: '.' }));
    expect([...kept.indices]).toEqual([...whole.indices].filter((row) => whole.fields.get('k')!.values[row] === 1));
  });

  it('knows every comparison', async () => {
    const { of, folder } = npy('count', [], Float32Array.of(0, 1, 2, 3));
    const cases = { '==': [2], '!=': [0, 1, 3], '<': [0, 1], '<=': [0, 1, 2], '>': [3], '>=': [2, 3] } as const;
    for (const [operator, expected] of Object.entries(cases)) {
      const where = [{ field: 'x', operator: operator as keyof typeof cases, value: 2 }];
      expect(await values({ ...of, where }, folder, 'x')).toEqual(expected);
    }
  });

  it('says when nothing is left, and what it cannot compare', async () => {
    expect(await refusal(points(9, { where: [{ field: 'k', operator: '>', value: 5 }] }))).toBe(
      'data set "m" has no rows: none of the 9 rows of gaussian_mixture of "m" is left where k > 5',
    );
    expect(await refusal(points(9, { where: [{ field: 'x', operator: '>', value: 5 }] }))).toMatch(
      /needs one number a row/,
    );
    expect(await refusal(points(9, { where: [{ field: 'y', operator: '>', value: 5 }] }))).toMatch(/has no field "y"/);
  });
});

describe('standardize', () => {
  it('uses the moments of the train split for all splits, and keeps them', async () => {
    const set = await loadDataSet(points(1000, { split: trainAndTest }, true), { folder: '.' });
    const raw = await loadDataSet(points(1000, { split: trainAndTest }), { folder: '.' });
    const { mean, sd } = set.splits.get('test')!.fields.get('x')!.standardization!;
    const train = raw.splits.get('train')!.fields.get('x')!.values;
    for (const axis of [0, 1]) {
      const column = [...train].filter((_, at) => at % 2 === axis);
      const average = column.reduce((sum, value) => sum + value, 0) / 800;
      expect(mean[axis]).toBeCloseTo(average, 10);
      expect(sd[axis]! ** 2).toBeCloseTo(column.reduce((sum, value) => sum + (value - average) ** 2, 0) / 800, 9);
    }
    const test = set.splits.get('test')!.fields.get('x')!.values;
    raw.splits
      .get('test')!
      .fields.get('x')!
      .values.forEach((value, at) => {
        expect(test[at]).toBeCloseTo((value - mean[at % 2]!) / sd[at % 2]!, 5);
      });
  });

  it('gives a constant column deviation 1, and says so', async () => {
    const { of, folder } = npy('real', [2], Float32Array.of(1, 7.3, 2, 7.3, 3, 7.3), { standardize: true });
    const set = await loadDataSet(of, { folder });
    expect([...wholeOf(set).fields.get('x')!.values].filter((_, at) => at % 2 === 1)).toEqual([0, 0, 0]);
    expect(set.notes).toEqual([
      '"x" of data set "d" is standardized, but 1 of its 2 elements never changes over the 3 rows of all: there it is 0 in that split',
    ]);
  });
});

describe('derived sets', () => {
  const fields = points(1, {}).fields;
  const derived = (name: string, from: string[], rest: Parameters<typeof contract>[4] = {}) =>
    contract(name, fields, '', {}, { from, ...rest });

  it('filter, join and split what others hold, whatever the order they are written in', async () => {
    const sets = await loadDataSets(
      [
        derived('both', ['ones', 'zeros']),
        derived('ones', ['m'], { where: [{ field: 'k', operator: '==', value: 1 }] }),
        derived('zeros', ['m'], { where: [{ field: 'k', operator: '==', value: 0 }] }),
        derived('dealt', ['m'], { split: [...trainAndTest.slice(0, 1), { name: 'rest', share: 0.2 }] }),
        derived('train', ['m.train']),
        points(200, { split: trainAndTest }),
      ],
      { folder: '.' },
    );
    const rows = (name: string) => sets.get(name)!.rows;
    expect(rows('ones') + rows('zeros')).toBe(200);
    expect([...sets.get('ones')!.splits.keys()]).toEqual(['train', 'test']);
    expect([...sets.get('both')!.splits.keys()]).toEqual(['all']);
    const k = splitNamed(sets, 'both').fields.get('k')!.values;
    expect(k).toHaveLength(200);
    expect([...k]).toEqual([...k].sort((a, b) => b - a));
    expect([...sets.get('dealt')!.splits].map(([name, split]) => [name, split.rows])).toEqual([
      ['train', 160],
      ['rest', 40],
    ]);
    expect([...sets.get('train')!.splits.keys()]).toEqual(['all']);
    expect(splitNamed(sets, 'train').rows).toBe(160);
    const ones = sets.get('ones')!.splits.get('test')!;
    const base = sets.get('m')!.splits.get('test')!;
    expect([...ones.indices].every((index) => base.indices.includes(index))).toBe(true);
    expect(new Set(splitNamed(sets, 'both').indices).size).toBe(200);
    const dealt = sets.get('dealt')!.splits;
    expect(new Set([...dealt.get('train')!.indices, ...dealt.get('rest')!.indices]).size).toBe(200);
  });

  it('keep bytes, thresholds and moments as they are', async () => {
    const x = Uint8Array.of(0, 100, 200, 255);
    const folder = folderOf({ 'x.npy': encodeNpy([4], x) });
    for (const binarize of [undefined, { kind: 'threshold', at: 0.5 } as const]) {
      const grey = field('x', 'unit', [], {
        u8: 'grey',
        ...(binarize === undefined ? {} : { binarize }),
      });
      const base = contract('a', [grey], 'npy', { x: 'x.npy' });
      const sets = await loadDataSets([base, contract('b', [grey], '', {}, { from: ['a', 'a'] })], { folder });
      const [a, b] = ['a', 'b'].map((name) => wholeOf(sets.get(name)!).fields.get('x')!);
      expect(b).toEqual({ ...a, values: Uint8Array.from([...a!.values, ...a!.values]) });
    }
    const base = points(100, { split: trainAndTest }, true);
    const copy = contract('c', base.fields, '', {}, { from: ['m'], where: [{ field: 'k', operator: '==', value: 1 }] });
    const sets = await loadDataSets([base, copy], { folder: '.' });
    const moments = (name: string) => sets.get(name)!.splits.get('train')!.fields.get('x')!.standardization;
    expect(moments('c')).toEqual(moments('m'));
  });

  it('refuse parts that do not fit together', async () => {
    const load = (...contracts: DataContract[]) => loadDataSets(contracts, { folder: '.' });
    const scaled = { ...points(30, {}, true), name: 'o' };
    await expect(load(points(20, {}, true), scaled, derived('d', ['m', 'o']))).rejects.toThrow(
      /both must be the same to be joined/,
    );
    await expect(load(derived('d', ['nowhere']))).rejects.toThrow('there is no data set "nowhere"');
  });
});
