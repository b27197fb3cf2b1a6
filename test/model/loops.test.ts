/** Loops of sample programs, in float64: against the same recursion written out, and against each other. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { sample64 } from '../support/sample64.ts';
import { elaborateText } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';

/** Data N(0, 1): the best guess of the noise in x at step t is sigma[t] x, whatever the schedule. */
const exact = (T: number, sample: string): string => `use "std/diffusion"
schedule noise = linear(${T}, beta: 1e-3 -> 0.2)
function eps(x: real[2], t) = noise.sigma[t] * x
sample go = ${sample}
`;

function spread(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);
}

describe('samplers of std/diffusion', () => {
  test('ddim with eta = 1 and every step is ancestral sampling with the posterior variance, draw by draw', () => {
    const ancestral = elaborateText(exact(40, 'ancestral(eps, noise, variance: noise.posterior_variance, n: 50)'));
    const ddim = elaborateText(exact(40, 'ddim(eps, noise, n: 50, steps: 40, eta: 1)'));
    const [one, other] = [sample64(ancestral, 'go').values, sample64(ddim, 'go').values];
    expect(spread(one)).toBeGreaterThan(0.5);
    one.forEach((value, i) => expect(other[i]).toBeCloseTo(value, 10));
  });

  test('ddim with eta = 0 is a map of its first draw: N(0, 1) stays as it is', () => {
    // dx / x is the same for every step of an exact N(0, 1), and a step of any size keeps the variance within O(stride).
    const spec = elaborateText(exact(1000, 'ddim(eps, noise, n: 20, steps: 1000)'));
    const first = elaborateText('sample go(n = 20) { x ~ Normal(0, 1)[2] return x }');
    const ratios = sample64(spec, 'go').values.map((value, i) => value / sample64(first, 'go').values[i]!);
    ratios.forEach((ratio) => expect(ratio).toBeCloseTo(ratios[0]!, 9));
    expect(ratios[0]).toBeGreaterThan(0.8);
    expect(ratios[0]).toBeLessThan(1.25);
  });

  test('fewer strides than steps: both ends are included', () => {
    const spec = elaborateText(exact(40, 'ddim(eps, noise, n: 3, steps: 7)'));
    const { parts } = spec.programs.programs.find((program) => program.kind === 'sample')!;
    expect(parts.map(({ iterations }) => iterations)).toEqual([1, 7]);
    expect(sample64(spec, 'go').values.every(Number.isFinite)).toBe(true);
  });
});

describe('a loop', () => {
  const body = (lines: string): string => `sample go(n = 3) {\n${lines}\n  return x\n}\n`;

  test('is its body as often as its range says, in its order', () => {
    const spec = elaborateText(body('  carry x = 2\n  for t in 4..1 { x = x * t + 1 }'));
    const wanted = [4, 3, 2, 1].reduce((x, t) => x * t + 1, 2);
    expect([...sample64(spec, 'go').values]).toEqual([wanted, wanted, wanted]);
  });

  test('carries several names, each given anew from what the others were given', () => {
    const spec = elaborateText(body('  carry x = 1\n  carry y = 1\n  for t in 1..5 {\n    x = x + y\n    y = x\n  }'));
    expect(sample64(spec, 'go').values[0]).toBe(32);
  });

  test('reads what was drawn before it as it was drawn, and draws anew in each iteration', () => {
    const spec = elaborateText(`sample go(n = 2000) {
  a ~ Normal(0, 1)
  b = exp(a)
  carry x = 0
  for t in 1..3 {
    e ~ Normal(0, 1)
    x = x + b + e
  }
  return [x, b, a]
}
`);
    const { values } = sample64(spec, 'go');
    const rest = Array.from({ length: 2000 }, (_, i) => {
      const [x, b, a] = [values[3 * i]!, values[3 * i + 1]!, values[3 * i + 2]!];
      expect(b).toBeCloseTo(Math.exp(a), 9);
      return x - 3 * b;
    });
    // Three draws of variance 1: were they one draw thrice, it were 9. The standard error of a variance is 3 √(2/n) = 0.1.
    expect(spread(rest) ** 2).toBeGreaterThan(2.6);
    expect(spread(rest) ** 2).toBeLessThan(3.4);
  });

  test('two loops draw apart', () => {
    const spec = elaborateText(`sample go(n = 500) {
  carry x = 0
  for t in 1..2 { x ~ Normal(0, 1) }
  y = x
  for t in 1..2 { x ~ Normal(0, 1) }
  return [x, y]
}
`);
    const { values } = sample64(spec, 'go');
    const different = Array.from({ length: 500 }, (_, i) => values[2 * i] !== values[2 * i + 1]);
    expect(different.every(Boolean)).toBe(true);
  });

  test('keeps the carried value where it is told to', () => {
    const spec = elaborateText(body('  carry x = 1\n  for t in 4..1 {\n    keep x at [4, 2, 0]\n    x = x * 2\n  }'));
    const { kept, values } = sample64(spec, 'go');
    expect(kept.map(({ label, values: [first] }) => [label, first])).toEqual([
      ['4', 1],
      ['2', 4],
      ['0', 16],
    ]);
    expect(values[0]).toBe(16);
  });

  test.each([
    ['a second loop of a program', `${'for t in 3..1 { keep x at [0]  x = x / 2 } '.repeat(2)} return x`],
    [
      'a program that returns several values',
      'for t in 3..1 { keep x at [0]  x = x / 2 } return [x + i for i in 0..4]',
    ],
  ])("'keep' in %s is told", (what, rest) => {
    const text = `sample go(n = 5) { carry x ~ Normal(0, 1)[2]  ${rest} }`;
    const { diagnostics } = check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) });
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['not-supported', expect.stringContaining(`'keep' in ${what}`)],
    ]);
  });

  test('an if on its step chooses by the step', () => {
    const spec = elaborateText(body('  carry x = 0\n  for t in 1..4 { x = x + (if t > 2 then 10 else 1) }'));
    expect(sample64(spec, 'go').values[0]).toBe(22);
  });
});
