/** Labels: dropped for a further category, given to samplers, and observed by a conditional model; on both targets. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { ops, streamKey } from '../../compiler/ops/index.ts';
import { elaborateText, run64 } from '../support/elaborated.ts';
import { openText } from '../support/opened.ts';
import { numbersOf } from '../support/reports.ts';
import { testSources } from '../support/sources.ts';
import { mean } from '../support/statistics.ts';
import { openTestTargets } from '../support/targets.ts';

const told = (text: string): readonly string[] =>
  check({ entry: 'test.vae', host: testSources({ 'test.vae': text }) }).diagnostics.map(({ message }) => message);

describe('a label that is dropped with a probability', () => {
  const rows = 8;
  const text = `data d { x : real[2]  label : category(3)  source npy(x: "x.npy", label: "l.npy") }
net weight(label: category(4)) = embedding(label, 1) |> scalar
objective kept = E[dropped ~ Bernoulli(probs: 0.3)](weight(if dropped == 1 then 3 else label))
train { data d  maximize kept  optimizer sgd(lr: 1)  batch ${rows}  epochs 1 }
`;

  test('is the further category in just these rows, in the value and in the gradient', () => {
    const spec = elaborateText(text);
    const [table] = spec.programs.layout.parameters;
    expect(table?.shape).toEqual([4, 1]);
    const labels = [0, 1, 2, 0, 1, 2, 0, 1];
    const values = [1, 10, 100, 1000];
    const seed = 4;
    const train = spec.programs.programs.find(({ kind }) => kind === 'train')!;
    const results = run64(train.function, spec, {
      parameters: { [table!.path]: values },
      uniforms: { rows, seed },
      tables: { x: new Float64Array(2 * rows), label: labels },
    });
    const key = (streamKey('train', 'E', 'dropped') ^ seed) >>> 0;
    const seen = labels.map((label, row) => (ops.standard_uniform.reference(key, 0, row, 0) < 0.3 ? 3 : label));
    expect(new Set(seen).size).toBe(4);
    expect(results.get('objective')![0]).toBeCloseTo(mean(seen.map((label) => values[label]!)), 10);
    // Of gradient ascent at a rate of 1, the move is the gradient: how often each category was seen.
    const after = [...results].find(([, held]) => held.length === spec.programs.layout.length)![1];
    values.forEach((value, k) =>
      expect(after[k]! - value).toBeCloseTo(seen.filter((label) => label === k).length / rows, 10),
    );
  });

  test('is refused where the net has no such category', () => {
    expect(told(text.replace('category(4)', 'category(3)'))).toEqual([
      "expected a category, 0 to 2, for 'label' of 'weight', found a category(4) number",
    ]);
  });
});

const data = `data d {
  x : real[2]
  label : category(2)
  source gaussian_mixture(n: 400, seed: 1, centers: [[3, 0], [-3, 0]], stds: [0.2, 0.2])
}
`;

/** Two points, one a label: what was learned of the label is told by the sign of the first coordinate. */
const share = (values: Float32Array, sign: 1 | -1): number =>
  mean(Array.from({ length: values.length / 2 }, (_, i) => Number(values[2 * i]! * sign > 0)));

const targets = await openTestTargets();

describe.each(targets)('on $target', ({ target, device }) => {
  test.skipIf(device === undefined)('a conditional VAE trains, is evaluated and draws what is asked for', async () => {
    const model = await openText(
      `use "std/objectives"
${data}
net decoder(z, label) = concat(z, one_hot(label)) |> dense(16, silu) |> dense(2)
net encoder(x, label) { h = concat(x, one_hot(label)) |> dense(16, silu)  return mu: dense(h, 1), logvar: dense(h, 1) }
model p(label: category(2)) {
  z ~ Normal(0, 1)[1]
  x ~ Normal(decoder(z, label), 0.5)
}
guide q(x, label) {
  mu, logvar = encoder(x, label)
  z ~ Normal(mu, exp(logvar / 2))
}
train { data d  maximize elbo(p, q)  optimizer adam(lr: 0.02)  batch 50  epochs 25  seed 0 }
evaluate { data d  report elbo(p, q) }
sample of_class(label: category(2), n = 100) { z ~ p(z)  return mean p(x | z, label) }
sample right = of_class(0)
sample left = of_class(1)
`,
      target,
      device!,
    );
    const before = numbersOf((await model.evaluate()).reports[0]!)[0]!;
    await model.train();
    const after = numbersOf((await model.evaluate()).reports[0]!)[0]!;
    // Two coordinates of spread 0.2 under a scale of 0.5: -log(2π 0.25) - 0.16 = -0.61 at best, nats.
    expect(before).toBeLessThan(-10);
    expect(after).toBeGreaterThan(-1.2);
    expect(after).toBeLessThan(-0.5);
    expect(share((await model.sample('sample.right')).values, 1)).toBe(1);
    expect(share((await model.sample('sample.left')).values, -1)).toBe(1);
    model.close();
  });

  test.skipIf(device === undefined)('one net learns with and without the label, and is guided by both', async () => {
    const model = await openText(
      `use "std/diffusion"
${data}
schedule noise = linear(20, beta: 0.01 -> 0.5)
net eps(x: real[2], t: step(20), label: category(3)) =
  concat(x, noise.sigma[t], embedding(label, 2)) |> dense(32, silu) |> dense(2)
objective conditional =
  E[dropped ~ Bernoulli(probs: 0.2)](ddpm_simple(eps(_, _, if dropped == 1 then 2 else label), noise))
train { data d  minimize conditional  optimizer adam(lr: 0.02)  batch 50  epochs 40  seed 0 }
evaluate { data d  report ddpm_simple(eps(_, _, label), noise) }
sample of_class(label: category(2), w = 1, n = 200) =
  ancestral(guided(eps(_, _, label), eps(_, _, 2), w, _, _), noise, noise.posterior_variance)
sample right = of_class(0)
sample both = ddim(eps(_, _, 2), noise, steps: 10, n: 200)
`,
      target,
      device!,
    );
    await model.train();
    expect(numbersOf((await model.evaluate()).reports[0]!)[0]!).toBeLessThan(0.5);
    expect(share((await model.sample('sample.right')).values, 1)).toBeGreaterThan(0.97);
    // Without the label either side has half of the draws; 200 of them leave 25 to 75 % with probability 1e-12.
    const both = share((await model.sample('sample.both')).values, 1);
    expect(both).toBeGreaterThan(0.25);
    expect(both).toBeLessThan(0.75);
    model.close();
  });
});
