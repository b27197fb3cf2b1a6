/** Sampling loops on both targets, in WGSL and WebAssembly, against float64; and what `keep` reads on the way. */
import { describe, expect, test } from 'vitest';
import { mixSeed } from '../../../compiler/ops/index.ts';
import { elaborateText } from '../../support/elaborated.ts';
import { sample64 } from '../../support/sample64.ts';
import { openText } from '../../support/opened.ts';
import { openTestTargets } from '../../support/targets.ts';

const text = `use "std/diffusion"
schedule noise = linear(30, beta: 1e-3 -> 0.3)
function eps(x: real[3], t) = noise.sigma[t] * tanh(x)
sample go(n = 37) {
  a ~ Normal(0, 1)[3]
  shift = exp(a / 4)
  carry x ~ Normal(0, 1) like eps.x
  for (t, s) in strided(noise.T..0, 11) {
    keep x at [30, 0]
    e = eps(x, t)
    x0 = (x - noise.sigma[t] * e) / sqrt(noise.abar[t])
    x ~ Normal(sqrt(noise.abar[s]) * x0 + noise.sigma[s] * e + shift / 10, noise.sigma[s] / 10)
  }
  return x
}
`;

const seed = 5;
const reference = sample64(elaborateText(text), 'go', mixSeed(seed));
const targets = await openTestTargets();

/** Eleven steps of a few operations, each within some units in the last place of numbers near 1. */
const tolerance = 2e-5;

describe.each(targets)('$target', ({ target, device }) => {
  test.skipIf(device === undefined)('draws what float64 draws, loops and all', async () => {
    const model = await openText(text, target, device!);
    const sample = await model.sample('sample.go', { seed });
    const worst = (found: Float32Array, wanted: Float64Array): number =>
      found.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
    expect(worst(sample.values, reference.values)).toBeLessThan(tolerance);
    expect(sample.kept.map(({ label }) => label)).toEqual(['30', '0']);
    sample.kept.forEach(({ values }, i) => expect(worst(values, reference.kept[i]!.values)).toBeLessThan(tolerance));
    expect(sample.kept.map(({ shape }) => shape)).toEqual([
      [37, 3],
      [37, 3],
    ]);
    // In chunks of 37: draw i is the same whatever their number.
    const more = await model.sample('sample.go', { seed, n: 80 });
    expect(more.values.slice(0, 111)).toEqual(sample.values);
    expect(new Set(more.values).size).toBe(240);
  });

  test.skipIf(device === undefined)('keeps what a loop carries in its own shape, draw by draw', async () => {
    const body = 'carry z = [1, 2, 3]  for i in 1..2 { keep z at [2]  z = 2 * z }  x ~ Normal(0, 1)  return sum(z) + x';
    const model = await openText(`sample go(n = 3) { ${body} }`, target, device!);
    const { shape, kept } = await model.sample('sample.go', { n: 5 });
    expect(shape).toEqual([5]);
    expect(kept).toEqual([
      { label: '2', shape: [5, 3], values: Float32Array.from([...Array(5)].flatMap(() => [2, 4, 6])) },
    ]);
    model.close();
  });
});
