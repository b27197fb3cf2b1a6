/**
 * Derivatives, which no distribution writes down: of densities, closed forms and samplers against central differences,
 * second ones too, and the pathwise gradient against the score's on the same draws.
 */
import { describe, expect, test } from 'vitest';
import type { Builder } from '../../compiler/4-tensor/builder.ts';
import type { Node } from '../../compiler/4-tensor/ir.ts';
import { gradients } from '../../compiler/4-tensor/passes/differentiate.ts';
import type { Distribution, Parameters } from '../../compiler/distributions/distribution.ts';
import { distributions } from '../../compiler/distributions/index.ts';
import { Bench } from './bench.ts';
import { estimate } from './numerics.ts';
import { cases, nameOf, type Values } from './textbook.ts';

type Make = (b: Builder, parameters: Parameters, bench: Bench) => Node;

/** A scalar made from the parameters, as a function of all their entries in order, and its gradient at one place. */
class Probe {
  readonly distribution: Distribution;
  readonly values: Values;
  readonly make: Make;

  constructor(distribution: Distribution, values: Values, make: Make) {
    this.distribution = distribution;
    this.values = values;
    this.make = make;
  }

  /** The free parameters, flattened. */
  get place(): number[] {
    return this.#free().flatMap((name) => this.values[name]!);
  }

  value(place: readonly number[]): number {
    const { bench, output } = this.#build(place);
    return bench.run(output)[0]!;
  }

  gradient(place: readonly number[]): number[] {
    const { bench, output, inputs } = this.#build(place);
    return gradients(bench.b, output, inputs).flatMap((node) => bench.run(node));
  }

  /** The gradient of weights · gradient. */
  curvature(place: readonly number[], weights: readonly number[]): number[] {
    const { bench, output, inputs } = this.#build(place);
    const { b } = bench;
    let at = 0;
    const parts = gradients(b, output, inputs).map((node) => {
      const size = node.shape[0] ?? 1;
      const weight = bench.given(weights.slice(at, at + size), node.shape);
      at += size;
      return b.sumFrom(b.mul(weight, node), 0);
    });
    return gradients(
      b,
      parts.reduce((sum, part) => b.add(sum, part)),
      inputs,
    ).flatMap((node) => bench.run(node));
  }

  #free(): string[] {
    return this.distribution.parameters.filter((spec) => spec.static !== true).map((spec) => spec.name);
  }

  #build(place: readonly number[]): { bench: Bench; output: Node; inputs: Node[] } {
    const bench = new Bench();
    let at = 0;
    const moved = this.#free().map((name): [string, number | number[]] => {
      const value = this.values[name]!;
      if (typeof value === 'number') return [name, place[at++]!];
      at += value.length;
      return [name, place.slice(at - value.length, at)];
    });
    const parameters = bench.parametersOf(this.distribution, { ...this.values, ...Object.fromEntries(moved) });
    const output = bench.b.sumFrom(this.make(bench.b, parameters, bench), 0);
    return { bench, output, inputs: this.#free().map((name) => parameters[name]!) };
  }
}

/** Fourth-order central differences of every entry; their own error is below 1e-8 of the function's size here. */
function differences(f: (place: readonly number[]) => number, place: readonly number[]): number[] {
  return place.map((x, i) => {
    const h = 2e-3 * Math.max(Math.abs(x), 0.05);
    const at = (step: number): number => f(place.map((y, j) => (i === j ? y + step * h : y)));
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
  });
}

function agree(found: readonly number[], expected: readonly number[]): void {
  const scale = Math.max(1, ...expected.map(Math.abs));
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => expect(Math.abs(value - expected[i]!), `entry ${i}`).toBeLessThan(1e-6 * scale));
}

function check(distribution: Distribution, values: Values, make: Make): void {
  const probe = new Probe(distribution, values, make);
  const { place } = probe;
  agree(
    probe.gradient(place),
    differences((at) => probe.value(at), place),
  );
  const weights = place.map((_, i) => 1 - 0.3 * i);
  const slope = (at: readonly number[]): number => probe.gradient(at).reduce((sum, g, i) => sum + g * weights[i]!, 0);
  agree(probe.curvature(place, weights), differences(slope, place));
}

