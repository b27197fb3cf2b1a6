/** The reference interpreter against arrays written out by hand and einsum by its definition. */
import { describe, expect, test } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { sizeOf, type Node, type Shape, type Table } from '../../compiler/4-tensor/ir.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { random } from '../distributions/random.ts';

const b = new Builder();
const u32 = (value: number): Node => b.constant(value, 'u32');
const run = (node: Node): number[] => [...evaluate([node], new Map())[0]!];
/** 0, 1, …, as f32 of a shape. */
const counting = (...shape: number[]): Node => b.array([...Array(sizeOf(shape)).keys()], shape);

describe('views', () => {
  test.each([
    ['broadcast along new axes', b.broadcast(b.array([1, 2], [2]), [2, 3], [0]), [1, 1, 1, 2, 2, 2]],
    ['broadcast of extent 1', b.broadcast(b.array([1, 2], [2, 1]), [2, 2], [0, 1]), [1, 1, 2, 2]],
    ['broadcast between axes', b.broadcast(counting(2, 2), [2, 2, 2], [0, 2]), [0, 1, 0, 1, 2, 3, 2, 3]],
    ['transpose', b.transpose(counting(2, 3), [1, 0]), [0, 3, 1, 4, 2, 5]],
    ['transpose of rank 3', b.transpose(counting(2, 1, 3), [2, 0, 1]), [0, 3, 1, 4, 2, 5]],
    ['slice', b.slice(counting(3, 4), [1, 2], [2, 2]), [6, 7, 10, 11]],
    ['pad', b.pad(b.array([1, 2], [1, 2]), [1, 0], [3, 3]), [0, 0, 0, 1, 2, 0, 0, 0, 0]],
    ['concat of columns', b.concat([counting(2, 1), counting(2, 2)], 1), [0, 0, 1, 1, 2, 3]],
    ['concat of rows', b.concat([counting(1, 2), counting(2, 2)], 0), [0, 1, 0, 1, 2, 3]],
    ['reshape', b.reshape(counting(2, 3), [3, 2]), [0, 1, 2, 3, 4, 5]],
    ['iota', b.iota(4), [0, 1, 2, 3]],
    ['pack', b.pack([counting(2, 2), b.constant(7)], [1, 6], 8), [0, 0, 1, 2, 3, 0, 7, 0]],
  ])('%s', (_, node, expected) => expect(run(node)).toEqual(expected));
});

describe('reductions', () => {
  test.each([
    ['sum of rows', b.sum(counting(2, 3), [1]), [3, 12]],
    ['sum of columns', b.sum(counting(2, 3), [0]), [3, 5, 7]],
    ['sum of all', b.sum(counting(2, 3), [0, 1]), [15]],
    ['sum of outer axes', b.sum(counting(2, 2, 2), [0, 2]), [0 + 1 + 4 + 5, 2 + 3 + 6 + 7]],
    ['max of negative numbers', b.reduce('max', b.neg(b.add(counting(2, 2), 1)), [1]), [-1, -3]],
    ['min', b.reduce('min', counting(2, 2), [0]), [0, 1]],
  ])('%s', (_, node, expected) => expect(run(node)).toEqual(expected));

  test('u32 wraps', () => {
    const large = b.broadcastTo(u32(2 ** 31), [3]);
    expect(run(b.sum(large, [0]))).toEqual([2 ** 31]);
    expect(run(b.map('mul', u32(0x9e3779b9), u32(0x85ebca6b)))).toEqual([Math.imul(0x9e3779b9, 0x85ebca6b) >>> 0]);
    expect(run(b.sub(u32(1), u32(2)))).toEqual([2 ** 32 - 1]);
  });
});

describe('rows', () => {
  const table: Table = { set: 's', field: 'f', storage: 'u8', rowShape: [2], scale: 0.5 };
  const rows = b.array([2, 0], [2], 'u32');

  test('a batch scales stored numbers', () => {
    const [values] = evaluate([b.batch(table, rows)], new Map(), () => [1, 2, 3, 4, 5, 6]);
    expect([...values!]).toEqual([2.5, 3, 0.5, 1]);
  });

  test('a row outside of its table is told', () => {
    expect(() => evaluate([b.batch(table, rows)], new Map(), () => [1, 2, 3, 4])).toThrow('row 2 lies outside of s.f');
  });

  test('take reads the last row past the end', () => {
    expect(run(b.take(counting(3, 2), b.array([1, 9], [2], 'u32')))).toEqual([2, 3, 4, 5]);
  });

  test('scatter adds up', () => {
    const indices = b.array([1, 1, 0], [3], 'u32');
    expect(run(b.scatter(indices, counting(3, 2), [2, 2]))).toEqual([4, 5, 0 + 2, 1 + 3]);
  });
});

