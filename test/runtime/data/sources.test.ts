import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitNamed, wholeOf } from '../../../runtime/data/dataset.ts';
import { loadDataSet } from '../../../runtime/data/load.ts';
import { UserError } from '../../../runtime/errors.ts';
import { encodeIdx } from '../../../runtime/formats/idx.ts';
import { encodeNpy, type NpyData } from '../../../runtime/formats/npy.ts';
import { encodeNpz } from '../../../runtime/formats/npz.ts';
import { sharedPath } from '../../shared-data.ts';
import { temporaryFolder } from '../folder.ts';
import { contract, field, folderOf, npy, refusal, values } from './contracts.ts';

describe('idx', () => {
  const files = {
    'train-images.gz': encodeIdx([3, 2, 2], Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 255), { gzip: true }),
    'train-labels.gz': encodeIdx([3], Uint8Array.of(2, 0, 1), { gzip: true }),
    't10k-images': encodeIdx([1, 2, 2], Uint8Array.of(9, 9, 9, 9)),
    't10k-labels': encodeIdx([1], Uint8Array.of(1)),
  };
  const args = {
    images: '{split}-images.gz',
    labels: '{split}-labels.gz',
    splits: { train: 'train', test: 't10k' },
  };
  const fields = [field('x', 'unit', [2, 2], { u8: 'grey' }), field('digit', 'category', [], { size: 3, u8: 'plain' })];
  const mnist = contract('mnist', fields, 'idx', args);

  it('reads both splits, gzipped or not, as bytes', async () => {
    const set = await loadDataSet(mnist, { folder: folderOf(files) });
    expect(set.rows).toBe(4);
    expect([...set.splits.keys()]).toEqual(['train', 'test']);
    const train = splitNamed(new Map([['mnist', set]]), 'mnist.train');
    expect(train.fields.get('x')).toEqual({
      name: 'x',
      storage: 'u8',
      values: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 250, 255),
      rowShape: [2, 2],
      scale: 1 / 255,
    });
    expect([...train.fields.get('digit')!.values]).toEqual([2, 0, 1]);
    expect([...train.indices]).toEqual([0, 1, 2]);
    const whole = splitNamed(new Map([['mnist', set]]), 'mnist');
    expect([...whole.fields.get('digit')!.values]).toEqual([2, 0, 1, 1]);
    expect([...whole.indices]).toEqual([0, 1, 2, 3]);
  });

  it('finds its files beside the spec too', async () => {
    const set = await loadDataSet(mnist, { folder: temporaryFolder(), specFolder: folderOf(files) });
    expect(set.rows).toBe(4);
  });

  it('gives grey values as floats where the contract wants floats', async () => {
    const grey = { ...mnist, fields: [field('x', 'unit', [2, 2])] };
    const folder = folderOf(files);
    const { images, splits } = args;
    const read = await values({ ...grey, source: { kind: 'idx', args: { images, splits } } }, folder, 'x', 'train');
    expect(read[11]).toBe(1);
    expect(read[1]).toBe(Math.fround(1 / 255));
  });

  it('cuts grey values at a threshold: value >= threshold', async () => {
    const binarize = { kind: 'threshold', at: 5 / 255 } as const;
    const of = { ...mnist, fields: [field('x', 'unit', [2, 2], { binarize, u8: 'grey' }), fields[1]!] };
    const set = await loadDataSet(of, { folder: folderOf(files) });
    const cut = set.splits.get('train')!.fields.get('x')!;
    expect([...cut.values]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
    expect([cut.storage, cut.scale, cut.binarized]).toEqual(['u8', 1, true]);
  });

  it('keeps grey bytes for a draw on the device', async () => {
    const of = {
      ...mnist,
      fields: [field('x', 'unit', [2, 2], { binarize: { kind: 'dynamic' }, u8: 'grey' }), fields[1]!],
    };
    const set = await loadDataSet(of, { folder: folderOf(files) });
    const kept = set.splits.get('train')!.fields.get('x')!;
    expect([...kept.values.slice(9)]).toEqual([9, 250, 255]);
    expect(kept.scale).toBe(1 / 255);
  });

  it('cuts bytes into levels of grey for a category', async () => {
    const pictures = field('x', 'category', [2, 2], { size: 16, u8: 'plain' });
    const of = contract('m', [pictures], 'idx', { images: 'a', levels: 16 });
    const folder = folderOf({ a: encodeIdx([1, 2, 2], Uint8Array.of(0, 15, 16, 255)) });
    expect(await values(of, folder, 'x')).toEqual([0, 0, 1, 15]);
  });

  it('names what is wrong with the files', async () => {
    const folder = folderOf(files);
    expect(
      await refusal({ ...mnist, fields: [field('x', 'unit', [28, 28], { u8: 'grey' }), fields[1]!] }, folder),
    ).toBe(
      '"x" is declared unit[28, 28], and "DIR/train-images.gz" holds unit[2, 2] a row: declare it so, or name another file',
    );
    const two = field('digit', 'category', [], { size: 2, u8: 'plain' });
    expect(await refusal({ ...mnist, fields: [fields[0]!, two] }, folder)).toBe(
      '"DIR/train-labels.gz", row 0 (counted from 0) holds 2, and "digit" is category(2), a whole number from 0 to 1: ' +
        'declare as many categories as there are, counted from 0',
    );
    writeFileSync(join(folder, 'train-labels.gz'), encodeIdx([2], Uint8Array.of(0, 1)));
    expect(await refusal(mnist, folder)).toBe(
      '"DIR/train-images.gz" has 3 rows and "DIR/train-labels.gz" has 2: the fields of data set "mnist" must have equally many',
    );
    writeFileSync(join(folder, 'train-images.gz'), encodeIdx([0, 2, 2], new Uint8Array(0)));
    writeFileSync(join(folder, 'train-labels.gz'), encodeIdx([0], new Uint8Array(0)));
    expect(await refusal(mnist, folder)).toBe(
      'data set "mnist", split "train", has no rows: "DIR/train-images.gz" holds none',
    );
  });

  it('tells how to get a missing file', async () => {
    const paths = { images: 'mnist/{split}-images-idx3-ubyte.gz', labels: 'mnist/{split}-labels-idx1-ubyte.gz' };
    const of = { ...mnist, source: { kind: 'idx', args: { ...args, ...paths } } };
    expect(await refusal(of, temporaryFolder())).toBe(
      'the data file "mnist/train-images-idx3-ubyte.gz" is not in "DIR": fetch it with "vaec data mnist --dir DIR", ' +
        'or name the folder that holds it with --data DIR',
    );
    expect(await refusal(mnist, temporaryFolder())).toBe(
      'the data file "train-images.gz" is not in "DIR": put it there, or name the folder that holds it with --data DIR',
    );
  });

  it('asks for {split} and splits together', async () => {
    const { splits, ...rest } = args;
    expect(await refusal({ ...mnist, source: { kind: 'idx', args: rest } })).toMatch(
      /has a \{split\}: say what it stands for/,
    );
    const plain = { images: 'a', labels: 'b', splits };
    expect(await refusal({ ...mnist, source: { kind: 'idx', args: plain } })).toMatch(
      /"a" has no \{split\}, so every one/,
    );
  });
});

