/** Sets made of others: `data d = mixture where label != 4`, `data d = concat(a, b)`. */
import type { DataContract } from '../../compiler/4-tensor/program.ts';
import { UserError } from '../errors.ts';
import { isDerived } from './derived-fields.ts';
import { concatenated, splitNamed, WHOLE, type DataSet, type LoadedField, type LoadedSplit } from './dataset.ts';
import { locateIn, type RawField, type RawSplit } from './source.ts';
import { suggestion } from './suggest.ts';

/**
 * The rows of the sets in `from`: one set keeps its splits, several are put end to end, all of their rows, into one. A
 * row keeps its ordinal; those of a later set come after all of the earlier ones'.
 */
export function derivedSplits(contract: DataContract, sets: ReadonlyMap<string, DataSet>): readonly RawSplit[] {
  const [first, ...others] = contract.from;
  const splits = others.length === 0 ? sets.get(first!)?.splits : undefined;
  const groups =
    splits === undefined
      ? [contract.from.map((from) => splitNamed(sets, from))]
      : [...splits.values()].map((split) => [split]);
  return groups.map((group) => {
    const held = contract.fields.filter(({ name }) => !isDerived(contract, name));
    const fields = new Map(held.map(({ name }) => [name, joined(contract, name, group)]));
    const rows = group.reduce((sum, split) => sum + split.rows, 0);
    return { name: splits === undefined ? WHOLE : group[0]!.name, rows, fields, indices: joinedIndices(group) };
  });
}

function joined(contract: DataContract, name: string, splits: readonly LoadedSplit[]): RawField {
  const fields = splits.map((split, at) => {
    const field = split.fields.get(name);
    if (field !== undefined) return field;
    throw new UserError(
      `"${contract.from[at]}" has no field "${name}", which "${contract.name}" needs${suggestion(name, [...split.fields.keys()])}`,
    );
  });
  const [first] = fields;
  const odd = fields.findIndex((field) => describe(field) !== describe(first!));
  if (odd > 0) {
    throw new UserError(
      `"${name}" of data set "${contract.name}" is ${describe(first!)} in "${contract.from[0]}" and ` +
        `${describe(fields[odd]!)} in "${contract.from[odd]}": both must be the same to be joined`,
    );
  }
  const origin = `"${contract.from.join(' and ')}"`;
  const { rowShape, storage, scale, standardization, binarized } = first!;
  return {
    values: concatenated(fields.map(({ values }) => values)),
    shape: rowShape,
    grey: storage === 'u8' && scale !== 1,
    ...(standardization === undefined ? {} : { standardization }),
    ...(binarized === undefined ? {} : { binarized }),
    origin,
    locate: locateIn(origin, rowShape),
  };
}

function describe({ rowShape, storage, scale, standardization }: LoadedField): string {
  const numbers = `${storage}[${rowShape.join(', ')}]${scale === 1 ? '' : ` times ${scale}`}`;
  if (standardization === undefined) return numbers;
  return `${numbers}, standardized by mean ${standardization.mean.join(', ')} and deviation ${standardization.sd.join(', ')}`;
}

function joinedIndices(splits: readonly LoadedSplit[]): Uint32Array {
  let offset = 0;
  const parts = splits.map(({ indices }) => {
    const shifted = indices.map((index) => index + offset);
    offset = indices.reduce((largest, index) => Math.max(largest, index), -1) + 1 + offset;
    return shifted;
  });
  return concatenated(parts) as Uint32Array;
}
