/** From the data contracts of a spec to loaded data sets: read, filter, split, convert, standardize. */
import type { DataContract } from '../../compiler/4-tensor/program.ts';
import { UserError } from '../errors.ts';
import { Arguments } from './arguments.ts';
import { checkShape, convert, isGrey } from './convert.ts';
import { concatenated, WHOLE, type DataSet, type LoadedField, type LoadedSplit } from './dataset.ts';
import { addDerived, isDerived } from './derived-fields.ts';
import { derivedSplits } from './derived.ts';
import { findFile, type Folders } from './files.ts';
import { dealt, keptRows } from './partition.ts';
import type { RawField, RawSplit, SourceReader, SourceRequest } from './source.ts';
import { readCsvSource } from './sources/csv.ts';
import { drawGaussianMixture } from './sources/gaussian-mixture.ts';
import { readIdxSource } from './sources/idx.ts';
import { readNpySource, readNpzSource } from './sources/numpy.ts';
import { readPngSource } from './sources/png.ts';
import { readDraws } from './sources/run.ts';
import { drawShapes } from './sources/shapes.ts';
import { simulate } from './sources/simulate.ts';
import { momentsOf, standardized } from './standardize.ts';
import { suggestion } from './suggest.ts';
import type { Field } from './support.ts';

export interface LoadOptions extends Folders {
  /** Readers beside the built-in ones, such as `simulate`, which needs the compiler. */
  readonly sources?: ReadonlyMap<string, SourceReader>;
  /** Computes fields of a set by that program of the plan, [rows, ...] each, from those that were loaded. */
  readonly derive?: (program: string, rows: LoadedSplit) => Promise<ReadonlyMap<string, Float32Array>>;
  /** Sets loaded before, for those that derive from them. */
  readonly sets?: ReadonlyMap<string, DataSet>;
}

const SOURCES: Readonly<Record<string, SourceReader>> = {
  csv: readCsvSource,
  gaussian_mixture: drawGaussianMixture,
  idx: readIdxSource,
  npy: readNpySource,
  npz: readNpzSource,
  png: readPngSource,
  run: readDraws,
  shapes: drawShapes,
  simulate,
};

/** Loads every set, those that others derive from first. Throws a UserError for anything wrong with the data. */
export async function loadDataSets(
  contracts: readonly DataContract[],
  options: LoadOptions,
): Promise<ReadonlyMap<string, DataSet>> {
  const sets = new Map(options.sets);
  const waiting = new Map(contracts.map((contract) => [contract.name, contract]));
  const load = async (contract: DataContract): Promise<void> => {
    waiting.delete(contract.name);
    for (const reference of contract.from) {
      const base = waiting.get(reference.split('.')[0]!);
      if (base !== undefined) await load(base);
    }
    sets.set(contract.name, await loadDataSet(contract, { ...options, sets }));
  };
  for (const contract of contracts) if (waiting.has(contract.name)) await load(contract);
  return sets;
}

/**
 * Loads one set. Rows are filtered, then split, then checked and converted, then standardized by the train split (the
 * first one where none has that name). The same contract and the same files give the same bytes.
 */
export async function loadDataSet(contract: DataContract, options: LoadOptions): Promise<DataSet> {
  const parts = partsOf(contract, numbered(await rawSplits(contract, options)));
  const splits = new Map<string, LoadedSplit>();
  for (const { name, raw, rows } of parts) {
    const fields = new Map<string, LoadedField>();
    for (const field of contract.fields.filter(({ name }) => !isDerived(contract, name))) {
      const rawField = raw.fields.get(field.name);
      if (rawField === undefined) throw noField(contract, field.name, raw);
      checkShape(field, rawField);
      fields.set(field.name, convert(field, rawField, rows));
    }
    splits.set(name, { name, rows: rows.length, fields, indices: rows.map((row) => raw.indices[row]!) });
  }
  const loaded = contract.fields.filter(({ name }) => !isDerived(contract, name));
  const notes = loaded.flatMap((field) => darkBytes(contract.name, field, parts[0]!.raw));
  const standardize = (isNow: (name: string) => boolean): void => {
    for (const { name, standardize } of contract.fields) {
      if (standardize && isNow(name)) standardizeField(contract.name, name, splits, notes);
    }
  };
  standardize((name) => !isDerived(contract, name));
  await addDerived(contract, splits, options);
  standardize((name) => isDerived(contract, name));
  const rows = [...splits.values()].reduce((sum, split) => sum + split.rows, 0);
  return { name: contract.name, rows, splits, notes };
}

function rawSplits(contract: DataContract, options: LoadOptions): Promise<readonly RawSplit[]> {
  if (contract.from.length > 0) return Promise.resolve(derivedSplits(contract, options.sets ?? new Map()));
  const { kind, args } = contract.source;
  const read = options.sources?.get(kind) ?? (Object.hasOwn(SOURCES, kind) ? SOURCES[kind] : undefined);
  if (read !== undefined) {
    const request: SourceRequest = {
      contract,
      args: new Arguments(contract.name, kind, args),
      find: (path, howToGet) => findFile(path, options, howToGet),
    };
    return read(request);
  }
  throw new UserError(
    `there is no source ${kind}(…), which data set "${contract.name}" asks for${suggestion(kind, Object.keys(SOURCES))}`,
  );
}

