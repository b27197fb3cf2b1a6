/** Adjoints against central differences in float64, of every kind of node and of random programs, twice over. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { sizeOf, type Node, type Window } from '../../compiler/4-tensor/ir.ts';
import { gradients, vjp } from '../../compiler/4-tensor/passes/differentiate.ts';
import { evaluate, type Tables } from '../../compiler/4-tensor/reference.ts';
import { verifyFunction } from '../../compiler/4-tensor/verify.ts';
import { random } from '../distributions/random.ts';
import { randomProgram, type RandomProgram } from '../support/random-program.ts';

/** A scalar that weighs every entry of the nodes differently. */
function weighed(b: Builder, nodes: readonly Node[], seed = 1): Node {
  const { normal } = random(seed);
  return nodes
    .map((node) => b.sumFrom(b.mul(node, b.array(Array.from({ length: sizeOf(node.shape) }, normal), node.shape)), 0))
    .reduce(b.add);
}

type Inputs = ReadonlyMap<Node, readonly number[]>;

/** d/dt of a scalar at inputs + t · directions, by central differences of fourth order. */
function slope(output: Node, inputs: Inputs, directions: Inputs, tables?: Tables): number {
  const h = 1e-3;
  const at = (t: number): number => {
    const moved = new Map(
      [...inputs].map(([node, x]) => [node, x.map((value, i) => value + t * directions.get(node)![i]!)]),
    );
    return evaluate([output], moved, tables)[0]![0]!;
  };
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

function directionsFor(inputs: Inputs, seed: number): Inputs {
  const { normal } = random(seed);
  return new Map([...inputs].map(([node, x]) => [node, x.map(normal)]));
}

/** The gradient along the directions, as a node: its own gradient is the Hessian along them. */
function along(b: Builder, output: Node, inputs: Inputs, directions: Inputs): Node {
  const nodes = [...inputs.keys()];
  const parts = gradients(b, output, nodes).map((gradient, i) =>
    b.sumFrom(b.mul(gradient, b.array(directions.get(nodes[i]!)!, nodes[i]!.shape)), 0),
  );
  return parts.reduce(b.add);
}

function check(b: Builder, output: Node, inputs: Inputs, tolerance: number, tables?: Tables): void {
  const [one, other] = [directionsFor(inputs, 11), directionsFor(inputs, 12)];
  const first = along(b, output, inputs, one);
  const second = along(b, first, inputs, other);
  const results = [first, second].map((node, i) => ({ name: `d${i}`, node, target: { kind: 'result' as const } }));
  expect(verifyFunction({ name: 'gradients', outputs: results })).toEqual([]);
  const [d, dd] = evaluate([first, second], inputs, tables).map((value) => value[0]!);
  const [slopeOf, curvature] = [slope(output, inputs, one, tables), slope(first, inputs, other, tables)];
  expect(Math.abs(d! - slopeOf)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(slopeOf)));
  expect(Math.abs(dd! - curvature)).toBeLessThanOrEqual(tolerance * (1 + Math.abs(curvature)));
}

type Make = (b: Builder, x: Node, y: Node) => Node;

/** A window along an axis; what is not given is as in a plain convolution. */
function slide(axis: number, window: Partial<Window> & Pick<Window, 'extent' | 'size'>): Window {
  return { axis, stride: 1, dilation: 1, start: 0, divisor: 1, ...window };
}

/** Of x [2, 3] and y [3, 4]. */
const kinds: readonly (readonly [string, Make])[] = [
  ['sum of rows', (b, x) => b.sum(x, [1])],
  ['sum of all', (b, x) => b.sum(x, [0, 1])],
  ['max', (b, x) => b.reduce('max', x, [1])],
  ['min', (b, x) => b.reduce('min', x, [0])],
  ['matrix product', (b, x, y) => b.matmul(x, y)],
  ['matrix product, transposed result', (b, x, y) => b.contract(x, y, [0, 1], [1, 2], [2, 0])],
  ['einsum with a batch', (b, x, y) => b.contract(x, y, [0, 1], [1, 2], [1, 2, 0])],
  ['einsum that sums a label of one operand', (b, x, y) => b.contract(x, y, [0, 1], [1, 2], [2])],
  ['einsum that sums labels of both', (b, x, y) => b.contract(x, y, [0, 1], [1, 2], [1])],
  ['inner product', (b, x) => b.contract(x, b.transpose(x, [1, 0]), [0, 1], [1, 0], [])],
  ['outer product', (b, x, y) => b.contract(x, y, [0, 1], [2, 3], [0, 1, 2, 3])],
  ['broadcast', (b, x) => b.broadcast(x, [2, 5, 3], [0, 2])],
  ['broadcast of extent 1', (b, x) => b.broadcastTo(b.slice(x, [0, 1], [2, 1]), [4, 2, 3])],
  ['reshape', (b, x) => b.reshape(x, [3, 2])],
  ['transpose', (b, x, y) => b.transpose(b.contract(x, y, [0, 1], [1, 2], [0, 1, 2]), [2, 0, 1])],
  ['slice', (b, x) => b.slice(x, [1, 0], [1, 2])],
  ['pad', (b, x) => b.pad(x, [1, 2], [4, 6])],
  ['window', (b, x) => b.window(x, [slide(1, { extent: 4, size: 3, start: -1 })])],
  [
    'window with a stride and a dilation',
    (b, x) => b.window(x, [slide(1, { extent: 2, size: 2, stride: 2, dilation: -1 })]),
  ],
  ['window over a divisor', (b, x) => b.window(x, [slide(1, { extent: 5, size: 2, start: -1, divisor: 2 })])],
  [
    'windows of two axes',
    (b, x) => b.window(x, [slide(0, { extent: 2, size: 2 }), slide(1, { extent: 3, size: 3, start: -1 })]),
  ],
  ['diagonal', (b, x, y) => b.diagonal(b.contract(x, y, [0, 1], [2, 3], [0, 1, 2, 3]), [1, 2])],
  ['diagonal of a later axis', (b, x, y) => b.diagonal(b.contract(x, y, [0, 1], [2, 3], [0, 1, 2, 3]), [2, 1])],
  ['concat', (b, x, y) => b.concat([x, b.transpose(y, [1, 0]), x], 0)],
  ['take', (b, x) => b.take(x, b.array([1, 0, 1, 1], [4], 'u32'))],
  ['take past the end', (b, x) => b.take(x, b.array([1, 7], [2], 'u32'))],
  ['scatter', (b, _, y) => b.scatter(b.array([4, 0, 4], [3], 'u32'), y, [5, 4])],
  ['pack', (b, x, y) => b.pack([y, x], [1, 15], 24)],
];

