/** Graphs as lists: what comes back computes the same and shares the same, and text does not grow with sharing. */
import { expect, test } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { graphOf, nodesOf } from '../../compiler/4-tensor/graph.ts';
import { topological, type Node } from '../../compiler/4-tensor/ir.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';

/** x ↦ x cos(x) + row, so many times over: each time reads the one before twice. */
function nested(depth: number): readonly Node[] {
  const b = new Builder();
  const x = b.broadcast(b.input({ kind: 'uniform', name: 'x' }, [], 'f32'), [3], []);
  let value: Node = b.add(x, b.map('toF32', b.iota(3)));
  for (let i = 0; i < depth; i++) value = b.mul(value, b.map('cos', value));
  return [value, b.concat([value, x], 0)];
}

const through = (roots: readonly Node[]) => nodesOf(JSON.parse(JSON.stringify(graphOf(roots))) as never);

test('what comes back through text computes the same', () => {
  const roots = nested(5);
  const [one, other] = [roots, through(roots)].map((nodes) =>
    evaluate(
      nodes,
      () => [0.7],
      () => [],
    ),
  );
  expect(other).toEqual(one);
  expect(new Set(one![0]).size).toBe(3);
});

test('nodes that are shared are written once, and are one node again', () => {
  const lengths = [10, 20, 40].map((depth) => JSON.stringify(graphOf(nested(depth))).length);
  expect(lengths[2]! - lengths[1]!).toBeLessThan(3 * (lengths[1]! - lengths[0]!));
  expect(topological(through(nested(40)))).toHaveLength(topological(nested(40)).length);
});

test('equal graphs have equal texts, whatever else their builders made', () => {
  const text = (others: number): string => {
    const b = new Builder();
    for (let i = 0; i < others; i++) b.constant(i);
    return JSON.stringify(graphOf([b.map('cos', b.input({ kind: 'uniform', name: 'y' }, [], 'f32'))]));
  };
  expect(text(7)).toBe(text(0));
});
