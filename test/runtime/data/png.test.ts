/** Folders of pictures: their order, their colours, the categories their folders are. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../../compiler/compile.ts';
import { loadDataSet } from '../../../runtime/data/load.ts';
import { encodePng } from '../../../runtime/formats/png.ts';
import { temporaryFolder } from '../folder.ts';
import { testSources } from '../../support/sources.ts';
import { contract, field, refusal } from './contracts.ts';

/** A grey picture of 2 by 3 whose pixels are first, first + 1, … */
const grey = (first: number) =>
  encodePng({ width: 3, height: 2, channels: 1, pixels: Uint8Array.from({ length: 6 }, (_, i) => first + i) });
const colour = (first: number) =>
  encodePng({ width: 3, height: 2, channels: 3, pixels: Uint8Array.from({ length: 18 }, (_, i) => first + i) });

function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

const picture = field('x', 'unit', [2, 3], { u8: 'grey' });
const load = (folder: string, fields: Parameters<typeof contract>[1], args: Parameters<typeof contract>[3]) =>
  loadDataSet(contract('d', fields, 'png', args), { folder });

describe('a folder of pictures', () => {
  it('gives a row a picture, in the order of the paths, as bytes of grey', async () => {
    const folder = folderOf({ 'a/2.png': grey(20), 'a/1.PNG': grey(10), 'a/deep/0.png': grey(30), 'a/notes.txt': '' });
    const { splits } = await load(folder, [picture], { 0: 'a' });
    const x = splits.get('all')!.fields.get('x')!;
    expect(x).toMatchObject({ storage: 'u8', scale: 1 / 255, rowShape: [2, 3] });
    expect([...x.values]).toEqual([10, 20, 30].flatMap((first) => [0, 1, 2, 3, 4, 5].map((i) => first + i)));
  });

  it('takes the folder that a picture lies in for its category, the same one in every split', async () => {
    const files = { 'test/cat/1.png': grey(0), 'train/bird/1.png': grey(1), 'train/cat/1.png': grey(2) };
    const label = field('label', 'category', [], { size: 2 });
    const { splits } = await load(folderOf(files), [picture, label], {
      0: '{split}',
      splits: { train: 'train', test: 'test' },
    });
    expect([...splits.get('train')!.fields.get('label')!.values]).toEqual([0, 1]);
    expect([...splits.get('test')!.fields.get('label')!.values]).toEqual([1]);
  });

  it('reads colour, and grey pictures in a coloured field', async () => {
    const rgb = field('x', 'unit', [2, 3, 3], { u8: 'grey' });
    const { splits } = await load(folderOf({ 'a.png': colour(40), 'b.png': grey(7) }), [rgb], { path: '.' });
    const [...values] = splits.get('all')!.fields.get('x')!.values;
    expect(values.slice(0, 18)).toEqual(Array.from({ length: 18 }, (_, i) => 40 + i));
    expect(values.slice(18)).toEqual([7, 8, 9, 10, 11, 12].flatMap((value) => [value, value, value]));
  });

  it('says what is wrong, with the name of the file', async () => {
    const told = (files: Readonly<Record<string, Uint8Array | string>>, fields = [picture], path = 'f') =>
      refusal(contract('d', fields, 'png', { 0: path }), folderOf(files));
    const label = field('label', 'category', [], { size: 1 });
    expect(await told({ 'f/a.txt': '' })).toBe('"DIR/f" holds no .png files: name the folder that does');
    expect(await told({ 'g/a.png': grey(0) })).toMatch(/^the data file "f" is not in "DIR": /);
    expect(await told({ f: '' })).toBe('"DIR/f" is a file, and png(…) reads a folder');
    expect(await told({ 'f/a.png': 'text' })).toMatch(/^"DIR\/f\/a\.png" is not a whole PNG file: /);
    expect(await told({ 'f/a.png': grey(0) }, [field('x', 'unit', [3, 2], { u8: 'grey' })])).toBe(
      '"DIR/f/a.png" has 2 rows of 3 pixels, and "x" is declared [3, 2]: bring the pictures to one size, or declare that',
    );
    expect(await told({ 'f/a.png': colour(0) })).toBe(
      '"DIR/f/a.png" is in colour, and "x" is declared [2, 3], grey: save it grey, or declare [2, 3, 3]',
    );
    expect(await told({ 'f/a.png': grey(0) }, [picture, label])).toMatch(
      /^"DIR\/f\/a\.png" lies in no folder of its category, and "label" is one: /,
    );
    expect(await told({ 'f/a/1.png': grey(0), 'f/b/1.png': grey(0) }, [picture, label])).toMatch(
      /^"DIR\/f\/b\/1\.png" holds 1, and "label" is category\(1\), a whole number from 0 to 0: declare as many/,
    );
    expect(await told({ 'f/a.png': grey(0) }, [field('x', 'real', [6])])).toMatch(/is nothing that png reads: /);
  });

  it('is a source that specs may name', () => {
    const text = 'data d { x : unit[2, 3]  label : category(2)  source png("digits/{split}", splits: { train: "a" }) }';
    expect(check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) }).diagnostics).toEqual([]);
  });
});
