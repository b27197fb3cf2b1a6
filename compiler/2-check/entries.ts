/** Entries of lists and tensors: `results[0]`, `x[0]`, `centers[k]`, `centers[label]`. The first entry is number 0. */
import type { ExprOf } from '../1-syntax/ast.ts';
import type { Frame } from './context.ts';
import { deriveLinearly } from './derive.ts';
import { staticCount } from './static.ts';
import { entrySupport, fixedNumbers } from './supports.ts';
import { toTensor } from './tensors.ts';
import { describe, invalid, type ScalarValue, type TensorValue, type Value, type ValueOf } from './values.ts';

/** An item of a list by a number that is fixed. */
export function itemOf({ items }: ValueOf<'list'>, index: ScalarValue, expr: ExprOf<'index'>, frame: Frame): Value {
  const { span } = expr.indices[0]!;
  const position = staticCount(index, span, 'an index', frame, 0);
  const item = position === undefined ? invalid : items[position];
  if (item !== undefined) return item;
  outside(items.length, index, expr, frame);
  return invalid;
}

/** The entry of a tensor's first axis by a number that is fixed: the same for every row. */
export function entryOfTensor(object: TensorValue, index: ScalarValue, expr: ExprOf<'index'>, frame: Frame): Value {
  const { b, session } = frame.context;
  const [extent, ...rest] = object.shape;
  if (extent === undefined) {
    const params = { expected: 'a list, or a vector', found: describe(object) };
    session.report('wrong-type', expr.object.span, params);
    return invalid;
  }
  const position = staticCount(index, expr.indices[0]!.span, 'an index', frame, 0);
  if (position === undefined) return invalid;
  if (position >= extent) {
    outside(extent, index, expr, frame);
    return invalid;
  }
  return deriveLinearly(frame, [object], ([value]) => {
    const { node, plates, support, unit } = value!;
    const outer = node.shape.slice(0, plates.length);
    const starts = node.shape.map((_, axis) => (axis === plates.length ? position : 0));
    const entry = b.reshape(b.slice(node, starts, [...outer, 1, ...rest]), [...outer, ...rest]);
    return { node: entry, support: entrySupport(support, rest.length), shape: rest, plates, unit };
  });
}

/**
 * The entries of the first axis at the index's own number: of a category, or of a range. An index that is not known to
 * stay within the axis is an error here, not a wrong read there.
 */
export function entryAt(
  object: ValueOf<'list'> | TensorValue,
  index: TensorValue,
  expr: ExprOf<'index'>,
  frame: Frame,
): Value {
  const { b, session } = frame.context;
  const value = toTensor(frame, object, expr.object.span);
  if (value === undefined) return invalid;
  const [extent, ...rest] = value.shape;
  if (extent === undefined || value.plates.length > 0) {
    const params = { expected: 'a list, or a vector that is the same for every row', found: describe(value) };
    session.report('wrong-type', expr.object.span, params);
    return invalid;
  }
  const last = largestOf(index);
  if (last === undefined || last >= extent) {
    outside(extent, index, expr, frame);
    return invalid;
  }
  const { plates } = index;
  const at = index.node.dtype === 'u32' ? index.node : b.map('toU32', index.node);
  return deriveLinearly(frame, [value], () => {
    const shape = [...index.shape, ...rest];
    const support = entrySupport(value.support, rest.length);
    return { node: b.take(value.node, at), support, shape, plates, unit: value.unit };
  });
}

/** The largest number that an index may be; undefined where that is not known, or it may be no whole number. */
function largestOf({ node, support }: TensorValue): number | undefined {
  const numbers = fixedNumbers(node);
  if (numbers !== undefined)
    return numbers.every((n) => Number.isInteger(n) && n >= 0) ? Math.max(...numbers) : undefined;
  switch (support.kind) {
    case 'category':
      return support.size - 1;
    case 'step':
      return support.size;
    case 'binary':
      return 1;
    default:
      return undefined;
  }
}

function outside(extent: number, index: Value, expr: ExprOf<'index'>, frame: Frame): void {
  const found = describe(index);
  frame.context.session.report('wrong-type', expr.indices[0]!.span, { expected: `an index below ${extent}`, found });
}
