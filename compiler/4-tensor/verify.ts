/** What must hold of every tensor function, checked without trusting the builder; run at pass boundaries in tests. */
import { ops, type OpName } from '../ops/index.ts';
import type { Op } from '../ops/op.ts';
import { sameShape } from './builder.ts';
import {
  argumentsOf,
  sizeOf,
  topological,
  type DType,
  type Node,
  type NodeOf,
  type Shape,
  type TensorFunction,
} from './ir.ts';
import { typeOf } from './print.ts';

/** One sentence for each thing that is wrong; empty for a right function. */
export function verifyFunction(fn: TensorFunction): string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  for (const { name, target } of fn.outputs) {
    const full = target.kind === 'result' ? name : `${target.kind} ${target.name}`;
    if (names.has(full)) problems.push(`two outputs ${full}`);
    names.add(full);
  }
  for (const node of topological(fn.outputs.map((output) => output.node))) {
    const say = (text: string): unknown => problems.push(`%${node.id} ${node.kind}: ${text}`);
    if (!node.shape.every((extent) => Number.isInteger(extent) && extent > 0)) say(`shape [${node.shape.join(', ')}]`);
    for (const arg of argumentsOf(node)) if (arg.id >= node.id) say(`uses the later %${arg.id}`);
    const wanted = expected(node);
    if (typeof wanted === 'string') say(wanted);
    else if (wanted.dtype !== node.dtype || !sameShape(wanted.shape, node.shape))
      say(`is ${typeOf(node)} where its arguments make ${wanted.dtype}[${wanted.shape.join(', ')}]`);
  }
  return problems;
}