test('an input of another size, and one without values, are told', () => {
  const input = b.input({ kind: 'argument', name: 'x' }, [3]);
  expect(() => evaluate([input], () => [1, 2])).toThrow('2 values for the input');
  expect(() => evaluate([input], new Map())).toThrow('no values for the input');
});

test('f32 rounds each value', () => {
  const sum = b.add(b.constant(0.1), b.constant(0.2));
  expect(evaluate([sum], new Map(), undefined, { precision: 'f32' })[0]![0]).toBe(
    Math.fround(Math.fround(0.1) + Math.fround(0.2)),
  );
  expect(run(sum)).toEqual([0.1 + 0.2]);
});

/** Σ over every assignment of the labels: einsum's definition. */
function einsum(a: readonly number[], aShape: Shape, bs: readonly number[], bShape: Shape, spec: Labels): number[] {
  const extents = new Map<number, number>();
  spec.a.forEach((label, i) => extents.set(label, aShape[i]!));
  spec.b.forEach((label, i) => extents.set(label, bShape[i]!));
  const all = [...extents.keys()];
  const flat = (labels: readonly number[], at: ReadonlyMap<number, number>): number =>
    labels.reduce((index, label) => index * extents.get(label)! + at.get(label)!, 0);
  const out = new Array<number>(sizeOf(spec.out.map((label) => extents.get(label)!))).fill(0);
  const visit = (i: number, at: Map<number, number>): void => {
    if (i === all.length) {
      out[flat(spec.out, at)]! += a[flat(spec.a, at)]! * bs[flat(spec.b, at)]!;
      return;
    }
    for (let value = 0; value < extents.get(all[i]!)!; value++) visit(i + 1, at.set(all[i]!, value));
  };
  visit(0, new Map());
  return out;
}

interface Labels {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly out: readonly number[];
}

test.each<readonly [string, Labels]>([
  ['matrix product', { a: [0, 1], b: [1, 2], out: [0, 2] }],
  ['its transpose', { a: [0, 1], b: [1, 2], out: [2, 0] }],
  ['left transposed', { a: [1, 0], b: [1, 2], out: [0, 2] }],
  ['batched', { a: [3, 0, 1], b: [3, 1, 2], out: [3, 0, 2] }],
  ['batch axis last', { a: [0, 1, 3], b: [2, 1, 3], out: [2, 0, 3] }],
  ['outer product', { a: [0], b: [2], out: [0, 2] }],
  ['inner product', { a: [1, 3], b: [3, 1], out: [] }],
  ['a label of one operand is summed', { a: [0, 3], b: [2, 0], out: [2] }],
  ['labels of each operand are summed', { a: [0, 3], b: [2, 1], out: [0, 1] }],
  ['two inner labels', { a: [0, 1, 2], b: [2, 1], out: [0] }],
])('contract: %s', (_, labels) => {
  const extents = [2, 3, 4, 5];
  const { normal } = random(5);
  const shapes = [labels.a, labels.b].map((own) => own.map((label) => extents[label]!));
  const [x, y] = shapes.map((shape) => Array.from({ length: sizeOf(shape) }, normal)) as [number[], number[]];
  const node = b.contract(b.array(x, shapes[0]!), b.array(y, shapes[1]!), labels.a, labels.b, labels.out);
  const expected = einsum(x, shapes[0]!, y, shapes[1]!, labels);
  expect(node.shape).toEqual(labels.out.map((label) => extents[label]!));
  run(node).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
});

test('a chain of ten thousand nodes needs no deep stack', () => {
  let node = b.constant(0);
  const one = b.input({ kind: 'argument', name: 'one' }, []);
  for (let i = 0; i < 10_000; i++) node = b.add(node, one);
  expect(evaluate([node], () => [1])[0]![0]).toBe(10_000);
});
