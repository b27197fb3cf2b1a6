/** Within their bounds, optimizers keep a state finite in f32 whatever gradients come: the corners, with the worst of them. */
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { largestNorm, share } from '../../compiler/optimizers/bounds.ts';
import { emaWeight, updateEma } from '../../compiler/optimizers/ema.ts';
import { optimizers } from '../../compiler/optimizers/index.ts';
import { type Optimizer, OptimizerError, type OptimizerValues } from '../../compiler/optimizers/optimizer.ts';
import { Bench } from '../distributions/bench.ts';
import { random } from '../distributions/random.ts';
import { evaluateHost, number } from './trajectory.ts';

const steps = 100;
/** 2^32 steps of this length stay within f32. */
const longest = 1e28;

/** What may come to an entry: the largest, then nothing, dust, the other sign, or anything at all. */
const courses: readonly ((step: number) => number)[] = [
  () => largestNorm,
  (step) => (step === 0 ? largestNorm : 0),
  (step) => (step < 5 ? largestNorm : 1e-45),
  (step) => (step < 5 ? 1e-45 : -largestNorm),
  (step) => (step % 2 === 0 ? largestNorm : -largestNorm),
  (step) => (step % 7 === 0 ? largestNorm : 1e-22),
  () => 1e-20,
  () => 0,
];
const generator = random(5);
const wild = Array.from({ length: steps }, () =>
  Array.from({ length: 8 }, () => Math.sign(generator.normal()) * 10 ** (-45 + 64 * generator.uniform())),
);
const size = courses.length + 8;

/** Every combination of the ends of the arguments' bounds. */
function corners({ arguments: all }: Optimizer): OptimizerValues[] {
  let found: OptimizerValues[] = [{}];
  for (const { name, kind, bound } of all) {
    const ends = bound === undefined ? [] : [bound.least, bound.most].map(number);
    const values =
      kind === 'flag' ? [false, true] : kind === 'pair' ? ends.flatMap((a) => ends.map((b) => [a, b] as const)) : ends;
    found = found.flatMap((before) => values.map((value) => ({ ...before, [name]: value })));
  }
  return found;
}

/** As a device may read numbers that are too small for its exponents. */
const flushed = (value: number) => (Math.abs(value) < 2 ** -126 ? 0 : value);

/** The longest step of a run, from parameters at 0; NaN or infinite where the state is at any step. */
function longestStep(optimizer: Optimizer, values: OptimizerValues, flush: boolean): number {
  const rule = optimizer.make(values);
  const kept = (found: Float64Array) => Array.from(found, (value) => (flush ? flushed(value) : value));
  let parameter = new Array<number>(size).fill(0);
  let slots = rule.slots.map(() => new Array<number>(size).fill(0));
  let longest = 0;
  for (let step = 0; step < steps; step++) {
    const bench = new Bench();
    const gradient = [...courses.map((course) => course(step)), ...wild[step]!].map(Math.fround).map(flushed);
    const updated = rule.update(bench.b, {
      parameter: bench.given(parameter, [size]),
      gradient: bench.given(gradient, [size]),
      slots: Object.fromEntries(rule.slots.map((slot, i) => [slot, bench.given(slots[i]!, [size])])),
      scalar: (name) => bench.given(Math.fround(evaluateHost(rule.scalars[name]!, step)), []),
    });
    const outputs = [updated.parameter, ...rule.slots.map((slot) => updated.slots[slot]!)];
    const [next, ...others] = evaluate(outputs, (input) => bench.inputs.get(input)!, undefined, { precision: 'f32' });
    const moved = Array.from(next!, (value, i) => Math.abs(value - parameter[i]!));
    longest = Math.max(longest, ...moved, ...others.flatMap((slot) => Array.from(slot, (value) => 0 * value)));
    parameter = kept(next!);
    slots = others.map(kept);
  }
  return longest;
}

describe.each([...optimizers.values()])('$name', (optimizer) => {
  test('takes no step too long at the ends of its bounds', () => {
    const allowed = corners(optimizer).filter((values) => {
      try {
        optimizer.make(values);
        return true;
      } catch (error) {
        if (error instanceof OptimizerError) return false;
        throw error;
      }
    });
    expect(allowed.length).toBeGreaterThan(1);
    for (const values of allowed) {
      for (const flush of [false, true]) {
        expect(longestStep(optimizer, values, flush), JSON.stringify(values)).toBeLessThan(longest);
      }
    }
  });
});

describe('outside of the bounds a state ends', () => {
  const adam = optimizers.get('adam')!;
  const unbounded = { ...adam, make: (values: OptimizerValues) => ({ ...adam.make(typical), ...partsOf(values) }) };
  const typical = { lr: number(1e-3), betas: [number(0.9), number(0.999)], eps: number(1e-8) } as const;
  const partsOf = (values: OptimizerValues) => ({ scalars: adam.make({ ...typical, ...values }).scalars });

  test('by a divisor that is 0', () => {
    expect(longestStep(unbounded, { eps: number(0) }, false)).toBeNaN();
  });

  test('by a learning rate', () => {
    expect(longestStep(unbounded, { lr: number(1e38) }, false)).not.toBeLessThan(longest);
  });

  test('by a first β that outlasts the second, which Adam refuses', () => {
    const betas = [number(0.9999), number(0.9)] as const;
    expect(() => adam.make({ ...typical, betas })).toThrow(OptimizerError);
    expect(() => adam.make({ ...typical, betas: [number(0.99999), number(0.9999999)] })).toThrow(OptimizerError);
  });
});

test('the average stays within its parameters', () => {
  for (const decay of [share.least, share.most]) {
    let average = 0;
    for (let step = 0; step < 50; step++) {
      const bench = new Bench();
      const weight = bench.given(Math.fround(evaluateHost(emaWeight(number(decay)), step)), []);
      const x = (step % 2 === 0 ? 1 : -1) * 1e38;
      const node = updateEma(bench.b, bench.given([average], [1]), bench.given([x], [1]), weight);
      const [found] = evaluate([node], (input) => bench.inputs.get(input)!, undefined, { precision: 'f32' });
      average = found![0]!;
      expect(Math.abs(average)).toBeLessThanOrEqual(1.0001e38);
    }
  }
});
