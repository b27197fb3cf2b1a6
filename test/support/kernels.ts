/** Kernels by hand, one for each structure that schedules tell apart, at any extents. */
import type { Accumulator, Axis, Index, Kernel, Phase, Store, Tensor, Value } from '../../compiler/5-kernel/ir.ts';
import { sizeOf, type DType, type ReduceOp, type Shape, type Storage } from '../../compiler/4-tensor/ir.ts';
import type { OpName } from '../../compiler/ops/index.ts';
import type { Numbers } from './kernel-device.ts';

export const axis = (name: string, extent: number): Axis => ({ name, extent });

export function tensor(name: string, shape: Shape, storage: Storage = 'f32'): Tensor {
  return { name, shape, storage, role: { kind: 'activation' } };
}

/** Row-major position on the axes. */
export function flat(...axes: readonly Axis[]): Index {
  let stride = 1;
  const terms: Index[] = [];
  for (const axis of [...axes].reverse()) {
    terms.unshift({ kind: 'scaled', factor: stride, index: { kind: 'axis', axis } });
    stride *= axis.extent;
  }
  return { kind: 'sum', terms };
}

export function plus(index: Index, constant: number): Index {
  return { kind: 'sum', terms: [index, { kind: 'constant', value: constant }] };
}

export function at(tensor: Tensor, index: Index, dtype: DType = tensor.storage === 'u32' ? 'u32' : 'f32'): Value {
  return { kind: 'load', dtype, tensor, index };
}

export function apply(op: OpName, ...args: readonly Value[]): Value {
  const comparison = ['lt', 'le', 'gt', 'ge', 'eq', 'ne'].includes(op);
  return { kind: 'apply', dtype: comparison ? 'bool' : 'f32', op, args };
}

export const number = (value: number): Value => ({ kind: 'constant', dtype: 'f32', value });

export const read = (accumulator: Accumulator): Value => ({ kind: 'accumulator', dtype: 'f32', accumulator });

export const product = (name: string, a: Value, b: Value): Accumulator => ({ kind: 'product', name, a, b });

export const reduce = (name: string, op: ReduceOp, value: Value): Accumulator => ({ kind: 'reduce', name, op, value });

export const store = (tensor: Tensor, index: Index, value: Value): Store => ({ tensor, index, value });

export function phase(
  over: readonly Axis[],
  accumulators: readonly Accumulator[],
  stores: readonly Store[] = [],
): Phase {
  return { over, accumulators, stores };
}

export function kernel(name: string, axes: readonly Axis[], ...phases: readonly Phase[]): Kernel {
  return { name, documentation: [`${name} over [${axes.map((one) => one.extent).join(', ')}]`], axes, phases };
}

/** Which operand lies transposed: none (x W), the right (dY Wᵀ), the left (Xᵀ dY). */
export type Layout = 'plain' | 'right' | 'left';

/** One dense layer or its gradients: y = f(a b + bias), [rows x inner] times [inner x columns]. */
export function contraction(
  layout: Layout,
  [m, k, n]: readonly [number, number, number],
  epilogue: (sum: Value, place: { readonly row: Axis; readonly column: Axis }) => readonly Store[],
  prologue: (a: Value, b: Value) => readonly [Value, Value] = (a, b) => [a, b],
): Kernel {
  const row = axis('row', m);
  const column = axis('column', n);
  const inner = axis('k', k);
  const a = layout === 'left' ? at(tensor('x', [k, m]), flat(inner, row)) : at(tensor('x', [m, k]), flat(row, inner));
  const b =
    layout === 'right' ? at(tensor('w', [n, k]), flat(column, inner)) : at(tensor('w', [k, n]), flat(inner, column));
  const sum = product('sum', ...prologue(a, b));
  const name = `contract_${layout}_${m}_${k}_${n}`;
  return kernel(name, [row, column], phase([inner], [sum]), phase([], [], epilogue(read(sum), { row, column })));
}

/** y = relu(sum + bias) beside the pre-activation itself. */
export function biasRelu(sum: Value, { row, column }: { readonly row: Axis; readonly column: Axis }): readonly Store[] {
  const shape = [row.extent, column.extent];
  const bias = at(tensor('bias', [column.extent]), flat(column));
  const total = apply('add', sum, bias);
  return [
    store(tensor('pre', shape), flat(row, column), total),
    store(tensor('y', shape), flat(row, column), apply('relu', total)),
  ];
}

/** Nothing but the sum. */
export function plainStore(
  sum: Value,
  { row, column }: { readonly row: Axis; readonly column: Axis },
): readonly Store[] {
  return [store(tensor('y', [row.extent, column.extent]), flat(row, column), sum)];
}

/** Every tensor the kernel loads and does not only store, with numbers from a fixed stream. */
export function inputsFor(kernel: Kernel, tensors: readonly Tensor[], seed = 1): ReadonlyMap<string, Numbers> {
  const random = randomFrom(seed + kernel.name.length);
  return new Map(
    tensors.map((one): readonly [string, Numbers] => {
      const size = sizeOf(one.shape);
      if (one.storage === 'u8') return [one.name, Uint8Array.from({ length: size }, () => Math.floor(random() * 256))];
      if (one.storage === 'u32') return [one.name, Uint32Array.from({ length: size }, () => Math.floor(random() * 5))];
      return [one.name, Float32Array.from({ length: size }, () => random() * 2 - 1)];
    }),
  );
}

/** Uniform numbers in [0, 1): mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
