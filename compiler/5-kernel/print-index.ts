/** Indices and elements of tensors as text: `x[row, k]`, the flat index taken apart along the tensor's shape. */
import type { Shape } from '../4-tensor/ir.ts';
import { stridesOf } from './index-algebra.ts';
import { unbounded, type Index, type Tensor, type Value } from './ir.ts';

type PrintValue = (value: Value) => string;

/** tensor[i, j]; tensor[28 i + j] where the index does not follow the shape's axes. */
export function element(tensor: Tensor, index: Index, value: PrintValue): string {
  const isTable = tensor.role.kind === 'table';
  const shape = isTable ? [unbounded, ...tensor.shape.slice(1)] : tensor.shape;
  const rows = [shape[0] ?? 1, shape.slice(1).reduce((product, extent) => product * extent, 1)];
  const parts = split(index, shape) ?? split(index, rows) ?? [index];
  return `${tensor.name}[${parts.map((part) => printIndex(part, value)).join(', ')}]`;
}

export function printIndex(index: Index, value: PrintValue): string {
  const wrapped = (part: Index): string =>
    part.kind === 'sum' ? `(${printIndex(part, value)})` : printIndex(part, value);
  switch (index.kind) {
    case 'constant':
      return `${index.value}`;
    case 'axis':
      return index.axis.name;
    case 'sum':
      return index.terms
        .map((term) => printIndex(term, value))
        .join(' + ')
        .replaceAll('+ -', '- ');
    case 'scaled':
      return `${index.factor === -1 ? '-' : `${index.factor} `}${wrapped(index.index)}`;
    case 'quotient':
      return `⌊${wrapped(index.index)} / ${index.divisor}⌋`;
    case 'remainder':
      return `${wrapped(index.index)} mod ${index.divisor}`;
    case 'value':
      return value(index.value);
  }
}

/** The terms of a flat index by the axis of `shape` whose stride divides them; undefined where one fits none. */
function split(index: Index, shape: Shape): Index[] | undefined {
  const strides = stridesOf(shape);
  const parts = shape.map((): Index[] => []);
  const highest = shape.map(() => 0);
  for (const term of index.kind === 'sum' ? index.terms : [index]) {
    if (term.kind === 'constant') {
      let rest = term.value;
      if (rest < 0) return undefined;
      strides.forEach((stride, axis) => {
        const whole = Math.floor(rest / stride);
        if (whole !== 0) parts[axis]!.push({ kind: 'constant', value: whole });
        highest[axis]! += whole;
        rest -= whole * stride;
      });
      continue;
    }
    const [factor, atom] = term.kind === 'scaled' ? [term.factor, term.index] : [1, term];
    const axis = strides.findIndex((stride, i) => factor > 0 && factor % stride === 0 && shape[i]! > 1);
    if (axis < 0) return undefined;
    const multiple = factor / strides[axis]!;
    highest[axis]! += (extentOf(atom) - 1) * multiple;
    parts[axis]!.push(multiple === 1 ? atom : { kind: 'scaled', factor: multiple, index: atom });
  }
  if (highest.some((high, axis) => high >= shape[axis]!)) return undefined;
  return parts.map((terms): Index => {
    if (terms.length === 0) return { kind: 'constant', value: 0 };
    return terms.length === 1 ? terms[0]! : { kind: 'sum', terms };
  });
}

/** How many values a term takes; a quotient or remainder counts as one axis of the shape. */
function extentOf(index: Index): number {
  switch (index.kind) {
    case 'axis':
      return index.axis.extent;
    case 'value':
      return index.extent;
    case 'remainder':
      return index.divisor;
    default:
      return 1;
  }
}
