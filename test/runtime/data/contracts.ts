/** Data contracts and files for tests, written short. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DataContract, DataValue } from '../../../compiler/4-tensor/program.ts';
import { loadDataSet } from '../../../runtime/data/load.ts';
import { UserError } from '../../../runtime/errors.ts';
import { encodeNpy, type NpyData } from '../../../runtime/formats/npy.ts';
import { temporaryFolder } from '../folder.ts';

type Field = DataContract['fields'][number];

/** `field('x', 'unit', [28, 28])` lies as the compiler would lay it unless said otherwise. */
export function field(
  name: string,
  kind: Field['support']['kind'],
  shape: readonly number[] = [],
  rest: Partial<Omit<Field, 'name' | 'support' | 'shape' | 'table'>> & {
    readonly u8?: 'grey' | 'plain';
    /** Of a category or a step; a simplex has its last axis. */
    readonly size?: number;
  } = {},
): Field {
  const { u8, size = shape.at(-1) ?? 0, ...others } = rest;
  const support = kind === 'category' || kind === 'step' || kind === 'simplex' ? { kind, size } : { kind };
  const whole = kind === 'category' || kind === 'step';
  const storage = u8 !== undefined ? 'u8' : whole ? 'u32' : 'f32';
  const table = { field: name, storage, rowShape: shape, scale: u8 === 'grey' ? 1 / 255 : 1 } as const;
  return { name, support, shape, table, standardize: false, ...others };
}

export function contract(
  name: string,
  fields: readonly Field[],
  kind: string,
  args: { readonly [name: string]: DataValue },
  rest: Partial<Pick<DataContract, 'split' | 'where' | 'from'>> = {},
): DataContract {
  return { name, fields, source: { kind, args }, split: [], where: [], from: [], ...rest };
}

export const trainAndTest = [
  { name: 'train', share: 0.8 },
  { name: 'test', share: 0.2 },
];

/** Writes files into a folder of the test's own. */
export function folderOf(files: { readonly [name: string]: Uint8Array | string }): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

export async function values(of: DataContract, folder: string, name: string, part = 'all'): Promise<number[]> {
  const set = await loadDataSet(of, { folder });
  return [...set.splits.get(part)!.fields.get(name)!.values];
}

/** The message of the UserError that loading ends with. */
export async function refusal(of: DataContract, folder = '.'): Promise<string> {
  const error: unknown = await loadDataSet(of, { folder }).then(
    () => new Error('it loaded'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(folder === '.' ? '\0' : folder, 'DIR');
}

/** A set of one field `x` in a .npy file of its own. */
export const npy = (
  support: Field['support']['kind'],
  shape: readonly number[],
  data: NpyData,
  options: Parameters<typeof field>[3] = {},
) => {
  const rows = shape.length === 0 ? data.length : data.length / shape.reduce((product, extent) => product * extent, 1);
  const folder = folderOf({ 'x.npy': encodeNpy([rows, ...shape], data) });
  return { folder, of: contract('d', [field('x', support, shape, options)], 'npy', { x: 'x.npy' }) };
};
