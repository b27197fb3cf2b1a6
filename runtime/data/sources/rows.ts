/** How many rows fields of several files have together. */
import { sizeOf } from '../../../compiler/4-tensor/ir.ts';
import { UserError } from '../../errors.ts';
import { counted } from '../dataset.ts';
import type { RawField } from '../source.ts';

/** The number of rows, which all fields share. Throws a UserError that names two files that differ. */
export function sameRows(set: string, fields: ReadonlyMap<string, RawField>): number {
  const lengths = [...fields.values()].map((field) => ({ field, rows: rowsOf(field) }));
  const [first] = lengths;
  if (first === undefined) throw new UserError(`data set "${set}" has no fields`);
  const other = lengths.find(({ rows }) => rows !== first.rows);
  if (other === undefined) return first.rows;
  throw new UserError(
    `${first.field.origin} has ${counted(first.rows, 'row')} and ${other.field.origin} has ${other.rows}: ` +
      `the fields of data set "${set}" must have equally many`,
  );
}

function rowsOf(field: RawField): number {
  const size = sizeOf(field.shape);
  return size === 0 ? 0 : field.values.length / size;
}
