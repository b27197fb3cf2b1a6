/**
 * Which operands of a contraction tiles read where they lie: numbers of memory, that a tile or a panel finds
 * in the core's own cache when it comes back to them. Whatever else there is to multiply is packed first.
 */
import type { Axis, Tensor, Value } from '../ir.ts';
import { linesHeld, type Caches } from './caches.ts';
import type { Contraction } from './contraction.ts';
import { Dependence } from './dependence.ts';
import { loopsWithin } from './stretch.ts';

type PlainValue = Value & { readonly kind: 'load'; readonly tensor: Tensor };

/**
 * A row's numbers follow each other, and tiles of four rows go along them; where it is a position's numbers that do, the
 * lines of a stretch of `depth` positions must stay for the other rows in them.
 */
export function leftInPlace(contraction: Contraction, value: Value, depth: number, caches: Caches): boolean {
  if (!isPlain(value)) return false;
  const stride = strideAlong(contraction, value, depth);
  return stride !== undefined && (strideOf(value, contraction.row) !== 1 || staysIn(caches, stride, depth));
}

/** Four columns are a vector of memory, and the lines of a panel stay from one tile to the next. */
export function rightInPlace(contraction: Contraction, value: Value, depth: number, caches: Caches): boolean {
  const { column } = contraction;
  if (!isPlain(value) || column.extent % 4 !== 0 || strideOf(value, column) !== 1) return false;
  const stride = strideAlong(contraction, value, depth);
  return stride !== undefined && staysIn(caches, stride, depth);
}

/** Whether `depth` lines, each so many numbers behind the one before, stay in the core's own cache. */
function staysIn(caches: Caches, stride: number, depth: number): boolean {
  return linesHeld(caches, 4 * stride) >= depth;
}

/** Numbers between a position of the loops and the next, if they are as many from the end of one loop to the next. */
function strideAlong(contraction: Contraction, value: PlainValue, depth: number): number | undefined {
  const loops = loopsWithin(contraction, depth).filter(({ extent }) => extent > 1);
  const [innermost, ...around] = loops.reverse();
  if (innermost === undefined) return 0;
  const stride = strideOf(value, innermost);
  if (stride === undefined) return undefined;
  let next = stride * innermost.extent;
  for (const axis of around) {
    if (strideOf(value, axis) !== next) return undefined;
    next *= axis.extent;
  }
  return stride;
}

/** Numbers between a position of the axis and the next; undefined where that differs. */
function strideOf({ index }: PlainValue, axis: Axis): number | undefined {
  const dependence = new Dependence();
  return dependence.strideOf(dependence.affine(index), axis.name);
}

/** Whether the value is a number of memory as it stands: nothing is computed to get it. */
function isPlain(value: Value): value is PlainValue {
  return value.kind === 'load' && value.dtype === 'f32' && value.tensor.storage === 'f32';
}
