/** `png("faces")`, `png("digits/{split}", splits: { … })`: a folder of PNG pictures. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataContract } from '../../../compiler/4-tensor/program.ts';
import { sizeOf } from '../../../compiler/4-tensor/ir.ts';
import { systemErrorCode, UserError } from '../../errors.ts';
import { readFailure } from '../../formats/files.ts';
import { readPng, type Picture } from '../../formats/png.ts';
import { splitsOf } from '../files.ts';
import { locateIn, type RawField, type RawSplit, type SourceRequest } from '../source.ts';

type Field = DataContract['fields'][number];

/**
 * One row a picture, in the order of their paths: every .png file in the folder and in the folders below it. A field of
 * two axes [height, width] is grey, one of three [height, width, 3] in colour, and grey pictures are fine there too. A
 * category is the folder that a picture lies in: the folders right below the source's, counted in the order of their
 * names over all splits.
 */
export async function readPngSource({ contract, args, find }: SourceRequest): Promise<readonly RawSplit[]> {
  const splits = splitsOf(args);
  const path = args.path();
  args.finish();
  const found: { readonly name: string; readonly folder: string; readonly files: readonly Parts[] }[] = [];
  for (const { name, fill } of splits) {
    const folder = await find(fill(path));
    const files = await picturesIn(folder);
    if (files.length === 0) throw new UserError(`"${folder}" holds no .png files: name the folder that does`);
    found.push({ name, folder, files });
  }
  const categories = [...new Set(found.flatMap(({ files }) => files.map(([first]) => first!)))].sort();
  const result: RawSplit[] = [];
  for (const { name, folder, files } of found) {
    const fields = new Map<string, RawField>();
    for (const field of contract.fields) {
      const isLabel = field.shape.length === 0 && field.support.kind === 'category';
      const raw = isLabel
        ? labels(field, categories, folder, files)
        : await pictures(field, contract.name, folder, files);
      fields.set(field.name, raw);
    }
    result.push({ name, rows: files.length, fields });
  }
  return result;
}

/** A picture's path below the source's folder, part by part. */
type Parts = readonly string[];

async function picturesIn(folder: string, above: Parts = []): Promise<readonly Parts[]> {
  const found: Parts[] = [];
  const entries = await readdir(join(folder, ...above), { withFileTypes: true }).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOTDIR') throw new UserError(`"${folder}" is a file, and png(…) reads a folder`);
    throw readFailure(folder, error);
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const parts = [...above, entry.name];
    if (entry.isDirectory()) found.push(...(await picturesIn(folder, parts)));
    else if (/\.png$/i.test(entry.name)) found.push(parts);
  }
  return found;
}

function labels(field: Field, categories: readonly string[], folder: string, files: readonly Parts[]): RawField {
  const direct = files.find((parts) => parts.length === 1);
  if (direct !== undefined) {
    throw new UserError(
      `"${join(folder, ...direct)}" lies in no folder of its category, and "${field.name}" is one: put each category's ` +
        `pictures in a folder of their own below "${folder}"`,
    );
  }
  const values = Uint32Array.from(files, ([category]) => categories.indexOf(category!));
  const origin = `the folders of "${folder}"`;
  return { values, shape: [], origin, locate: (row) => `"${join(folder, ...files[row]!)}"` };
}

async function pictures(field: Field, set: string, folder: string, files: readonly Parts[]): Promise<RawField> {
  const { shape } = field;
  const isGrey = shape.length === 2;
  if (!isGrey && !(shape.length === 3 && shape[2] === 3)) {
    throw new UserError(
      `"${field.name}" of data set "${set}" is nothing that png reads: pictures are unit[height, width] or ` +
        `unit[height, width, 3], and the folder that one lies in is a category(k)`,
    );
  }
  const size = sizeOf(shape);
  const values = new Uint8Array(files.length * size);
  for (const [row, parts] of files.entries()) {
    const path = join(folder, ...parts);
    const picture = await readPng(path);
    checkPicture(field, picture, path);
    const repeats = size / picture.pixels.length;
    for (let i = 0; i < size; i++) values[row * size + i] = picture.pixels[Math.floor(i / repeats)]!;
  }
  const locate: RawField['locate'] = (row, element) => locateIn(`"${join(folder, ...files[row]!)}"`, shape)(0, element);
  return { values, shape, grey: true, origin: `"${folder}"`, locate };
}

/** Throws a UserError for a picture of another size, and for a coloured one where the field is grey. */
function checkPicture({ name, shape }: Field, { width, height, channels }: Picture, path: string): void {
  const [rows, columns] = shape;
  if (height !== rows || width !== columns) {
    throw new UserError(
      `"${path}" has ${height} rows of ${width} pixels, and "${name}" is declared [${shape.join(', ')}]: ` +
        `bring the pictures to one size, or declare that`,
    );
  }
  if (channels === 3 && shape.length === 2) {
    throw new UserError(
      `"${path}" is in colour, and "${name}" is declared [${shape.join(', ')}], grey: save it grey, or declare ` +
        `[${shape.join(', ')}, 3]`,
    );
  }
}