type NumberedSplit = RawSplit & { readonly indices: Uint32Array };

/** Every row's ordinal: its own, or counted over the splits. */
function numbered(raws: readonly RawSplit[]): readonly NumberedSplit[] {
  let offset = 0;
  return raws.map((raw) => {
    const first = offset;
    offset += raw.rows;
    return { ...raw, indices: raw.indices ?? Uint32Array.from({ length: raw.rows }, (_, row) => first + row) };
  });
}

interface Part {
  readonly name: string;
  readonly raw: NumberedSplit;
  readonly rows: Uint32Array;
}

function partsOf(contract: DataContract, raws: readonly NumberedSplit[]): readonly Part[] {
  const isDealt = contract.split.length > 0;
  if (isDealt && raws.length > 1 && contract.from.length === 0) {
    throw new UserError(
      `data set "${contract.name}" has the splits ${raws.map(({ name }) => name).join(', ')} from its source, so it cannot ` +
        `be split again: drop one of the two, or split a set that derives from it`,
    );
  }
  const pool = isDealt && raws.length > 1 ? [pooled(raws)] : raws;
  const seed = contract.source.args['seed'];
  const parts = pool.flatMap((raw): readonly Part[] => {
    const rows = keptRows(contract, raw);
    if (!isDealt) return [{ name: raw.name, raw, rows }];
    return [...dealt(contract, rows, typeof seed === 'number' ? seed : 0)].map(([name, own]) => ({
      name,
      raw,
      rows: own,
    }));
  });
  for (const { name, raw, rows } of parts) if (rows.length === 0) throw noRows(contract, name, raw);
  return parts;
}

/** Splits of one derived set as one, to be dealt anew. */
function pooled(raws: readonly NumberedSplit[]): NumberedSplit {
  const [first] = raws;
  const fields = new Map<string, RawField>();
  for (const [name, field] of first!.fields) {
    const values = raws.map((raw) => raw.fields.get(name)!.values as Uint8Array | Float32Array | Uint32Array);
    fields.set(name, { ...field, values: concatenated(values) });
  }
  const rows = raws.reduce((sum, raw) => sum + raw.rows, 0);
  return { name: WHOLE, rows, fields, indices: concatenated(raws.map(({ indices }) => indices)) as Uint32Array };
}

function standardizeField(set: string, name: string, splits: Map<string, LoadedSplit>, notes: string[]): void {
  const train = splits.get('train') ?? [...splits.values()][0]!;
  const field = train.fields.get(name)!;
  if (field.standardization !== undefined) return;
  const { mean, sd, constant } = momentsOf(field);
  if (constant.length > 0) {
    const which = field.rowShape.length === 0 ? 'it' : `${constant.length} of its ${mean.length} elements`;
    notes.push(
      `"${name}" of data set "${set}" is standardized, but ${which} never changes over the ${train.rows} rows of ` +
        `${train.name}: there it is 0 in that split`,
    );
  }
  for (const split of splits.values()) {
    const fields = new Map(split.fields);
    fields.set(name, standardized(fields.get(name)!, { mean, sd }));
    splits.set(split.name, { ...split, fields });
  }
}

/** Zeros and ones saved as bytes look like almost black grey values: they are read so, with a remark. */
function darkBytes(set: string, field: Field, raw: RawSplit): readonly string[] {
  const { values, grey, origin } = raw.fields.get(field.name)!;
  if (grey !== undefined || !isGrey(field, raw.fields.get(field.name)!) || values.some((byte) => byte > 1)) return [];
  return [
    `"${field.name}" of data set "${set}" is read as grey values, bytes / 255, but ${origin} holds only the bytes 0 and 1: ` +
      `declare it binary if it means zeros and ones`,
  ];
}

function noRows(contract: DataContract, name: string, raw: RawSplit): UserError {
  const part = name === WHOLE ? '' : `, split "${name}",`;
  const origin = [...raw.fields.values()][0]?.origin ?? `"${contract.name}"`;
  if (raw.rows === 0) return new UserError(`data set "${contract.name}"${part} has no rows: ${origin} holds none`);
  const why = contract.where.map(({ field, operator, value }) => `${field} ${operator} ${value}`).join(' and ');
  return new UserError(
    `data set "${contract.name}"${part} has no rows: none of the ${raw.rows} rows of ${origin} is left` +
      `${why === '' ? ' for its share' : ` where ${why}`}`,
  );
}

function noField(contract: DataContract, name: string, raw: RawSplit): UserError {
  return new UserError(
    `the source of data set "${contract.name}" has no field "${name}"${suggestion(name, [...raw.fields.keys()])}`,
  );
}
