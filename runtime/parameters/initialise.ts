/**
 * Initial parameters: every number is a function of (seed, path, element), so that a layer added to a spec, or taken
 * from it, leaves the others as they were.
 */
import { mixSeed, streamKey, threefry2x32 } from '../../compiler/ops/index.ts';
import type { Constraint, Parameter, ParameterLayout } from '../../compiler/4-tensor/program.ts';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { LoadedField, LoadedSplit } from '../data/dataset.ts';
import { InternalError, UserError } from '../errors.ts';
import { normalOf, uniformOf } from '../random-words.ts';

/** Rows of a data set by reference, for parameters that begin as some of them. */
export type Rows = (reference: string) => LoadedSplit;

/** The flat vector of stored (free) numbers, [layout.length]; zeros between the parameters. */
export function initialParameters(layout: ParameterLayout, seed: number, rows: Rows): Float32Array {
  const vector = new Float32Array(layout.length);
  for (const parameter of layout.parameters) vector.set(initialValues(parameter, seed, rows), parameter.offset);
  return vector;
}

/** The stored numbers of one parameter, row major. */
export function initialValues(parameter: Parameter, seed: number, rows: Rows): Float32Array {
  const { path, shape, initialiser } = parameter;
  const size = sizeOf(shape);
  const draw = drawsOf(seed, path);
  const fill = (value: (element: number) => number) => Float32Array.from({ length: size }, (_, i) => value(i));
  switch (initialiser.kind) {
    case 'fan-in': {
      const bound = 1 / Math.sqrt(initialiser.fanIn);
      return fill((i) => draw.uniform(i, bound));
    }
    case 'glorot': {
      const bound = Math.sqrt(6 / (initialiser.fanIn + initialiser.fanOut));
      return fill((i) => draw.uniform(i, bound));
    }
    case 'he': {
      const sd = Math.sqrt(2 / initialiser.fanIn);
      return fill((i) => sd * draw.normal(i));
    }
    case 'normal': {
      const { sd } = initialiser;
      return fill((i) => sd * draw.normal(i));
    }
    case 'constant': {
      const { value } = initialiser;
      return fill(() => value);
    }
    case 'values':
      if (initialiser.values.length !== size) {
        throw new InternalError(`"${path}" has ${size} numbers and ${initialiser.values.length} initial values`);
      }
      return Float32Array.from(initialiser.values);
    case 'data':
      return rowsOf(parameter, rows(initialiser.set), initialiser.set, initialiser.field, draw);
  }
}

interface PathDraws {
  /** Uniform on (-bound, bound) for an element. */
  uniform(element: number, bound: number): number;
  normal(element: number): number;
  /** 32 bits. */
  bits(element: number): number;
}

function drawsOf(seed: number, path: string): PathDraws {
  const key = mixSeed(seed);
  const stream = streamKey('initial', path);
  const words = (element: number) => threefry2x32(key, stream, element, 0);
  return {
    // At the middle of its cell: never an end of the interval.
    uniform: (element, bound) => bound * (2 * (uniformOf(words(element)) + 2 ** -54) - 1),
    normal: (element) => normalOf(words(element)),
    bits: (element) => words(element)[0],
  };
}

/** As many rows as the parameter has room for, drawn without replacement: those whose drawn bits are smallest. */
function rowsOf(
  { path, shape, constraint }: Parameter,
  split: LoadedSplit,
  set: string,
  fieldName: string,
  draw: PathDraws,
): Float32Array {
  const field: LoadedField | undefined = split.fields.get(fieldName);
  if (field === undefined) throw new InternalError(`"${path}" begins as rows of "${fieldName}", which "${set}" lacks`);
  const width = sizeOf(field.rowShape);
  const count = sizeOf(shape) / width;
  if (!Number.isInteger(count)) throw new InternalError(`"${path}" does not hold whole rows of "${fieldName}"`);
  if (count > split.rows) {
    throw new UserError(`"${path}" begins as ${count} rows of "${set}", which has only ${split.rows}`);
  }
  const order = Array.from({ length: split.rows }, (_, row) => ({ row, bits: draw.bits(row) }));
  order.sort((a, b) => a.bits - b.bits || a.row - b.row);
  const values = new Float32Array(sizeOf(shape));
  order.slice(0, count).forEach(({ row }, place) => {
    for (let i = 0; i < width; i++) {
      values[place * width + i] = freeNumber(constraint, field.values[row * width + i]! * field.scale, path);
    }
  });
  return values;
}

/** A value at the edge of its range has no finite free number: it begins this far inside. */
const inside = 1e-3;

/** The free number that the constraint's bijection (softplus, sigmoid) maps to `value`. */
export function freeNumber(constraint: Constraint, value: number, path: string): number {
  switch (constraint) {
    case 'real':
      return value;
    case 'positive': {
      const kept = Math.max(value, inside);
      return kept + Math.log(-Math.expm1(-kept));
    }
    case 'unit': {
      const kept = Math.min(Math.max(value, inside), 1 - inside);
      return Math.log(kept) - Math.log1p(-kept);
    }
    case 'simplex':
    case 'cholesky':
      throw new InternalError(`"${path}" is kept in a ${constraint}, and cannot begin as rows of data`);
  }
}