interface Type {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** The type that a node's arguments make, or what is wrong with them. */
function expected(node: Node): Type | string {
  switch (node.kind) {
    case 'constant':
      if (!isValue(node.value, node.dtype)) return `${node.value} is no ${node.dtype}`;
      return { dtype: node.dtype, shape: [] };
    case 'array':
      if (node.values.length !== sizeOf(node.shape)) return `${node.values.length} values`;
      return node.values.every((value) => isValue(value, node.dtype)) ? node : `values that are no ${node.dtype}`;
    case 'input':
      return node;
    case 'iota':
      return node.shape.length === 1 ? { dtype: 'u32', shape: node.shape } : 'more than one axis';
    case 'map':
      return mapType(node);
    case 'reduce': {
      const { arg, axes } = node;
      if (axes.length === 0 || !isAscending(axes) || !within(axes, arg.shape.length))
        return `axes [${axes.join(', ')}]`;
      if (arg.dtype === 'bool') return 'reduces bools';
      return { dtype: arg.dtype, shape: arg.shape.filter((_, axis) => !axes.includes(axis)) };
    }
    case 'contract':
      return contractType(node);
    case 'broadcast': {
      const { arg, axes, shape } = node;
      const fits = axes.every((axis, i) => arg.shape[i] === 1 || arg.shape[i] === shape[axis]);
      if (axes.length !== arg.shape.length || !isAscending(axes) || !within(axes, shape.length) || !fits)
        return `[${arg.shape.join(', ')}] at axes [${axes.join(', ')}]`;
      return { dtype: arg.dtype, shape };
    }
    case 'reshape':
      return sizeOf(node.arg.shape) === sizeOf(node.shape)
        ? { dtype: node.arg.dtype, shape: node.shape }
        : 'changes the size';
    case 'transpose': {
      const { arg, permutation } = node;
      const sorted = permutation.toSorted((a, b) => a - b);
      if (
        !sameShape(
          sorted,
          arg.shape.map((_, axis) => axis),
        )
      )
        return `permutation [${permutation.join(', ')}]`;
      return { dtype: arg.dtype, shape: permutation.map((axis) => arg.shape[axis]!) };
    }
    case 'slice':
      return boxWithin(node.starts, node.shape, node.arg.shape)
        ? { dtype: node.arg.dtype, shape: node.shape }
        : 'out of range';
    case 'pad':
      return boxWithin(node.starts, node.arg.shape, node.shape)
        ? { dtype: node.arg.dtype, shape: node.shape }
        : 'out of range';
    case 'window': {
      const { arg, windows } = node;
      const axes = windows.map(({ axis }) => axis);
      if (windows.length === 0 || !isAscending(axes) || !within(axes, arg.shape.length))
        return `axes [${axes.join(', ')}]`;
      const isSound = windows.every(
        ({ stride, dilation, start, divisor }) =>
          stride > 0 && divisor > 0 && [stride, dilation, start, divisor].every(Number.isInteger),
      );
      if (!isSound) return 'a stride or divisor that is not positive';
      const extents = windows.reduce((shape, { axis, extent }) => shape.with(axis, extent), [...arg.shape]);
      return { dtype: arg.dtype, shape: [...extents, ...windows.map(({ size }) => size)] };
    }
    case 'diagonal': {
      const { arg, axes } = node;
      const [kept, dropped] = axes;
      if (kept === dropped || !within(axes, arg.shape.length) || arg.shape[kept] !== arg.shape[dropped])
        return `axes [${axes.join(', ')}] of ${typeOf(arg)}`;
      return { dtype: arg.dtype, shape: arg.shape.filter((_, axis) => axis !== dropped) };
    }
    case 'again':
      return { dtype: node.arg.dtype, shape: node.arg.shape };
    case 'concat': {
      const [first] = node.args;
      if (first === undefined || !within([node.axis], first.shape.length)) return `axis ${node.axis}`;
      const total = node.args.reduce((sum, arg) => sum + arg.shape[node.axis]!, 0);
      const shape = first.shape.with(node.axis, total);
      const fits = node.args.every(
        (arg) => arg.dtype === first.dtype && sameShape(arg.shape.with(node.axis, total), shape),
      );
      return fits ? { dtype: first.dtype, shape } : 'parts of different shapes';
    }
    case 'batch': {
      const { table, rows } = node;
      if (rows.dtype !== 'u32') return 'rows that are not u32';
      return { dtype: table.storage === 'u32' ? 'u32' : 'f32', shape: [...rows.shape, ...table.rowShape] };
    }
    case 'take':
      if (node.indices.dtype !== 'u32' || node.table.shape.length === 0) return 'indices that are not u32, or no axis';
      return { dtype: node.table.dtype, shape: [...node.indices.shape, ...node.table.shape.slice(1)] };
    case 'scatter': {
      const { indices, updates, shape } = node;
      const fits = sameShape(updates.shape, [...indices.shape, ...shape.slice(1)]);
      if (indices.dtype !== 'u32' || updates.dtype !== 'f32' || !fits) return `updates ${typeOf(updates)}`;
      return { dtype: 'f32', shape };
    }
    case 'pack':
      return packType(node);
  }
}

function mapType(node: NodeOf<'map'>): Type | string {
  const definition: Op = ops[node.op satisfies OpName];
  if (definition.args.length !== node.args.length) return `${node.op} of ${node.args.length} arguments`;
  let any: DType | undefined;
  for (const [i, arg] of node.args.entries()) {
    if (!sameShape(arg.shape, node.shape)) return `${node.op} of ${typeOf(arg)}`;
    const wanted = definition.args[i]!;
    if (wanted === 'any') any ??= arg.dtype;
    if (arg.dtype !== (wanted === 'any' ? any : wanted)) return `${node.op} of ${arg.dtype} as argument ${i + 1}`;
  }
  return { dtype: definition.result === 'any' ? any! : definition.result, shape: node.shape };
}

function contractType({ a, b, aLabels, bLabels, labels }: NodeOf<'contract'>): Type | string {
  if (a.dtype !== 'f32' || b.dtype !== 'f32') return 'of other than f32';
  const extents = new Map<number, number>();
  for (const [own, shape] of [
    [aLabels, a.shape],
    [bLabels, b.shape],
  ] as const) {
    if (own.length !== shape.length || new Set(own).size !== own.length) return `labels [${own.join(', ')}]`;
    for (const [i, label] of own.entries()) {
      if ((extents.get(label) ?? shape[i]) !== shape[i]) return `label ${label} of two extents`;
      extents.set(label, shape[i]!);
    }
  }
  const shape = labels.map((label) => extents.get(label));
  if (new Set(labels).size !== labels.length) return `labels [${labels.join(', ')}]`;
  if (!shape.every((extent) => extent !== undefined)) return 'a label that no operand has';
  return { dtype: 'f32', shape };
}

function packType({ parts, offsets, shape }: NodeOf<'pack'>): Type | string {
  if (shape.length !== 1 || parts.length !== offsets.length) return 'an offset for every part, one axis';
  const spans = parts.map((part, i) => ({ start: offsets[i]!, end: offsets[i]! + sizeOf(part.shape) }));
  spans.sort((a, b) => a.start - b.start);
  const fits = spans.every(({ start, end }, i) => start >= (spans[i - 1]?.end ?? 0) && end <= shape[0]!);
  if (!fits) return 'parts that overlap or stick out';
  return parts.every((part) => part.dtype === 'f32') ? { dtype: 'f32', shape } : 'parts of other than f32';
}

/** Infinite and NaN constants cannot be written in WGSL. */
function isValue(value: number, dtype: DType): boolean {
  if (dtype === 'f32') return Number.isFinite(Math.fround(value));
  return Number.isInteger(value) && value >= 0 && value < (dtype === 'bool' ? 2 : 2 ** 32);
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => i === 0 || number > numbers[i - 1]!);
}

function within(axes: readonly number[], rank: number): boolean {
  return axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank);
}

function boxWithin(starts: readonly number[], box: Shape, whole: Shape): boolean {
  return (
    starts.length === whole.length &&
    box.length === whole.length &&
    starts.every((start, axis) => Number.isInteger(start) && start >= 0 && start + box[axis]! <= whole[axis]!)
  );
}
