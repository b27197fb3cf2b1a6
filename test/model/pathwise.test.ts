/** Expectations over families without a pathwise gradient: refused where one is needed, trained where none is. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { elaborateText, run64, someNumbers, someParameters } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';

const spec = (objective: string, kind: 'train' | 'evaluate' = 'train'): string => `
data points { x : real[3]  source npy(x: "points.npy") }
net head(x) = x |> dense(2)
net mean(z) = z |> dense(3)
model p {
  z ~ Bernoulli(probs: 0.3)[2]
  x ~ Normal(mean(z), 0.5)
}
guide q(x) { z ~ Bernoulli(logits: head(x)) }
objective wake(p: model, q: guide, K = 5) =
  E[z[k] ~ stop(q)(z | x) for k in 1..K](
    sum[k](stop(softmax[k](log p(x, z[k]) - log q(z[k] | x))) * log q(stop(z[k]) | x))
  )
${
  kind === 'train'
    ? `train { data points  maximize ${objective}  optimizer sgd(lr: 1)  batch 4  epochs 1 }`
    : `evaluate { data points  report ${objective} }`
}`;

/** What is said of the objective, which need not read all that the spec declares. */
function codes(objective: string, kind?: 'train' | 'evaluate'): string[] {
  const host = testSources({ 'test.vae': spec(objective, kind) });
  const { diagnostics } = check({ entry: 'test.vae', host });
  return diagnostics.map(({ code }) => code).filter((code) => code !== 'unreached');
}

describe('a draw without a pathwise gradient', () => {
  test.each([
    'E[e ~ Bernoulli(logits: head(x))](sum(e * head(x)))',
    'E[z ~ q(z | x)](log p(x | z))',
    // The draw of a pathwise variable carries the gradient on to a discrete one.
    'E[y ~ Normal(head(x), 1)](E[e ~ Bernoulli(logits: y)](sum(e)))',
  ])('is refused where the gradient has to pass it: %s', (objective) => {
    expect(codes(objective)).toEqual(['no-pathwise-gradient']);
  });

  test.each([
    'E[e ~ Bernoulli(probs: 0.5) like x](sum(e * mean(head(x))))',
    'E[e ~ Bernoulli(logits: stop(head)(x))](sum(e * head(x)))',
    'E[e ~ Bernoulli(logits: stop(head(x)))](sum(e * head(x)))',
    'E[z ~ stop(q)(z | x)](log p(x, z))',
    'wake(p, q)',
  ])('is drawn where no gradient passes it: %s', (objective) => {
    expect(codes(objective)).toEqual([]);
  });

  test('is drawn in an evaluation', () => {
    expect(codes('E[e ~ Bernoulli(logits: head(x))](sum(e * head(x)))', 'evaluate')).toEqual([]);
  });
});

test('the gradient past a stopped discrete draw is that of central differences', () => {
  const elaborated = elaborateText(spec('E[z[k] ~ stop(q)(z | x) for k in 1..3](mean[k](log q(stop(z[k]) | x)))'));
  const train = elaborated.programs.programs.find(({ kind }) => kind === 'train')!;
  const parameters = someParameters(elaborated);
  const inputs = { uniforms: { rows: 4, step: 3, seed: 7 }, tables: { x: someNumbers(12, 7, 1.5) } };
  const at = (path: string, i: number, delta: number): Map<string, Float64Array> => {
    const moved = Float64Array.from(parameters[path]!);
    moved[i]! += delta;
    return run64(train.function, elaborated, { ...inputs, parameters: { ...parameters, [path]: moved } });
  };
  const step = 1e-5;
  let largest = 0;
  for (const { path, offset } of elaborated.programs.layout.parameters) {
    parameters[path]!.forEach((value, i) => {
      const found = at(path, i, 0).get('parameters')![offset + i]! - value;
      const [above, below] = [step, -step].map((delta) => at(path, i, delta).get('objective')![0]!);
      // The draws are steps of the parameters and stand still; truncation 1e-10 of the third derivative, below 1.
      expect(found, `${path}[${i}]`).toBeCloseTo((above! - below!) / (2 * step), 6);
      largest = Math.max(largest, Math.abs(found));
    });
  }
  expect(largest).toBeGreaterThan(0.01);
});
