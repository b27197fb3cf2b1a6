/** `standardize x`: mean 0 and standard deviation 1 over the train split, the same map for every split. */
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { InternalError } from '../errors.ts';
import type { LoadedField, Standardization } from './dataset.ts';

/**
 * Mean and deviation of every element over the rows of the train split, in float64 and in two passes. An element that
 * is the same number in every row has deviation 1, so that it becomes 0; `constant` lists those.
 */
export function momentsOf(field: LoadedField): Standardization & { readonly constant: readonly number[] } {
  const size = sizeOf(field.rowShape);
  const rows = field.values.length / size;
  const mean = Array.from({ length: size }, () => 0);
  const square = Array.from({ length: size }, () => 0);
  field.values.forEach((value, at) => (mean[at % size]! += (value * field.scale) / rows));
  field.values.forEach((value, at) => (square[at % size]! += (value * field.scale - mean[at % size]!) ** 2 / rows));
  const constant = mean.flatMap((_, element) => (isConstant(field, element, size) ? [element] : []));
  const sd = square.map((variance, element) => (constant.includes(element) ? 1 : Math.sqrt(variance)));
  return { mean, sd, constant };
}

/** (x - mean) / sd. */
export function standardized(field: LoadedField, { mean, sd }: Standardization): LoadedField {
  if (field.storage !== 'f32') throw new InternalError(`"${field.name}" is standardized but lies as ${field.storage}`);
  const size = mean.length;
  const values = new Float32Array(field.values.length);
  for (let at = 0; at < values.length; at++) {
    values[at] = (field.values[at]! * field.scale - mean[at % size]!) / sd[at % size]!;
  }
  return { ...field, values, scale: 1, standardization: { mean, sd } };
}

function isConstant(field: LoadedField, element: number, size: number): boolean {
  for (let at = element; at < field.values.length; at += size) {
    if (field.values[at] !== field.values[element]) return false;
  }
  return true;
}
