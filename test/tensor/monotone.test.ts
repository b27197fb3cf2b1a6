/** Directions against derivatives: what is said to rise has no negative slope, in random programs at random points. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import type { Node } from '../../compiler/4-tensor/ir.ts';
import { directions } from '../../compiler/4-tensor/monotone.ts';
import { gradients } from '../../compiler/4-tensor/passes/differentiate.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { randomProgram, type RandomProgram } from '../support/random-program.ts';

test('the slope of a random program has the sign that its direction says', () => {
  const told = { rises: 0, falls: 0, unknown: 0 };
  const property = ({ b, fn, inputs, tables }: RandomProgram): void => {
    const floats = fn.outputs.map(({ node }) => node).filter(({ dtype }) => dtype === 'f32');
    if (floats.length === 0) return;
    const scalar = floats.map((node) => b.sumFrom(node, 0)).reduce((sum, one) => b.sub(one, sum));
    const found = directions(scalar);
    const wrt = [...inputs.keys()];
    const slopes = evaluate(gradients(b, scalar, wrt), inputs, tables);
    for (const [i, input] of wrt.entries()) {
      const direction = found.get(input);
      const slope = Array.from(slopes[i]!);
      if (direction === undefined) expect(slope.every((one) => one === 0)).toBe(true);
      else if (direction === 0) told.unknown++;
      else {
        told[direction === 1 ? 'rises' : 'falls']++;
        expect(Math.min(...slope.map((one) => direction * one))).toBeGreaterThanOrEqual(0);
      }
    }
  };
  fc.assert(fc.property(randomProgram(), property), { seed: 3, numRuns: 600 });
  // Enough of each that a wrong rule would be met.
  expect(Math.min(told.rises, told.falls, told.unknown)).toBeGreaterThan(20);
});

test.each<[string, (b: Builder, x: Node, y: Node) => Node, 1 | 0 | -1 | undefined]>([
  ['x - y', (b, x, y) => b.sub(x, y), 1],
  ['y - x', (b, x, y) => b.sub(y, x), -1],
  ['x · e^y', (b, x, y) => b.mul(x, b.exp(y)), 1],
  ['-3 x', (b, x) => b.mul(-3, x), -1],
  ['x y', (b, x, y) => b.mul(x, y), 0],
  ['x²', (b, x) => b.square(x), 0],
  ['y / e^x', (b, x, y) => b.div(b.exp(y), b.exp(x)), -1],
  ['e^x - x', (b, x) => b.sub(b.exp(x), x), 0],
  ['y - stop(x)', (b, x, y) => b.sub(y, b.map('stop', x)), undefined],
])('%s', (_, make, expected) => {
  const b = new Builder();
  const [x, y] = [b.uniform('x'), b.uniform('y')];
  expect(directions(make(b, x, y)).get(x)).toBe(expected);
});
