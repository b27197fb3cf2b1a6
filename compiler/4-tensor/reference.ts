/** The reference interpreter: tensor IR evaluated in float64, plainly, to hold everything else against. */
import { ops } from '../ops/index.ts';
import {
  argumentsOf,
  sizeOf,
  topological,
  type Node,
  type NodeOf,
  type ReduceOp,
  type Table,
  type Window,
} from './ir.ts';
import { contractArrays } from './reference/contract.ts';
import { positions, stridesOf } from './reference/positions.ts';

export type Values = ArrayLike<number>;

/** The numbers of an input node, row major; u32 as numbers in [0, 2^32), bool as 0 and 1. */
export type Inputs = ReadonlyMap<Node, Values> | ((node: NodeOf<'input'>) => Values);

/** The stored numbers of a data table, row major, before its scale. */
export type Tables = (table: Table) => Values;

export interface EvaluateOptions {
  /** f32 rounds every f32 value once it is computed; sums are still added up in float64. The default is f64. */
  readonly precision?: 'f64' | 'f32';
}

/**
 * Evaluates `outputs`, each row major. Sums run in order of the indices. A value is dropped after its last use.
 *
 * @throws Error where an input is missing or has another size, or a row lies outside of its table.
 */
export function evaluate(
  outputs: readonly Node[],
  inputs: Inputs,
  tables?: Tables,
  { precision = 'f64' }: EvaluateOptions = {},
): Float64Array[] {
  const order = topological(outputs);
  const uses = new Map<Node, number>();
  for (const node of [...outputs, ...order.flatMap(argumentsOf)]) uses.set(node, (uses.get(node) ?? 0) + 1);
  const values = new Map<Node, Float64Array>();
  const source: Source = { inputs: typeof inputs === 'function' ? inputs : (node) => given(inputs, node), tables };
  for (const node of order) {
    const args = argumentsOf(node).map((arg) => values.get(arg)!);
    const value = compute(node, args, source);
    if (precision === 'f32' && node.dtype === 'f32')
      for (let i = 0; i < value.length; i++) value[i] = Math.fround(value[i]!);
    values.set(node, value);
    for (const arg of argumentsOf(node)) {
      const left = uses.get(arg)! - 1;
      uses.set(arg, left);
      if (left === 0) values.delete(arg);
    }
  }
  return outputs.map((output) => values.get(output)!);
}

interface Source {
  readonly inputs: (node: NodeOf<'input'>) => Values;
  readonly tables: Tables | undefined;
}

function given(inputs: ReadonlyMap<Node, Values>, node: NodeOf<'input'>): Values {
  const values = inputs.get(node);
  if (values === undefined) throw new Error(`no values for the input ${JSON.stringify(node.source)}`);
  return values;
}

function compute(node: Node, args: readonly Float64Array[], source: Source): Float64Array {
  const size = sizeOf(node.shape);
  switch (node.kind) {
    case 'constant':
      return Float64Array.of(node.value);
    case 'array':
      return Float64Array.from(node.values);
    case 'input': {
      const values = source.inputs(node);
      if (values.length !== size)
        throw new Error(
          `${values.length} values for the input ${JSON.stringify(node.source)} of [${node.shape.join(', ')}]`,
        );
      return Float64Array.from(values);
    }
    case 'iota':
      return Float64Array.from({ length: size }, (_, i) => i);
    case 'map':
      return mapped(node, args, size);
    case 'reduce':
      return reduced(node, args[0]!, size);
    case 'contract':
      return contractArrays(node, args[0]!, args[1]!);
    case 'reshape':
    case 'again':
      return args[0]!.slice();
    case 'broadcast':
    case 'transpose':
    case 'slice':
    case 'diagonal':
      return gathered(args[0]!, viewPositions(node));
    case 'window':
      return windowed(node, args[0]!, size);
    case 'pad': {
      const out = new Float64Array(size);
      placeInto(
        out,
        args[0]!,
        positions(node.arg.shape, stridesOf(node.shape), dot(node.starts, stridesOf(node.shape))),
      );
      return out;
    }
    case 'concat': {
      const out = new Float64Array(size);
      const strides = stridesOf(node.shape);
      let start = 0;
      node.args.forEach((arg, i) => {
        placeInto(out, args[i]!, positions(arg.shape, strides, start * strides[node.axis]!));
        start += arg.shape[node.axis]!;
      });
      return out;
    }
    case 'batch':
      return batched(node, args[0]!, source, size);
    case 'take': {
      const row = sizeOf(node.table.shape.slice(1));
      const last = node.table.shape[0]! - 1;
      const out = new Float64Array(size);
      args[1]!.forEach((index, i) =>
        out.set(args[0]!.subarray(Math.min(index, last) * row, (Math.min(index, last) + 1) * row), i * row),
      );
      return out;
    }
    case 'scatter': {
      const row = sizeOf(node.shape.slice(1));
      const out = new Float64Array(size);
      args[0]!.forEach((index, i) => {
        if (index >= node.shape[0]!) return;
        for (let j = 0; j < row; j++) out[index * row + j]! += args[1]![i * row + j]!;
      });
      return out;
    }
    case 'pack': {
      const out = new Float64Array(size);
      node.parts.forEach((_, i) => out.set(args[i]!, node.offsets[i]!));
      return out;
    }
  }
}

