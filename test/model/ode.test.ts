/** `ode` in float64: exact where a method is exact, and of its order where it is not. */
import { describe, expect, test } from 'vitest';
import { sample64 } from '../support/sample64.ts';
import { elaborateText } from '../support/elaborated.ts';

/** The end of dx/dt = f(x, t) from x = 1 at t = 0 to t = 1. */
function end(f: string, method: string): number {
  const spec = elaborateText(`function f(x, t) = ${f}
sample go(n = 1) {
  x = 1
  return ode(f, x, 0 -> 1, ${method})
}
`);
  return sample64(spec, 'go').values[0]!;
}

describe('exact for polynomials of t up to the order', () => {
  test.each([
    ['euler(3)', '2', 3],
    ['heun(3)', '1 + 2 * t', 3],
    ['rk4(3)', '4 * t ^ 3 + 3 * t ^ 2', 3],
  ])('%s of %s', (method, f, wanted) => {
    expect(end(f, method)).toBeCloseTo(wanted, 12);
  });
});

/** dx/dt = cos t - x from 1: x(t) = (cos t + sin t + exp(-t)) / 2. */
const exact = (Math.cos(1) + Math.sin(1) + Math.exp(-1)) / 2;

describe('the error falls with the order of the method', () => {
  test.each([
    ['euler', 1, 0.2, [64, 128, 256, 512]],
    ['heun', 2, 0.2, [32, 64, 128, 256]],
    ['rk4', 4, 0.4, [8, 16, 32, 64]],
  ] as const)('%s: %d', (method, order, within, counts) => {
    const errors = counts.map((steps) => Math.abs(end('cos(t) - x', `${method}(${steps})`) - exact));
    const slopes = errors.slice(1).map((error, i) => Math.log2(errors[i]! / error));
    const median = slopes.sort((a, b) => a - b)[1]!;
    expect(median).toBeGreaterThan(order - within);
    expect(median).toBeLessThan(order + within);
  });
});

test('time may run backwards', () => {
  const spec = elaborateText('function f(x, t) = 2 * t\nsample go(n = 1) { x = 1 return ode(f, x, 1 -> 0, heun(4)) }');
  expect(sample64(spec, 'go').values[0]).toBeCloseTo(0, 12);
});
