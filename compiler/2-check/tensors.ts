/** Elementwise work on values: plates joined, shapes checked, supports carried along. */
import type { Expr } from '../1-syntax/ast.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import { sameShape } from '../4-tensor/builder.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Support } from '../distributions/distribution.ts';
import { ops, type OpName } from '../ops/index.ts';
import type { Frame } from './context.ts';
import { resultSupport } from './supports.ts';
import { describe, describeShape, invalid, type Plate, type TensorValue, type Value } from './values.ts';

export function joinPlates(lists: readonly (readonly Plate[])[]): Plate[] {
  const all = new Map<number, Plate>();
  for (const plate of lists.flat()) all.set(plate.id, plate);
  return [...all.values()].sort((a, b) => a.id - b.id);
}

/** The node of a value spread over more plates and, where it is a single number, over a shape. */
export function spread(frame: Frame, value: TensorValue, plates: readonly Plate[], shape: Shape): Node {
  const { b } = frame.context;
  const lead = value.plates.map((plate) => plates.findIndex((other) => other.id === plate.id));
  const own = value.shape.map((_, i) => plates.length + shape.length - value.shape.length + i);
  return b.broadcast(value.node, [...plates.map((plate) => plate.extent), ...shape], [...lead, ...own]);
}

/** A tensor for a number, a tensor or a list of numbers; undefined (and reported) for anything else. */
export function toTensor(frame: Frame, value: Value, span: Span): TensorValue | undefined {
  const { context } = frame;
  switch (value.kind) {
    case 'tensor':
      // A comparison as a number: 1 where it holds, 0 elsewhere.
      return value.node.dtype === 'bool' ? { ...value, node: context.b.map('toF32', value.node) } : value;
    case 'scalar': {
      if (value.value !== undefined && !Number.isFinite(value.value)) {
        context.session.report('non-finite-constant', span, { value: String(value.value) });
        return undefined;
      }
      const support: Support = { kind: supportOfNumber(value.value) };
      return { kind: 'tensor', node: context.hostScalar(value.expression), support, shape: [], plates: [] };
    }
    case 'list':
      return stack(frame, value.items, span);
    case 'invalid':
      return undefined;
    case 'assignment': {
      const [only] = value.variables.values();
      if (value.variables.size === 1 && only !== undefined) return only;
      break;
    }
    default:
  }
  context.session.report('wrong-type', span, { expected: 'a number', found: describe(value) });
  return undefined;
}

/** Elaborates an expression to a tensor, saying so where it is something else. */
export function tensorOf(frame: Frame, expr: Expr): TensorValue | undefined {
  return toTensor(frame, frame.elaborate(expr), expr.span);
}

/** The node in f32: a category or a count by its value. */
export function floating(value: TensorValue, frame: Frame): Node {
  return value.node.dtype === 'u32' ? frame.context.b.map('toF32', value.node) : value.node;
}

function supportOfNumber(value: number | undefined): 'real' | 'nonnegative' | 'positive' {
  if (value === undefined || value < 0) return 'real';
  return value > 0 ? 'positive' : 'nonnegative';
}