function mapped({ op, dtype }: NodeOf<'map'>, args: readonly Float64Array[], size: number): Float64Array {
  const reference: (...args: number[]) => number = ops[op].reference;
  const out = new Float64Array(size);
  const [a, b, c, d] = args;
  if (d !== undefined) for (let i = 0; i < size; i++) out[i] = reference(a![i]!, b![i]!, c![i]!, d[i]!);
  else if (c !== undefined) for (let i = 0; i < size; i++) out[i] = reference(a![i]!, b![i]!, c[i]!);
  else if (b !== undefined) for (let i = 0; i < size; i++) out[i] = reference(a![i]!, b[i]!);
  else for (let i = 0; i < size; i++) out[i] = reference(a![i]!);
  // u32 arithmetic is modulo 2^32; a product is exact only by Math.imul.
  if (dtype !== 'u32') return out;
  if (op === 'mul') for (let i = 0; i < size; i++) out[i] = Math.imul(a![i]!, b![i]!);
  for (let i = 0; i < size; i++) out[i] = out[i]! >>> 0;
  return out;
}

const combine: Readonly<Record<ReduceOp, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  max: Math.max,
  min: Math.min,
};

function reduced({ op, axes, arg, shape, dtype }: NodeOf<'reduce'>, value: Float64Array, size: number): Float64Array {
  const kept = stridesOf(shape);
  let axis = 0;
  const strides = arg.shape.map((_, i) => (axes.includes(i) ? 0 : kept[axis++]!));
  const at = positions(arg.shape, strides, 0);
  const out = new Float64Array(size).fill(op === 'sum' ? 0 : op === 'max' ? -Infinity : Infinity);
  const both = combine[op];
  for (let i = 0; i < at.length; i++) out[at[i]!] = both(out[at[i]!]!, value[i]!);
  if (dtype === 'u32') for (let i = 0; i < size; i++) out[i] = out[i]! >>> 0;
  return out;
}

/** For each element of a view, where in its argument it lies. */
function viewPositions(node: NodeOf<'broadcast' | 'transpose' | 'slice' | 'diagonal'>): Int32Array {
  const strides = stridesOf(node.arg.shape);
  switch (node.kind) {
    case 'broadcast': {
      const along = node.shape.map(() => 0);
      node.axes.forEach((axis, i) => (along[axis] = node.arg.shape[i] === 1 ? 0 : strides[i]!));
      return positions(node.shape, along, 0);
    }
    case 'transpose':
      return positions(
        node.shape,
        node.permutation.map((axis) => strides[axis]!),
        0,
      );
    case 'slice':
      return positions(node.shape, strides, dot(node.starts, strides));
    case 'diagonal': {
      const [kept, dropped] = node.axes;
      const along = strides.with(kept, strides[kept]! + strides[dropped]!);
      return positions(
        node.shape,
        along.filter((_, axis) => axis !== dropped),
        0,
      );
    }
  }
}

function windowed({ arg, windows, shape }: NodeOf<'window'>, value: Float64Array, size: number): Float64Array {
  const strides = stridesOf(arg.shape);
  const own = stridesOf(shape);
  const rank = arg.shape.length;
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const at = (axis: number): number => Math.floor(i / own[axis]!) % shape[axis]!;
    let from: number | undefined = 0;
    for (let axis = 0; axis < rank && from !== undefined; axis++) {
      const w = windows.findIndex((window) => window.axis === axis);
      const position = w < 0 ? at(axis) : windowPosition(windows[w]!, at(axis), at(rank + w));
      const inside = Number.isInteger(position) && position >= 0 && position < arg.shape[axis]!;
      from = inside ? from + position * strides[axis]! : undefined;
    }
    if (from !== undefined) out[i] = value[from]!;
  }
  return out;
}

function windowPosition({ stride, dilation, start, divisor }: Window, y: number, k: number): number {
  return (y * stride + k * dilation + start) / divisor;
}

function batched({ table, rows }: NodeOf<'batch'>, index: Float64Array, source: Source, size: number): Float64Array {
  if (source.tables === undefined) throw new Error(`no values for the table ${table.set}.${table.field}`);
  const stored = source.tables(table);
  const row = sizeOf(table.rowShape);
  const out = new Float64Array(size);
  for (let i = 0; i < sizeOf(rows.shape); i++) {
    const from = index[i]! * row;
    if (from + row > stored.length) throw new Error(`row ${index[i]!} lies outside of ${table.set}.${table.field}`);
    for (let j = 0; j < row; j++) out[i * row + j] = stored[from + j]! * (table.storage === 'u32' ? 1 : table.scale);
  }
  return out;
}

function gathered(value: Float64Array, at: Int32Array): Float64Array {
  const out = new Float64Array(at.length);
  for (let i = 0; i < at.length; i++) out[i] = value[at[i]!]!;
  return out;
}

function placeInto(out: Float64Array, value: Float64Array, at: Int32Array): void {
  for (let i = 0; i < at.length; i++) out[at[i]!] = value[i]!;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
