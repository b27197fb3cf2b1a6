/** From a source's numbers to the numbers on the device, checked against the contract. */
import { sizeOf, type Shape } from '../../compiler/4-tensor/ir.ts';
import { UserError } from '../errors.ts';
import type { LoadedField } from './dataset.ts';
import type { RawField } from './source.ts';
import { supportOf, type Field } from './support.ts';

/** Throws a UserError unless a row of the source has the shape that the contract says. */
export function checkShape(field: Field, raw: RawField): void {
  if (field.shape.join() === raw.shape.join()) return;
  throw new UserError(
    `"${field.name}" is declared ${declared(field, field.shape)}, and ${raw.origin} holds ${declared(field, raw.shape)} ` +
      `a row: declare it so, or name another file`,
  );
}

/** Whether a stored byte b of this source means b / 255 to this field. */
export function isGrey(field: Field, raw: RawField): boolean {
  if (raw.grey !== undefined) return raw.grey;
  if (!(raw.values instanceof Uint8Array)) return false;
  return field.support.kind === 'unit' || field.table.scale !== 1;
}

/**
 * The field's numbers of the given rows, in that order. Every one is checked: finite, within the field's support, and
 * one that the field's storage can hold; a UserError names the first that is not, with its place in the file.
 */
export function convert(field: Field, raw: RawField, rows: Uint32Array): LoadedField {
  const { storage } = field.table;
  const scale = cutsAtLoad(field) ? 1 : field.table.scale;
  const result = { name: field.name, storage, rowShape: field.shape, scale };
  const direct = storage === 'u8' && raw.values instanceof Uint8Array && isDirect(field, raw, scale);
  const size = sizeOf(field.shape);
  if (direct) return { ...result, values: gathered(raw.values, rows, size) };
  const values = emptyOf(storage, rows.length * size);
  const read = raw.values;
  const support = supportOf(field);
  const allows = raw.standardization === undefined ? support.allows : () => true;
  const unit = isGrey(field, raw) ? 255 : 1;
  const threshold = raw.binarized === true ? undefined : thresholdOf(field);
  let to = 0;
  for (const row of rows) {
    for (let element = 0; element < size; element++, to++) {
      const value = read[row * size + element]! / unit;
      if (!Number.isFinite(value)) throw notFinite(field, raw, row, element);
      if (!allows(value)) throw outside(field, raw, row, element, value);
      const stored = threshold === undefined ? value / scale : value >= threshold ? 1 : 0;
      values[to] = storage === 'f32' ? stored : Math.round(stored);
      const isFar = Math.abs(values[to]! - stored) > 1e-3 * Math.max(1, Math.abs(stored));
      if (isFar || (storage === 'f32' && !allows(onDevice(value)))) {
        throw unstorable(field, raw, row, element, value);
      }
    }
  }
  if (field.support.kind === 'simplex') checkSums(field, raw, rows);
  return {
    ...result,
    values,
    ...(raw.standardization === undefined ? {} : { standardization: raw.standardization }),
    ...(cutsAtLoad(field) ? { binarized: true } : {}),
  };
}

/** Bytes that mean on the device what they mean in the file, and that cannot be outside the support. */
function isDirect(field: Field, raw: RawField, scale: number): boolean {
  const { kind } = field.support;
  if (cutsAtLoad(field) || (kind !== 'unit' && kind !== 'real')) return false;
  return isGrey(field, raw) ? Math.abs(scale * 255 - 1) < 1e-6 : scale === 1 && kind === 'real';
}

/** As a kernel reads it: numbers too small for a float's exponent may be read as 0. */
function onDevice(value: number): number {
  const rounded = Math.fround(value);
  return Math.abs(rounded) < 2 ** -126 ? 0 : rounded;
}

function cutsAtLoad(field: Field): boolean {
  return field.binarize?.kind === 'threshold';
}

function thresholdOf(field: Field): number | undefined {
  return field.binarize?.kind === 'threshold' ? field.binarize.at : undefined;
}

function gathered(values: Uint8Array, rows: Uint32Array, size: number): Uint8Array {
  const isWhole = rows.length * size === values.length && rows.every((row, at) => row === at);
  if (isWhole) return values;
  const result = new Uint8Array(rows.length * size);
  rows.forEach((row, at) => result.set(values.subarray(row * size, (row + 1) * size), at * size));
  return result;
}

function emptyOf(storage: 'u8' | 'f32' | 'u32', length: number): LoadedField['values'] {
  if (storage === 'u8') return new Uint8Array(length);
  return storage === 'f32' ? new Float32Array(length) : new Uint32Array(length);
}

/** Numbers of a simplex sum to 1 along the last axis. */
function checkSums(field: Field, raw: RawField, rows: Uint32Array): void {
  const size = sizeOf(field.shape);
  const width = field.shape.at(-1) ?? 1;
  for (const row of rows) {
    for (let begin = 0; begin < size; begin += width) {
      let sum = 0;
      for (let element = begin; element < begin + width; element++) sum += raw.values[row * size + element]!;
      if (Math.abs(sum - 1) <= 1e-3) continue;
      throw new UserError(
        `${raw.locate(row, begin)}: the ${width} numbers of "${field.name}" sum to ${sum}, and on a simplex they sum to 1`,
      );
    }
  }
}

function notFinite(field: Field, raw: RawField, row: number, element: number): UserError {
  return new UserError(
    `${raw.locate(row, element)} holds ${raw.values[row * sizeOf(field.shape) + element]}, and "${field.name}" needs ` +
      `numbers: drop such rows from the file, or fill them in`,
  );
}

function outside(field: Field, raw: RawField, row: number, element: number, value: number): UserError {
  const { words, advice } = supportOf(field);
  return new UserError(
    `${raw.locate(row, element)} holds ${value}, and "${field.name}" is ${declared(field, field.shape)}, ${words}: ${advice}`,
  );
}

function unstorable(field: Field, raw: RawField, row: number, element: number, value: number): UserError {
  const room = { u8: 'bytes', u32: 'whole numbers below 2^32', f32: '32-bit floats' }[field.table.storage];
  return new UserError(
    `${raw.locate(row, element)} holds ${value}, and "${field.name}" lies on the device as ${room}` +
      `${field.table.scale === 1 ? '' : ` times ${field.table.scale}`}, which cannot hold it: save the file in that range`,
  );
}

/** `unit[28, 28]`, `category(10)`. */
function declared(field: Field, shape: Shape): string {
  const { support } = field;
  const size = support.kind === 'category' || support.kind === 'step' ? `(${support.size})` : '';
  return `${support.kind}${size}${shape.length === 0 ? '' : `[${shape.join(', ')}]`}`;
}