describe('npy and npz', () => {
  it('reads fields from files, members and members of another name', async () => {
    const x = Float32Array.of(1, 2, 3, 4, 5, 6);
    const label = BigInt64Array.of(0n, 2n, 1n);
    const fields = [field('x', 'real', [2]), field('label', 'category', [], { size: 3 })];
    const folder = folderOf({
      'x.npy': encodeNpy([3, 2], x),
      'l.npy': encodeNpy([3], label),
      'both.npz': encodeNpz(
        new Map<string, { shape: number[]; data: NpyData }>([
          ['points', { shape: [3, 2], data: x }],
          ['label', { shape: [3], data: label }],
        ]),
      ),
    });
    for (const of of [
      contract('d', fields, 'npy', { x: 'x.npy', label: 'l.npy' }),
      contract('d', fields, 'npz', { path: 'both.npz', x: 'points' }),
    ]) {
      expect(await values(of, folder, 'x')).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await values(of, folder, 'label')).toEqual([0, 2, 1]);
    }
    expect(await refusal(contract('d', fields, 'npz', { path: 'both.npz' }), folder)).toBe(
      '"DIR/both.npz" has no array "x"; it has points, label',
    );
  });

  it('checks every support, and says where it fails', async () => {
    const f = (...numbers: number[]) => Float32Array.from(numbers);
    const wrong: readonly (readonly [ReturnType<typeof npy>, string])[] = [
      [
        npy('unit', [2], f(0, 1, 0.5, 1.5)),
        'row 1, element [1] (counted from 0) holds 1.5, and "x" is unit[2], within 0 and 1',
      ],
      [npy('binary', [], f(0, 1, 0.25)), 'row 2 (counted from 0) holds 0.25, and "x" is binary, 0 or 1'],
      [npy('count', [], f(0, 3, -1)), 'holds -1, and "x" is count, a whole number, 0 or more'],
      [npy('count', [], f(0, 2.5)), 'holds 2.5, and "x" is count'],
      [npy('positive', [], f(1, 0)), 'holds 0, and "x" is positive, above 0'],
      [npy('category', [], f(0, 4), { size: 4 }), 'holds 4, and "x" is category(4), a whole number from 0 to 3'],
      [npy('category', [], f(0.5), { size: 4 }), 'holds 0.5, and "x" is category(4)'],
      [npy('nonnegative', [], f(0, -0.5)), 'holds -0.5, and "x" is nonnegative, 0 or more'],
      [npy('step', [], f(0), { size: 9 }), 'holds 0, and "x" is step(9), a whole number from 1 to 9'],
      [npy('step', [], f(9, 10), { size: 9 }), 'holds 10, and "x" is step(9), a whole number from 1 to 9'],
      [
        npy('positive', [], Float64Array.of(1e-50)),
        'holds 1e-50, and "x" lies on the device as 32-bit floats, which cannot hold it',
      ],
      [
        npy('simplex', [2], f(0.5, 0.5, 0.5, 0.25)),
        'row 1, element [0] (counted from 0): the 2 numbers of "x" sum to 0.75',
      ],
      [
        npy('real', [2, 2], f(0, 1, 2, 3, 4, NaN, 6, 7)),
        'row 1, element [0, 1] (counted from 0) holds NaN, and "x" needs',
      ],
      [npy('real', [], f(-Infinity)), 'row 0 (counted from 0) holds -Infinity, and "x" needs numbers'],
      [
        npy('real', [], Float64Array.of(1e39)),
        'holds 1e+39, and "x" lies on the device as 32-bit floats, which cannot hold it',
      ],
      [npy('category', [], f(300), { size: 999, u8: 'plain' }), 'holds 300, and "x" lies on the device as bytes'],
    ];
    for (const [{ of, folder }, message] of wrong) {
      expect(await refusal(of, folder)).toContain(message);
    }
    const right = [
      npy('unit', [], f(0, 1)),
      npy('binary', [], f(0, 1)),
      npy('count', [], f(0, 7)),
      npy('positive', [], f(1e-30)),
      npy('category', [], f(0, 3), { size: 4 }),
      npy('nonnegative', [], f(0, 1e-45)),
      npy('step', [], f(1, 9), { size: 9 }),
      npy('simplex', [2], f(0.25, 0.75)),
      npy('real', [], f(-3e38)),
    ];
    for (const { of, folder } of right) expect((await loadDataSet(of, { folder })).rows).toBeGreaterThan(0);
  });

  it('turns floats into grey bytes only where nothing is lost', async () => {
    const exact = npy('unit', [], Float32Array.of(0, 1, 128 / 255), { u8: 'grey' });
    expect(await values(exact.of, exact.folder, 'x')).toEqual([0, 255, 128]);
    const between = npy('unit', [], Float32Array.of(0.3), { u8: 'grey' });
    expect(await refusal(between.of, between.folder)).toContain('lies on the device as bytes times 0.0039');
  });

  it('remarks on bytes that are only 0 and 1', async () => {
    const dark = npy('unit', [2], Uint8Array.of(0, 1, 1, 0));
    expect((await loadDataSet(dark.of, { folder: dark.folder })).notes).toEqual([
      expect.stringMatching(/"x" of data set "d" is read as grey values, bytes \/ 255, but .* only the bytes 0 and 1/),
    ]);
    const grey = npy('unit', [2], Uint8Array.of(0, 1, 1, 200));
    expect((await loadDataSet(grey.of, { folder: grey.folder })).notes).toEqual([]);
  });
});

