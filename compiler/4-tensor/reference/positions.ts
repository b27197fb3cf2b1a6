/** Row-major arrays and strided walks over them. */
import { sizeOf, type Shape } from '../ir.ts';

/** How far apart neighbours along each axis lie. */
export function stridesOf(shape: Shape): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** offset + Σ index[axis] · strides[axis], for every index of the shape in row-major order. */
export function positions(shape: Shape, strides: readonly number[], offset: number): Int32Array {
  const out = new Int32Array(sizeOf(shape));
  if (out.length === 0) return out;
  out[0] = offset;
  let filled = 1;
  // From the last axis outwards: what is filled is one block, repeated along the next axis.
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis]!;
    const stride = strides[axis]!;
    for (let i = 1; i < extent; i++) for (let j = 0; j < filled; j++) out[i * filled + j] = out[j]! + i * stride;
    filled *= extent;
  }
  return out;
}
