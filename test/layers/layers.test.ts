/** Dense and embedding layers against plain loops, with plates, and what they declare and refuse. */
import { describe, expect, test } from 'vitest';
import type { Shape } from '../../compiler/4-tensor/ir.ts';
import type { Initialiser } from '../../compiler/4-tensor/program.ts';
import { activations, initialisers, layers } from '../../compiler/layers/index.ts';
import { type LayerArgument, LayerError, type LayerInput } from '../../compiler/layers/layer.ts';
import { Bench } from '../distributions/bench.ts';
import { random } from '../distributions/random.ts';

interface Declared {
  readonly name: string;
  readonly shape: Shape;
  readonly initialiser: Initialiser;
}

/** A bench whose layers get numbers for their tensors and remember what they asked for. */
function workshop() {
  const bench = new Bench();
  const generator = random(7);
  const declared: Declared[] = [];
  const tensors = new Map<string, number[]>();
  const normals = (shape: Shape): number[] =>
    Array.from({ length: shape.reduce((a, c) => a * c, 1) }, generator.normal);
  const parameter = (name: string, shape: Shape, initialiser: Initialiser) => {
    declared.push({ name, shape, initialiser });
    tensors.set(name, normals(shape));
    return bench.given(tensors.get(name)!, shape);
  };
  const apply = (name: string, input: LayerInput, args: { [name: string]: LayerArgument }) =>
    layers.get(name)!.apply({ b: bench.b, parameter }, input, args);
  return { bench, declared, tensors, normals, apply };
}

const size = (value: number): LayerArgument => ({ kind: 'size', value });

describe('dense', () => {
  test.each([[[5]], [[2, 3]], [[]]])('with plates %j is x W + c, row by row', (plates) => {
    const { bench, tensors, normals, apply } = workshop();
    const x = normals([...plates, 4]);
    const input = { node: bench.given(x, [...plates, 4]), leading: plates.length };
    const result = apply('dense', input, { units: size(3) });
    expect(result.shape).toEqual([...plates, 3]);
    const [weight, bias] = [tensors.get('weight')!, tensors.get('bias')!];
    const expected: number[] = [];
    for (let row = 0; row < x.length / 4; row++) {
      for (let j = 0; j < 3; j++) {
        let sum = bias[j]!;
        for (let i = 0; i < 4; i++) sum += x[row * 4 + i]! * weight[i * 3 + j]!;
        expected.push(sum);
      }
    }
    bench.run(result).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
  });

  test('declares a weight [in, out] and a bias [out] that start as in PyTorch', () => {
    const { bench, declared, apply } = workshop();
    apply('dense', { node: bench.given([1, 2], [2]), leading: 0 }, { units: size(3) });
    expect(declared).toEqual([
      { name: 'weight', shape: [2, 3], initialiser: { kind: 'fan-in', fanIn: 2 } },
      { name: 'bias', shape: [3], initialiser: { kind: 'fan-in', fanIn: 2 } },
    ]);
  });

  test('with init: starts its weight so and its bias at zero', () => {
    const { bench, declared, apply } = workshop();
    const init: LayerArgument = { kind: 'initialiser', value: initialisers.get('glorot')!.make({}) };
    apply('dense', { node: bench.given([1, 2], [2]), leading: 0 }, { units: size(3), init });
    expect(declared.map(({ initialiser }) => initialiser)).toEqual([
      { kind: 'glorot', fanIn: 2, fanOut: 3 },
      { kind: 'constant', value: 0 },
    ]);
  });

  test('with an activation and no bias', () => {
    const { bench, declared, apply, tensors } = workshop();
    const activation: LayerArgument = { kind: 'activation', value: (b, x) => activations.get('relu')!.apply(b, x, {}) };
    const bias: LayerArgument = { kind: 'flag', value: false };
    const input = { node: bench.given([1, 1], [2]), leading: 0 };
    const found = bench.run(apply('dense', input, { units: size(4), activation, bias }));
    expect(declared.map(({ name }) => name)).toEqual(['weight']);
    const weight = tensors.get('weight')!;
    found.forEach((value, j) => expect(value).toBeCloseTo(Math.max(0, weight[j]! + weight[4 + j]!), 12));
    expect(found.some((value) => value === 0) && found.some((value) => value > 0)).toBe(true);
  });

  test('takes counts by their value', () => {
    const { bench, apply, tensors } = workshop();
    const result = apply('dense', { node: bench.given([3, 0], [2], 'u32'), leading: 0 }, { units: size(1) });
    expect(bench.run(result)[0]).toBeCloseTo(3 * tensors.get('weight')![0]! + tensors.get('bias')![0]!, 12);
  });

  test('refuses pictures and single numbers, and says what to do', () => {
    const { bench, apply } = workshop();
    const picture = { node: bench.given([1, 2, 3, 4], [1, 2, 2]), leading: 1 };
    expect(() => apply('dense', picture, { units: size(3) })).toThrow(LayerError);
    expect(() => apply('dense', picture, { units: size(3) })).toThrow("not [2, 2]; put 'flatten' before it");
    const single = { node: bench.given([1, 2], [2]), leading: 1 };
    expect(() => apply('dense', single, { units: size(3) })).toThrow("put 'reshape(1)' before it");
  });
});

describe('embedding', () => {
  test('looks up the row of each category', () => {
    const { bench, declared, tensors, apply } = workshop();
    const input = { node: bench.given([2, 0, 2, 1], [2, 2], 'u32'), leading: 1, categories: 3 };
    const result = apply('embedding', input, { width: size(2) });
    expect(result.shape).toEqual([2, 2, 2]);
    const table = tensors.get('weight')!;
    expect(bench.run(result)).toEqual([2, 0, 2, 1].flatMap((row) => table.slice(row * 2, row * 2 + 2)));
    expect(declared).toEqual([{ name: 'weight', shape: [3, 2], initialiser: { kind: 'normal', sd: 1 } }]);
  });

  test('refuses what is not a category', () => {
    const { bench, apply } = workshop();
    const input = { node: bench.given([1, 2], [2]), leading: 1 };
    expect(() => apply('embedding', input, { width: size(2) })).toThrow(LayerError);
  });
});

test('every initialiser', () => {
  const made = (name: string, args: { [name: string]: number } = {}) => initialisers.get(name)!.make(args)(8, 5);
  expect(made('fan_in')).toEqual({ kind: 'fan-in', fanIn: 8 });
  expect(made('glorot')).toEqual({ kind: 'glorot', fanIn: 8, fanOut: 5 });
  expect(made('he')).toEqual({ kind: 'he', fanIn: 8, fanOut: 5 });
  expect(made('normal', { sd: 0.02 })).toEqual({ kind: 'normal', sd: 0.02 });
  expect(made('constant', { value: -3 })).toEqual({ kind: 'constant', value: -3 });
  expect(made('zeros')).toEqual({ kind: 'constant', value: 0 });
  expect(made('ones')).toEqual({ kind: 'constant', value: 1 });
});