describe('csv', () => {
  const fields = [field('x', 'real', [2]), field('s', 'count')];
  const quakes = contract('quakes', fields, 'csv', { '0': 'q.csv', x: ['lon', 'lat'], s: 'count' });
  const table = 'lon,lat,count\n1.5,-2e1,3\n"4",.5,0\n';

  it('reads columns by name, in the order asked for', async () => {
    const folder = folderOf({ 'q.csv': table });
    expect(await values(quakes, folder, 'x')).toEqual([1.5, -20, 4, 0.5]);
    expect(await values(quakes, folder, 's')).toEqual([3, 0]);
    const turned = contract('quakes', [fields[0]!, field('count', 'count')], 'csv', {
      path: 'q.csv',
      x: ['lat', 'lon'],
    });
    expect(await values(turned, folder, 'x')).toEqual([-20, 1.5, 0.5, 4]);
  });

  it('reads other delimiters, byte order marks, Windows lines and blank lines', async () => {
    const variants = {
      'q.csv': `\ufeff${table.replaceAll('\n', '\r\n')}\r\n`,
      'q.tsv': table.replaceAll(',', '\t'),
      'q.txt': table.replaceAll(',', ' ; '),
    };
    for (const [name, text] of Object.entries(variants)) {
      const args = { '0': name, x: ['lon', 'lat'], s: 'count', ...(name === 'q.txt' ? { delimiter: ';' } : {}) };
      expect(await values(contract('q', fields, 'csv', args), folderOf({ [name]: text }), 'x')).toEqual([
        1.5, -20, 4, 0.5,
      ]);
    }
  });

  it('names file, line and column of what is wrong', async () => {
    const told = (text: string, of = quakes) => refusal(of, folderOf({ 'q.csv': text }));
    expect(await told('lon,lat,count\n1,2,3\n1,two,3\n')).toBe(
      '"DIR/q.csv", line 3, column "lat" holds "two", where a number is needed for "x": correct it, or drop the row',
    );
    expect(await told('lon,lat,count\n1,,3\n')).toBe(
      '"DIR/q.csv", line 2, column "lat" is empty, where a number is needed for "x": correct it, or drop the row',
    );
    expect(await told('lon,lat,count\n1,2,3\n\n1,nan,3\n')).toBe(
      '"DIR/q.csv", line 4, column "lat" holds NaN, and "x" needs numbers: drop such rows from the file, or fill them in',
    );
    expect(await told('lon,lat,count\n1,2,2.5\n')).toBe(
      '"DIR/q.csv", line 2, column "count" holds 2.5, and "s" is count, a whole number, 0 or more: ' +
        'round the numbers, or declare the field real',
    );
    expect(await told('lon,latt,count\n1,2,3\n')).toBe(`"DIR/q.csv" has no column "lat"; did you mean 'latt'?`);
    expect(await told('a,b\n1,2\n')).toBe('"DIR/q.csv" has no column "lon"; there is "a", "b"');
    expect(await told('1,2,3\n')).toMatch(/begins with numbers \(1,2,3\): its first line must hold the columns' names/);
    expect(await told('')).toMatch(/"DIR\/q\.csv" is empty/);
    expect(await told('lon,lat,count\n')).toBe('data set "quakes" has no rows: "DIR/q.csv" holds none');
    expect(await told('lon,lat,count\n1,2\n')).toMatch(/"DIR\/q\.csv" is not a table of one width: .*line 2/);
    expect(await told('lon,lat,count\n1,"2,3\n')).toMatch(/"DIR\/q\.csv" is not a table/);
    const one = contract('quakes', fields, 'csv', { '0': 'q.csv', x: 'lon', s: 'count' });
    expect(await told(table, one)).toMatch(
      /"x" has shape \[2\], 2 numbers a row, and one column is named for it \(lon\)/,
    );
  });
});

describe('sources', () => {
  it('that are not there say so, unless they are handed in', async () => {
    const of = contract('o', [field('x', 'real')], 'own_format', { n: 3 });
    expect(await refusal(of)).toMatch(
      /^there is no source own_format\(…\), which data set "o" asks for; there is "csv", /,
    );
    expect(await refusal(contract('o', [field('x', 'real')], 'shape', {}))).toBe(
      `there is no source shape(…), which data set "o" asks for; did you mean 'shapes'?`,
    );
    const origin = 'own_format';
    const raw = { values: Float64Array.of(1, 2, 3), shape: [], origin, locate: () => origin };
    const read = () => Promise.resolve([{ name: 'all', rows: 3, fields: new Map([['x', raw]]) }]);
    const set = await loadDataSet(of, { folder: '.', sources: new Map([['own_format', read]]) });
    expect([...wholeOf(set).fields.get('x')!.values]).toEqual([1, 2, 3]);
  });
});

describe('damaged files', () => {
  it('are refused by a UserError wherever they are cut', async () => {
    const x = Float32Array.of(1, 2, 3, 4, 5, 6);
    const fields = [field('x', 'real', [2])];
    const cases = [
      {
        name: 'a.gz',
        bytes: encodeIdx([3, 2], Uint8Array.of(1, 2, 3, 4, 5, 6), { gzip: true }),
        kind: 'idx',
        args: { x: 'a.gz' },
      },
      { name: 'a.npy', bytes: encodeNpy([3, 2], x), kind: 'npy', args: { x: 'a.npy' } },
      {
        name: 'a.npz',
        bytes: encodeNpz(new Map([['x', { shape: [3, 2], data: x }]])),
        kind: 'npz',
        args: { '0': 'a.npz' },
      },
    ];
    for (const { name, bytes, kind, args } of cases) {
      const folder = folderOf({ [name]: bytes });
      const of = contract('d', fields, kind, args);
      expect(await values(of, folder, 'x')).toEqual([1, 2, 3, 4, 5, 6]);
      for (let length = 0; length < bytes.length; length += 3) {
        writeFileSync(join(folder, name), bytes.subarray(0, length));
        expect(await refusal(of, folder)).toContain(`"DIR/${name}"`);
      }
    }
  });

  it('that are any text at all are a table or refused by a UserError', async () => {
    const text = fc.string({ unit: fc.constantFrom(...'x,y\n1."\t e-NaIf\r\0é'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', 'x\n', 'y,x\n1,2\n'), text, async (head, body) => {
        const folder = folderOf({ 'a.csv': head + body });
        const loading = loadDataSet(contract('d', [field('x', 'real')], 'csv', { '0': 'a.csv' }), { folder });
        await loading.catch((error: unknown) => expect(error).toBeInstanceOf(UserError));
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});

const mnist = sharedPath('mnist');

describe.skipIf(mnist === undefined)('MNIST', () => {
  it('loads as the gallery asks for it', async () => {
    const of = contract(
      'mnist',
      [field('x', 'unit', [28, 28], { u8: 'grey' }), field('digit', 'category', [], { size: 10 })],
      'idx',
      {
        images: 'mnist/{split}-images-idx3-ubyte.gz',
        labels: 'mnist/{split}-labels-idx1-ubyte.gz',
        splits: { train: 'train', test: 't10k' },
      },
    );
    const set = await loadDataSet(of, { folder: join(mnist!, '..') });
    expect([...set.splits].map(([name, split]) => [name, split.rows])).toEqual([
      ['train', 60_000],
      ['test', 10_000],
    ]);
    const x = set.splits.get('train')!.fields.get('x')!.values as Uint8Array;
    // The mean grey value of the training pictures is known to be 0.1307.
    expect(x.reduce((sum, byte) => sum + byte, 0) / x.length / 255).toBeCloseTo(0.1307, 4);
    expect([...set.splits.get('train')!.fields.get('digit')!.values.slice(0, 8)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3]);
  });
});
