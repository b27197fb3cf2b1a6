/** The adjoint of every op, against central differences of its float64 reference; second derivatives too. */
import { describe, expect, test } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { gradients } from '../../compiler/4-tensor/passes/differentiate.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { ops, type OpName } from '../../compiler/ops/index.ts';
import type { Op } from '../../compiler/ops/op.ts';

/** Places away from kinks and ends of domains, an argument list each. */
const places: { readonly [Name in OpName]?: readonly (readonly number[])[] } = {
  abs: [[1.5], [-0.3]],
  acos: [[0.2], [-0.7]],
  add: [[1.5, -0.3]],
  cos: [[0.4], [-20]],
  digamma: [[0.3], [1.2], [4.5], [12]],
  div: [[1.5, -0.3], [-0.2, 3]],
  erf: [[0.4], [-1.7], [2.5]],
  exp: [[0.4], [-3]],
  expm1: [[0.4], [-3], [1e-3]],
  lgamma: [[0.3], [1.2], [4.5], [12]],
  log: [[0.4], [7]],
  log1p: [[0.4], [-0.6], [1e-3], [9]],
  max: [[1.5, -0.3], [-0.3, 1.5]],
  min: [[1.5, -0.3], [-0.3, 1.5]],
  mul: [[1.5, -0.3]],
  neg: [[1.5]],
  pow: [[1.5, 2.3], [0.3, -1.2]],
  relu: [[1.5], [-0.3]],
  sigmoid: [[0.4], [-8], [8]],
  sin: [[0.4], [-20]],
  softplus: [[0.4], [-8], [8]],
  sqrt: [[0.4], [9]],
  square: [[0.4], [-3]],
  sub: [[1.5, -0.3]],
  tanh: [[0.4], [-3]],
  trigamma: [[0.3], [1.2], [4.5], [12]],
}; // prettier-ignore

/** Where the derivative is zero by definition: integers, predicates, steps, and stop. */
const flat: readonly OpName[] = [
  'and', 'bitAnd', 'bitOr', 'bitXor', 'eq', 'floor', 'ge', 'gt', 'isFinite', 'le', 'lt', 'ne', 'not', 'or', 'rem', 'round',
  'shiftLeft', 'shiftRight', 'shuffled_row', 'sign', 'standard_normal', 'standard_uniform', 'stop', 'threefry',
  'threefry_second', 'toF32', 'toU32',
]; // prettier-ignore

test('every op is one with a derivative or one without', () => {
  const listed = [...Object.keys(places), ...flat, 'select'].sort();
  expect(listed).toEqual(Object.keys(ops).sort());
  for (const name of flat) expect(ops[name].vjp, name).toBeUndefined();
});

/** Central differences of sixth order. */
function slope(f: (x: number) => number, x: number): number {
  const h = 2e-3 * Math.max(0.1, Math.min(1, Math.abs(x)));
  const pair = (n: number): number => f(x + n * h) - f(x - n * h);
  return (45 * pair(1) - 9 * pair(2) + pair(3)) / (60 * h);
}

describe.each(Object.keys(places) as OpName[])('%s', (name) => {
  const op: Op = ops[name];

  test.each(places[name]!.map((place) => [place] as const))('at %j', (place) => {
    const b = new Builder();
    const args = place.map((_, i) => b.input({ kind: 'argument', name: `x${i}` }, []));
    const at = (x: readonly number[]) => new Map(args.map((arg, i) => [arg, [x[i]!]]));
    const first = gradients(b, b.map(name, ...args), args);
    first.forEach((derivative, i) => {
      const close = (found: number, expected: number): void =>
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-8 * (1 + Math.abs(expected)));
      const moved = (k: number, x: number): number[] => place.map((old, j) => (j === k ? x : old));
      const exact = slope((x) => op.reference(...moved(i, x)), place[i]!);
      close(evaluate([derivative], at(place))[0]![0]!, exact);
      gradients(b, derivative, args).forEach((second, k) => {
        const along = (x: number): number => evaluate([derivative], at(moved(k, x)))[0]![0]!;
        close(evaluate([second], at(place))[0]![0]!, slope(along, place[k]!));
      });
    });
  });
});

describe('where a formula could go wrong', () => {
  const derivative = (name: OpName, x: number): number => {
    const b = new Builder();
    const input = b.input({ kind: 'argument', name: 'x' }, []);
    return evaluate(gradients(b, b.map(name, input), [input]), () => [x])[0]![0]!;
  };

  test.each<readonly [OpName, number, number]>([
    ['sqrt', 0, 0],
    ['relu', 0, 0],
    ['abs', 0, 0],
    ['softplus', 1000, 1],
    ['softplus', -1000, 0],
    ['sigmoid', 1000, 0],
    ['tanh', -1000, 0],
    ['erf', 1e10, 0],
  ])("%s'(%d) = %d", (name, x, expected) => expect(derivative(name, x)).toBe(expected));

  test('select sends the gradient to the branch that is chosen, and 0 to the other', () => {
    const b = new Builder();
    const x = b.parameter('x', [2]);
    const isSmall = b.map('lt', x, 1);
    // The guarded idiom: the branch not chosen sees a harmless argument.
    const safe = b.select(isSmall, 1, x);
    const output = b.sum(b.select(isSmall, b.mul(x, 3), b.log(safe)), [0]);
    expect([...evaluate(gradients(b, output, [x]), () => [-5, 4])[0]!]).toEqual([3, 0.25]);
  });

  test('at a tie the first argument of a maximum and a minimum takes the gradient', () => {
    const b = new Builder();
    const [x, y] = [b.parameter('x', []), b.parameter('y', [])];
    for (const op of ['max', 'min'] as const) {
      const values = evaluate(gradients(b, b.map(op, x, y), [x, y]), () => [2]);
      expect(values.map((value) => value[0])).toEqual([1, 0]);
    }
  });
});
