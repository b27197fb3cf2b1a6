/** Einstein sums of two arrays: brought to the form [batch, m, k] times [batch, k, n], which a plain loop multiplies. */
import { sizeOf, type NodeOf } from '../ir.ts';
import { positions, stridesOf } from './positions.ts';

export function contractArrays(node: NodeOf<'contract'>, a: Float64Array, b: Float64Array): Float64Array {
  const { aLabels, bLabels, labels } = node;
  const extents = new Map<number, number>();
  aLabels.forEach((label, i) => extents.set(label, node.a.shape[i]!));
  bLabels.forEach((label, i) => extents.set(label, node.b.shape[i]!));
  const inA = aLabels.filter((label) => labels.includes(label) || bLabels.includes(label));
  const batch = labels.filter((label) => aLabels.includes(label) && bLabels.includes(label));
  const rows = inA.filter((label) => !bLabels.includes(label));
  const inner = inA.filter((label) => bLabels.includes(label) && !labels.includes(label));
  const columns = bLabels.filter((label) => labels.includes(label) && !aLabels.includes(label));
  const extentOf = (some: readonly number[]): number => sizeOf(some.map((label) => extents.get(label)!));

  const left = arranged(a, aLabels, [...batch, ...rows, ...inner], extents);
  const right = arranged(b, bLabels, [...batch, ...inner, ...columns], extents);
  const [count, m, k, n] = [batch, rows, inner, columns].map(extentOf) as [number, number, number, number];
  const product = new Float64Array(count * m * n);
  for (let at = 0; at < count; at++)
    multiply(
      left.subarray(at * m * k, (at + 1) * m * k),
      right.subarray(at * k * n, (at + 1) * k * n),
      product.subarray(at * m * n, (at + 1) * m * n),
      [m, k, n],
    );
  return arranged(product, [...batch, ...rows, ...columns], labels, extents);
}

/** The array with its axes in the order of `to`; axes that are not in `to` are summed. */
function arranged(
  value: Float64Array,
  from: readonly number[],
  to: readonly number[],
  extents: ReadonlyMap<number, number>,
): Float64Array {
  if (from.length === to.length && from.every((label, i) => label === to[i])) return value;
  const shapeOf = (some: readonly number[]): number[] => some.map((label) => extents.get(label)!);
  const strides = stridesOf(shapeOf(to));
  const at = positions(
    shapeOf(from),
    from.map((label) => strides[to.indexOf(label)] ?? 0),
    0,
  );
  const out = new Float64Array(sizeOf(shapeOf(to)));
  for (let i = 0; i < at.length; i++) out[at[i]!]! += value[i]!;
  return out;
}

/** out += a b, [m, k] by [k, n]: the inner loop runs along rows of b and out. */
function multiply(
  a: Float64Array,
  b: Float64Array,
  out: Float64Array,
  [m, k, n]: readonly [number, number, number],
): void {
  for (let i = 0; i < m; i++) {
    const to = i * n;
    for (let j = 0; j < k; j++) {
      const x = a[i * k + j]!;
      const from = j * n;
      for (let l = 0; l < n; l++) out[to + l]! += x * b[from + l]!;
    }
  }
}
