/** Which rows of a source end up where: `where` keeps some, `split` deals them out. */
import type { DataContract } from '../../compiler/4-tensor/program.ts';
import { UserError } from '../errors.ts';
import { isGrey } from './convert.ts';
import { shuffled } from './random.ts';
import type { RawSplit } from './source.ts';

type Condition = DataContract['where'][number];

/** The rows (0 ..) of a split for which every condition holds. Conditions compare numbers as they are in the source. */
export function keptRows(contract: DataContract, split: RawSplit): Uint32Array {
  const tests = contract.where.map((condition) => {
    const field = contract.fields.find(({ name }) => name === condition.field);
    const raw = split.fields.get(condition.field);
    if (field === undefined || raw === undefined) {
      throw new UserError(
        `"where ${condition.field} …": data set "${contract.name}" has no field "${condition.field}"`,
      );
    }
    if (field.shape.length > 0) {
      throw new UserError(
        `"where ${condition.field} …" needs one number a row, and it has shape [${field.shape.join(', ')}]`,
      );
    }
    const unit = isGrey(field, raw) ? 255 : 1;
    return (row: number) => holds(raw.values[row]! / unit, condition);
  });
  const rows = Uint32Array.from({ length: split.rows }, (_, row) => row);
  return tests.length === 0 ? rows : rows.filter((row) => tests.every((test) => test(row)));
}

function holds(value: number, { operator, value: bound }: Condition): boolean {
  switch (operator) {
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
}

/**
 * Deals rows into parts by a shuffle drawn from the seed: each row in exactly one part, part i having
 * round(N (s_1 + … + s_i)) - round(N (s_1 + … + s_{i-1})) of the N, in ascending order. Shares sum to 1.
 */
export function dealt(contract: DataContract, rows: Uint32Array, seed: number): ReadonlyMap<string, Uint32Array> {
  const { split, name } = contract;
  const total = split.reduce((sum, { share }) => sum + share, 0);
  const written = split.map((part) => `${part.name}: ${part.share}`).join(', ');
  if (split.some(({ share }) => !(share > 0)) || Math.abs(total - 1) > 1e-6) {
    throw new UserError(`"split ${written}" of data set "${name}": the shares must be above 0 and sum to 1`);
  }
  const order = shuffled(rows.length, seed, 'split');
  const parts = new Map<string, Uint32Array>();
  let share = 0;
  let begin = 0;
  for (const part of split) {
    share += part.share;
    const end = Math.round(share * rows.length);
    parts.set(
      part.name,
      order
        .slice(begin, end)
        .sort()
        .map((at) => rows[at]!),
    );
    begin = end;
  }
  return parts;
}
