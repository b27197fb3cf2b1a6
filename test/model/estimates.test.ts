/** Estimates from draws under functions that are not linear: biased, so refused, whatever they pass on the way. */
import { describe, expect, test } from 'vitest';
import { check } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

/** A StudentT has no closed KL from a Normal: the divergence is estimated from the draw. */
const spec = (objective: string, kind = 'train'): string => `
data points { x : real[3]  source npy(x: "points.npy") }
param u : real = 0.5
net code(x) = x |> dense(2)
net head(h) = h |> dense(2)
model p { z ~ Normal(0, 1)[2]  x ~ Normal(0, 1)[3] }
guide q(x) { z ~ StudentT(5, code(x), 1) }
${
  kind === 'train'
    ? `train { data points  minimize ${objective}  optimizer sgd(lr: 1)  batch 4  epochs 1 }`
    : `evaluate { data points  report ${objective} }`
}`;

const whole = 'KL(q(z | x) || p(z))';
const each = 'KL(q(z | x) || p(z), per: dim)';

/** What is said of an objective, in training and in an evaluation alike. */
/** What is said of the objective, which need not read all that the spec declares. */
function codes(objective: string): string[] {
  const [training, evaluation] = ['train', 'evaluate'].map((kind) => {
    const host = testSources({ 'test.vae': spec(objective, kind) });
    const { diagnostics } = check({ entry: 'test.vae', host });
    return diagnostics.map(({ code }) => code).filter((code) => code !== 'unreached');
  });
  expect(evaluation).toEqual(training);
  return training!;
}

describe('a Monte Carlo KL', () => {
  test.each([
    `exp(${whole})`,
    `silu(${whole})`,
    `mean_square(${each})`,
    `sum(exp(flatten(${each})))`,
    `sum(exp(reshape(${each}, 2, 1)))`,
    `sum(exp(concat(${each}, x)))`,
    `exp(split(${each}, 2)[1]) |> scalar`,
    `logsumexp([${whole}, u])`,
    `sum(square(batch_mean(${each})))`,
    `sum(head(${each}))`,
    `max(stop(${each}))`,
    `log Normal(0, 1)(${whole}) + u`,
    `log Normal(${whole}, 1)(u)`,
    `if ${whole} < 1 then u else ${whole}`,
    `-1 / ${whole}`,
    `${whole} * ${whole}`,
    `${whole}^2`,
    `${whole}^-1`,
    `exp(u)^${whole}`,
  ])('is refused inside %s', (objective) => {
    expect(codes(objective)).toEqual(['estimate-under-nonlinearity']);
  });

  test.each([
    `u - 0.5 * ${whole} / 3`,
    `u * sum(flatten(${each}))`,
    `mean(concat(${each}, x)) + ${whole}`,
    `sum(stop(${each})) - ${whole}`,
    `if u > 0 then ${whole} else sum(${each})`,
    `batch_mean(sum([${whole}, u]))`,
    `exp(KL(q(z | x) || p(z), by: monte_carlo))`,
  ])('is fine inside what is linear: %s', (objective) => {
    expect(codes(objective)).toEqual([]);
  });
});

const drawn = 'E[z ~ q(z | x)](log p(x, z))';

describe('an expectation', () => {
  test.each([
    `exp(${drawn})`,
    `${drawn} * ${drawn}`,
    `${drawn} * ${whole}`,
    `u / ${drawn}`,
    `max(u, batch_mean(${drawn}))`,
    `E[e ~ Normal(0, 1)](exp(e + ${drawn}))`,
    `E[z[k] ~ q(z | x) for k in 1..5](logmeanexp[k](log p(x, z[k]) + E[e ~ Normal(0, 1)](e * u)))`,
  ])('is refused inside what is not linear: %s', (objective) => {
    expect(codes(objective)).toEqual(['estimate-under-nonlinearity']);
  });

  test.each([
    `u * ${drawn} - ${whole}`,
    `E[z ~ q(z | x)](exp(log p(x, z)))`,
    `E[z[k] ~ q(z | x) for k in 1..5](logmeanexp[k](log p(x, z[k]) - log q(z[k] | x)))`,
    `E[z ~ q(z | x)](max(u, batch_mean(log p(x, z))))`,
    `E[z ~ q(z | x)](log p(x, z) + E[e ~ Normal(0, 1)](e * u))`,
  ])('holds any function, and is fine inside what is linear: %s', (objective) => {
    expect(codes(objective)).toEqual([]);
  });

  test('is told how to be right', () => {
    const host = testSources({ 'test.vae': spec(`exp(${drawn})`) });
    const [found] = check({ entry: 'test.vae', host }).diagnostics;
    expect(found!.message).toBe(
      "an estimate of E inside 'exp(E[z ~ q(z | x)](log p(x, z)))' is biased; take the function inside the E",
    );
  });
});