/** Where a density is smooth in its parameters: away from the Laplace's kink and the Uniform's ends. */
function smoothPoints(points: readonly number[], values: Values): number[] {
  return points.filter((x) => !Object.values(values).includes(x));
}

describe.each(cases.map((example) => [nameOf(example), example] as const))('%s', (_, example) => {
  const { distribution, parameters, other } = example;
  const points = smoothPoints(example.points, parameters);

  test('log-density, first and second derivatives', () => {
    check(distribution, parameters, (b, given, bench) =>
      distribution.logProb(b, given, bench.given(points, [points.length], distribution.dtype)),
    );
  });

  if (distribution.dtype === 'f32' && example.kind.kind === 'continuous') {
    test('log-density in the value', () => {
      const at = (xs: readonly number[]) => {
        const bench = new Bench();
        const value = bench.given(xs, [xs.length]);
        const { b } = bench;
        return {
          bench,
          value,
          log: b.sum(distribution.logProb(b, bench.parametersOf(distribution, parameters), value), [0]),
        };
      };
      const inner = points.slice(1, -1);
      const { bench, value, log } = at(inner);
      const expected = differences((xs) => {
        const moved = at(xs);
        return moved.bench.run(moved.log)[0]!;
      }, inner);
      agree(bench.run(gradients(bench.b, log, [value])[0]!), expected);
    });
  }

  if (distribution.entropy !== undefined) {
    test('entropy', () => {
      check(distribution, parameters, (b, given) => distribution.entropy!(b, given));
    });
  }

  if (other !== undefined) {
    test('KL on both sides', () => {
      const kl = distribution.kl![distribution.name]!;
      check(distribution, parameters, (b, q, bench) => kl(b, q, bench.parametersOf(distribution, other)));
      check(distribution, other, (b, p, bench) => kl(b, bench.parametersOf(distribution, parameters), p));
    });
  }

  if (distribution.pathwise) {
    test('draws', () => {
      check(distribution, parameters, (b, given, bench) => distribution.sample(b, given, bench.noise([40], 23)));
    });
  }
});

/** d/dθ E[g(x)] is E[g'(x) dx/dθ] and E[g(x) d log p / dθ]; their difference on 50,000 draws lies within 4 errors of 0. */
const smooth = cases.filter(({ distribution }) => distribution.pathwise && distribution.name !== 'Uniform');
test.each(smooth.map((example) => [nameOf(example), example] as const))('pathwise is score: %s', (_, example) => {
  const { distribution, parameters, draws } = example;
  for (const { name } of distribution.parameters) {
    const bench = new Bench();
    const { b } = bench;
    const given = bench.parametersOf(distribution, parameters);
    const repeated = bench.given(new Array<number>(draws).fill(parameters[name] as number), [draws]);
    const own = { ...given, [name]: repeated };
    const drawn = distribution.sample(b, own, bench.noise([draws], 24));
    const pathwise = gradients(b, b.sum(b.map('sin', drawn), [0]), [repeated])[0]!;
    const log = distribution.logProb(b, own, b.map('stop', drawn));
    const score = b.mul(b.map('sin', drawn), gradients(b, b.sum(log, [0]), [repeated])[0]!);
    const { mean, error } = estimate(bench.run(b.sub(pathwise, score)));
    const size = estimate(bench.run(pathwise)).mean;
    expect(Math.abs(mean), name).toBeLessThan(4 * error);
    expect(error, `${name}: the test sees errors of this size`).toBeLessThan(0.05 * Math.max(0.2, Math.abs(size)));
  }
});

test('the gradient of a Categorical is the indicator minus softmax', () => {
  const bench = new Bench();
  const { b } = bench;
  const logits = bench.given([0.2, -1, 3], [3]);
  const log = distributions['Categorical']!.logProb(b, { logits }, b.constant(1, 'u32'));
  const total = Math.exp(0.2) + Math.exp(-1) + Math.exp(3);
  const expected = [-Math.exp(0.2) / total, 1 - Math.exp(-1) / total, -Math.exp(3) / total];
  bench.run(gradients(b, log, [logits])[0]!).forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 12));
});