/** A list as a tensor with one more axis in front: `[[2, 2], [-2, 2]]`. */
function stack(frame: Frame, items: readonly Value[], span: Span): TensorValue | undefined {
  const { b, session } = frame.context;
  const literal = literalOf(items);
  if (literal !== undefined) {
    const support: Support = { kind: literal.values.every((v) => v > 0) ? 'positive' : 'real' };
    return { kind: 'tensor', node: b.array(literal.values, literal.shape), support, shape: literal.shape, plates: [] };
  }
  const parts: TensorValue[] = [];
  for (const item of items) {
    const part = toTensor(frame, item, span);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const first = parts[0];
  if (first === undefined) return undefined;
  const odd = parts.find((part) => !sameShape(part.shape, first.shape));
  if (odd !== undefined) {
    const params = { left: describeShape(first.shape), right: describeShape(odd.shape), of: 'this list' };
    session.report('shape-mismatch', span, params);
    return undefined;
  }
  const plates = joinPlates(parts.map((part) => part.plates));
  const extents = plates.map((plate) => plate.extent);
  const isMixed = parts.some((part) => part.node.dtype !== first.node.dtype);
  const alike = isMixed ? parts.map((part) => ({ ...part, node: floating(part, frame) })) : parts;
  const rows = alike.map((part) => b.reshape(spread(frame, part, plates, part.shape), [...extents, 1, ...part.shape]));
  const shape = [parts.length, ...first.shape];
  return { kind: 'tensor', node: b.concat(rows, plates.length), support: first.support, shape, plates };
}

/** The numbers of a (nested) list of fixed numbers. */
function literalOf(items: readonly Value[]): { values: number[]; shape: number[] } | undefined {
  if (items.length === 0) return undefined;
  if (items.every((item) => item.kind === 'scalar' && item.expression.kind === 'number')) {
    return { values: items.map((item) => (item.kind === 'scalar' ? item.value! : 0)), shape: [items.length] };
  }
  const inner = items.map((item) => (item.kind === 'list' ? literalOf(item.items) : undefined));
  const first = inner[0];
  if (first === undefined || inner.some((part) => part === undefined || !sameShape(part.shape, first.shape))) {
    return undefined;
  }
  return { values: inner.flatMap((part) => part!.values), shape: [items.length, ...first.shape] };
}

/** Ops that a mean goes through unchanged: a Monte Carlo estimate stays unbiased under them. */
const linear: ReadonlySet<string> = new Set(['add', 'sub', 'neg', 'mul', 'div', 'stop', 'select']);

/** Applies an op of the catalogue elementwise; shapes must be equal or single numbers. */
export function apply(frame: Frame, op: OpName, values: readonly Value[], span: Span, what: string): Value {
  const { session, b } = frame.context;
  const wanted = ops[op].args;
  let tensors: TensorValue[] = [];
  for (const [i, value] of values.entries()) {
    const isCondition = wanted[i] === 'bool' && value.kind === 'tensor';
    const tensor = isCondition ? value : toTensor(frame, value, span);
    if (tensor === undefined) return invalid;
    tensors.push(tensor);
  }
  if (!linear.has(op) && tensors.some((tensor) => tensor.estimate)) {
    session.report('estimate-under-nonlinearity', span, { function: what });
    return invalid;
  }
  const deferred = tensors.some((tensor) => tensor.deferred);
  if (deferred) {
    const settled = deferTogether(frame, tensors, op, span);
    if (settled === undefined) return invalid;
    tensors = settled;
  }
  const shape = tensors.map((tensor) => tensor.shape).reduce((a, c) => (a.length === 0 ? c : a));
  const odd = tensors.find((tensor) => tensor.shape.length > 0 && !sameShape(tensor.shape, shape));
  if (odd !== undefined) {
    session.report('shape-mismatch', span, { left: describeShape(shape), right: describeShape(odd.shape), of: what });
    return invalid;
  }
  const plates = joinPlates(tensors.map((tensor) => tensor.plates));
  const args = tensors.map((tensor, i) => {
    const node = spread(frame, tensor, plates, shape);
    const needsFloat = wanted[i] === 'f32' || (wanted[i] === 'any' && tensors.some((t) => t.node.dtype === 'f32'));
    return needsFloat && node.dtype === 'u32' ? b.map('toF32', node) : node;
  });
  return {
    kind: 'tensor',
    node: b.map(op, ...args),
    support: resultSupport(
      op,
      tensors.map((tensor) => tensor.support),
    ),
    shape,
    plates,
    ...(tensors.some((tensor) => tensor.estimate) && { estimate: true }),
    ...(deferred && { deferred: true }),
  };
}

/**
 * A value of each row beside one that was averaged over the batch: only under what is linear in the rows. In an
 * evaluation, where the average is over the whole set, the row's value becomes its own mean.
 */
function deferTogether(
  frame: Frame,
  tensors: readonly TensorValue[],
  op: OpName,
  span: Span,
): TensorValue[] | undefined {
  const program = frame.program!;
  const isRow = (tensor: TensorValue): boolean => tensor.plates.some((plate) => plate.id === program.rows.id);
  if (!tensors.some(isRow)) return [...tensors];
  if (!linear.has(op) || (op === 'div' && isRow(tensors[1]!))) {
    frame.context.session.report('batch-mean-inside', span, {});
    return undefined;
  }
  if (program.kind === 'train') return [...tensors];
  return tensors.map((tensor) => (isRow(tensor) ? defer(frame, tensor) : tensor));
}

/** The mean over the whole data set of a value of each row, as an argument that the host fills in at the end. */
export function defer(frame: Frame, tensor: TensorValue): TensorValue {
  const { b } = frame.context;
  const means = frame.program!.means;
  const known = [...means].find(([, value]) => value.node === tensor.node);
  const name = known?.[0] ?? `mean_${means.size}`;
  means.set(name, tensor);
  const node = b.input({ kind: 'argument', name }, tensor.shape);
  return { kind: 'tensor', node, support: tensor.support, shape: tensor.shape, plates: [], deferred: true };
}