describe('every kind of node', () => {
  test.each(kinds)('%s', (_, make) => {
    const b = new Builder();
    const { normal } = random(3);
    const [x, y] = [b.parameter('x', [2, 3]), b.parameter('y', [3, 4])];
    const inputs = new Map([x, y].map((node) => [node, Array.from({ length: sizeOf(node.shape) }, normal)]));
    // A square makes what is linear have second derivatives.
    const made = make(b, x, y);
    check(b, b.add(weighed(b, [made]), weighed(b, [b.square(made)], 2)), inputs, 1e-8);
  });
});

test('ties of a maximum share its gradient equally', () => {
  const b = new Builder();
  const x = b.parameter('x', [4]);
  const [gradient] = gradients(b, b.reduce('max', x, [0]), [x]);
  expect([...evaluate([gradient!], () => [2, 5, 5, 1])[0]!]).toEqual([0, 0.5, 0.5, 0]);
});

test('stop lets nothing through, here and nowhere else', () => {
  const b = new Builder();
  const x = b.parameter('x', []);
  const [gradient] = gradients(b, b.mul(b.map('stop', x), b.square(x)), [x]);
  expect(evaluate([gradient!], () => [3])[0]![0]).toBe(18);
  expect([...evaluate(gradients(b, b.map('stop', x), [x]), () => [3])[0]!]).toEqual([0]);
});

test('the gradient at a node in the middle', () => {
  const b = new Builder();
  const x = b.parameter('x', []);
  const y = b.square(x);
  const output = b.mul(b.exp(y), x);
  const [dx, dy] = evaluate(gradients(b, output, [x, y]), () => [0.7]).map((value) => value[0]!);
  expect(dy).toBeCloseTo(0.7 * Math.exp(0.49), 12);
  expect(dx).toBeCloseTo(Math.exp(0.49) * (1 + 2 * 0.49), 12);
});

test('cotangents weigh several outputs, and an input of none has zeros', () => {
  const b = new Builder();
  const [x, other] = [b.parameter('x', [2]), b.parameter('other', [2, 1])];
  const [dx, none] = vjp(b, [b.square(x), b.sum(x, [0])], [b.array([1, 10], [2]), b.constant(100)], [x, other]);
  expect([...evaluate([dx!], () => [3, 4])[0]!]).toEqual([106, 180]);
  expect([...evaluate([none!], () => [])[0]!]).toEqual([0, 0]);
});

test('adjoints are named after their nodes', () => {
  const b = new Builder();
  const x = b.parameter('x', [2]);
  const hidden = b.label(b.map('tanh', x), 'hidden');
  const before = gradients(b, b.sumFrom(b.square(hidden), 0), [hidden]);
  expect(b.labelOf(before[0]!)).toBe('hidden.gradient');
});

test('a chain of ten thousand nodes needs no deep stack', () => {
  const b = new Builder();
  const x = b.parameter('x', []);
  let node = x;
  for (let i = 0; i < 10_000; i++) node = b.add(node, x);
  expect(evaluate(gradients(b, node, [x]), () => [1])[0]![0]).toBe(10_001);
});

test('random programs', () => {
  const property = ({ b, fn, inputs, tables }: RandomProgram): void => {
    const outputs = fn.outputs.map((output) => output.node);
    check(b, weighed(b, outputs), inputs, 1e-5, tables);
  };
  fc.assert(fc.property(randomProgram({ smooth: true, steps: 10 }), property), { numRuns: 200, seed: 20 });
});
