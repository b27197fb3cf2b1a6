/** Elementwise work on values: plates joined, shapes checked, supports carried along. */
import type { Expr } from '../1-syntax/ast.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import { sameShape } from '../4-tensor/builder.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Support } from '../distributions/distribution.ts';
import { ops, type OpName } from '../ops/index.ts';
import type { Frame } from './context.ts';
import { derive, deriveLinearly, linearityOf } from './derive.ts';
import { joinSupports, resultSupport } from './supports.ts';
import { commonUnit, resultUnit } from './units.ts';
import {
  describe,
  describeShape,
  invalid,
  type Plate,
  type ScalarValue,
  type TensorValue,
  type Value,
} from './values.ts';

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
      const all = valuesOf(value, frame);
      const wrong = all.findIndex((each) => !Number.isFinite(each));
      if (wrong >= 0) {
        const place = all.length > 1 ? ` in iteration ${wrong + 1} of its loop` : '';
        context.session.report('non-finite-constant', span, { value: `${all[wrong]}${place}` });
        return undefined;
      }
      const support: Support = value.support ?? { kind: supportOfNumber(all.length === 0 ? undefined : least(all)) };
      return {
        kind: 'tensor',
        node: context.hostScalar(value.expression),
        support,
        shape: [],
        plates: [],
        unit: 'any',
      };
    }
    case 'list':
      return stack(frame, value.items, span);
    case 'plate':
      return numbersOf(frame, value.plate);
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

/** The index of draws as a number: 1 at the first of them. */
export function numbersOf({ context: { b } }: Frame, plate: Plate): TensorValue {
  const node = b.add(b.iota(plate.extent), b.constant(1, 'u32'));
  return {
    kind: 'tensor',
    node,
    support: { kind: 'step', size: plate.extent },
    shape: [],
    plates: [plate],
    unit: 'any',
  };
}

/** Elaborates an expression to a tensor, saying so where it is something else. */
export function tensorOf(frame: Frame, expr: Expr): TensorValue | undefined {
  return toTensor(frame, frame.elaborate(expr), expr.span);
}

/** The node in f32: a category or a count by its value. */
export function floating(value: TensorValue, frame: Frame): Node {
  return value.node.dtype === 'u32' ? frame.context.b.map('toF32', value.node) : value.node;
}

/** What a number of the host is: one value, one an iteration of the loop at hand, or none that is known yet. */
export function valuesOf({ value, expression }: ScalarValue, { context, program }: Frame): readonly number[] {
  if (value !== undefined) return [value];
  const length = program?.loops?.iterations ?? 0;
  return Array.from({ length }, (_, iteration) => context.atIteration(expression, iteration));
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
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
    return {
      kind: 'tensor',
      node: b.array(literal.values, literal.shape),
      support,
      shape: literal.shape,
      plates: [],
      unit: 'any',
    };
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
  return deriveLinearly(frame, parts, (items) => {
    const plates = joinPlates(items.map((part) => part.plates));
    const extents = plates.map((plate) => plate.extent);
    const isMixed = items.some((part) => part.node.dtype !== items[0]!.node.dtype);
    const alike = isMixed ? items.map((part) => ({ ...part, node: floating(part, frame) })) : items;
    const rows = alike.map((part) =>
      b.reshape(spread(frame, part, plates, part.shape), [...extents, 1, ...part.shape]),
    );
    const shape = [items.length, ...first.shape];
    const unit = commonUnit(items.map((part) => part.unit));
    const support = items.map((part) => part.support).reduce(joinSupports);
    return { node: b.concat(rows, plates.length), support, shape, plates, unit };
  });
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

/** Applies an op of the catalogue elementwise; shapes must be equal or single numbers. */
export function apply(frame: Frame, op: OpName, values: readonly Value[], span: Span, what: string): Value {
  const { session, b } = frame.context;
  const wanted = ops[op].args;
  const given: TensorValue[] = [];
  for (const [i, value] of values.entries()) {
    const isCondition = wanted[i] === 'bool' && value.kind === 'tensor';
    const tensor = isCondition ? value : toTensor(frame, value, span);
    if (tensor === undefined) return invalid;
    given.push(tensor);
  }
  const result = derive(frame, given, { linearity: linearityOf(op), what, span }, (tensors) => {
    const shape = tensors.map((tensor) => tensor.shape).reduce((a, c) => (a.length === 0 ? c : a));
    const odd = tensors.find((tensor) => tensor.shape.length > 0 && !sameShape(tensor.shape, shape));
    if (odd !== undefined) {
      const params = { left: describeShape(shape), right: describeShape(odd.shape), of: what };
      session.report('shape-mismatch', span, params);
      return undefined;
    }
    const plates = joinPlates(tensors.map((tensor) => tensor.plates));
    const args = tensors.map((tensor, i) => {
      const node = spread(frame, tensor, plates, shape);
      const needsFloat = wanted[i] === 'f32' || (wanted[i] === 'any' && tensors.some((t) => t.node.dtype === 'f32'));
      return needsFloat && node.dtype === 'u32' ? b.map('toF32', node) : node;
    });
    const supports = tensors.map((tensor) => tensor.support);
    const unit = resultUnit(
      op,
      tensors.map((tensor) => tensor.unit),
    );
    return { node: b.map(op, ...args), support: resultSupport(op, supports), shape, plates, unit };
  });
  return result ?? invalid;
}
