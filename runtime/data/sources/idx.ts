/** `idx(images: "…", labels: "…", splits: { … })`: IDX files, one a field. */
import type { DataContract } from '../../../compiler/4-tensor/program.ts';
import { UserError } from '../../errors.ts';
import { readIdx } from '../../formats/idx.ts';
import { splitsOf } from '../files.ts';
import { locateIn, type RawField, type RawSplit, type SourceRequest } from '../source.ts';
import { sameRows } from './rows.ts';

/**
 * A field is read from the argument of its own name; else a field with a shape from `images`, one without from
 * `labels`. With `levels: k` the bytes of a category(k) picture are cut into k equal steps of grey.
 */
export async function readIdxSource({ contract, args, find }: SourceRequest): Promise<readonly RawSplit[]> {
  const splits = splitsOf(args);
  const levels = args.has('levels') ? args.whole('levels', 2) : undefined;
  const paths = new Map(
    contract.fields.map((field) => [field.name, args.text(argumentOf(field, (name) => args.has(name)))]),
  );
  args.finish();
  const result: RawSplit[] = [];
  for (const { name, fill } of splits) {
    const fields = new Map<string, RawField>();
    for (const field of contract.fields) {
      const path = await find(fill(paths.get(field.name)!));
      const read = await readIdx(path);
      const shape = read.shape.slice(1);
      if (read.shape.length === 0) throw new UserError(`"${path}" holds a single number, where rows are needed`);
      const stepped = levels !== undefined && field.support.kind === 'category' && shape.length > 0;
      const values = stepped ? read.data.map((byte) => Math.floor((byte * levels) / 256)) : read.data;
      fields.set(field.name, { values, shape, origin: `"${path}"`, locate: locateIn(`"${path}"`, shape) });
    }
    result.push({ name, rows: sameRows(contract.name, fields), fields });
  }
  return result;
}

function argumentOf(field: DataContract['fields'][number], has: (name: string) => boolean): string {
  if (has(field.name)) return field.name;
  return field.shape.length > 0 ? 'images' : 'labels';
}
