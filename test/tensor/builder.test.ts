/** The builder: equal nodes are one object, unequal ones are not, and wrong shapes are refused. */
import { describe, expect, test } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import type { Node, Table } from '../../compiler/4-tensor/ir.ts';

const table: Table = { set: 's', field: 'f', storage: 'u8', rowShape: [2], scale: 1 };

/** One node of each kind, with something that may differ. */
const variants: readonly (readonly [string, (b: Builder, other: boolean) => Node])[] = [
  ['constant', (b, other) => b.constant(other ? -0 : 0)],
  ['constant of a type', (b, other) => b.constant(1, other ? 'u32' : 'f32')],
  ['constant beyond the numbers', (b, other) => b.constant(other ? NaN : Infinity)],
  ['array', (b, other) => b.array([1, other ? -0 : 0], [2])],
  ['array of a shape', (b, other) => b.array([1, 23], other ? [1, 2] : [2, 1])],
  ['input', (b, other) => b.input({ kind: other ? 'vector' : 'state', name: 'x' }, [2])],
  ['input of a name', (b, other) => b.parameter(other ? 'x' : 'y', [2])],
  ['iota', (b, other) => b.iota(other ? 2 : 3)],
  ['map', (b, other) => b.map(other ? 'sin' : 'cos', b.uniform('x'))],
  ['map of arguments', (b, other) => (other ? b.sub(b.uniform('x'), 1) : b.sub(1, b.uniform('x')))],
  ['reduce', (b, other) => b.reduce(other ? 'max' : 'sum', b.parameter('w', [2, 2]), [0])],
  ['reduce of axes', (b, other) => b.sum(b.parameter('w', [2, 2]), [other ? 0 : 1])],
  ['contract', (b, other) => b.contract(b.parameter('w', [2, 2]), b.parameter('v', [2, 2]), [0, 1], [1, 2], other ? [0, 2] : [2, 0])],
  ['broadcast', (b, other) => b.broadcast(b.parameter('w', [2]), [2, 2], [other ? 0 : 1])],
  ['reshape', (b, other) => b.reshape(b.parameter('w', [4]), other ? [4, 1] : [2, 2])],
  ['transpose', (b, other) => b.transpose(b.parameter('w', [2, 2, 2]), other ? [0, 2, 1] : [2, 1, 0])],
  ['slice', (b, other) => b.slice(b.parameter('w', [4]), [other ? 0 : 1], [2])],
  ['pad', (b, other) => b.pad(b.parameter('w', [4]), [other ? 0 : 1], [6])],
  ['window', (b, other) => b.window(b.parameter('w', [4]), [{ axis: 0, extent: 2, size: 2, stride: other ? 1 : 2, dilation: 1, start: 0, divisor: 1 }])],
  ['diagonal', (b, other) => b.diagonal(b.parameter('w', [2, 2, 2]), other ? [0, 1] : [1, 2])],
  ['concat', (b, other) => b.concat([b.parameter('w', [2, 2]), b.parameter('v', [2, 2])], other ? 0 : 1)],
  ['batch', (b, other) => b.batch({ ...table, scale: other ? 1 : 1 / 255 }, b.iota(3))],
  ['batch of a field', (b, other) => b.batch({ ...table, set: other ? 's f' : 's', field: other ? 'g' : 'f g' }, b.iota(3))],
  ['take', (b, other) => b.take(b.parameter('w', [3]), other ? b.iota(2) : b.iota(3))],
  ['scatter', (b, other) => b.scatter(b.iota(2), b.parameter('w', [2]), [other ? 2 : 3])],
  ['pack', (b, other) => b.pack([b.parameter('w', [2])], [other ? 0 : 1], 4)],
]; // prettier-ignore

describe('equal nodes', () => {
  test.each(variants)('%s', (_, make) => {
    const b = new Builder();
    expect(make(b, false)).toBe(make(b, false));
    expect(make(b, true)).not.toBe(make(b, false));
  });
});

test('arguments are broadcast to each other from the right', () => {
  const b = new Builder();
  const sum = b.add(b.parameter('w', [3, 1]), b.parameter('v', [2]));
  expect(sum.shape).toEqual([3, 2]);
  expect(b.add(b.parameter('w', [3, 1]), 1).shape).toEqual([3, 1]);
});

test('views that change nothing are the node itself', () => {
  const b = new Builder();
  const w = b.parameter('w', [2, 3]);
  expect(b.reshape(w, [2, 3])).toBe(w);
  expect(b.transpose(w, [0, 1])).toBe(w);
  expect(b.broadcastTo(w, [2, 3])).toBe(w);
  expect(b.slice(w, [0, 0], [2, 3])).toBe(w);
  expect(b.reshape(b.reshape(w, [6]), [3, 2])).toBe(b.reshape(w, [3, 2]));
});

test.each<readonly [string, (b: Builder) => Node]>([
  ['shapes that do not match', (b) => b.add(b.parameter('w', [2]), b.parameter('v', [3]))],
  ['types that differ', (b) => b.add(b.parameter('w', [2]), b.iota(2))],
  ['a condition that is no bool', (b) => b.select(b.parameter('w', [2]), 1, 2)],
  ['extents that differ', (b) => b.matmul(b.parameter('w', [2, 3]), b.parameter('v', [2, 3]))],
  ['a reshape to another size', (b) => b.reshape(b.parameter('w', [2, 3]), [5])],
  ['a slice past the end', (b) => b.slice(b.parameter('w', [2]), [1], [2])],
  ['axes out of range', (b) => b.sum(b.parameter('w', [2]), [1])],
  ['rows that are no u32', (b) => b.batch(table, b.parameter('w', [2]))],
])('refuses %s', (_, make) => expect(() => make(new Builder())).toThrow(/^tensor IR: /));

test('the first name stays', () => {
  const b = new Builder();
  const w = b.label(b.parameter('w', [2]), 'first');
  expect(b.labelOf(b.label(w, 'second'))).toBe('first');
});
