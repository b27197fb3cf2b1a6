/** Units of reports: nats where log-densities and divergences are summed and scaled, none where it is not known. */
import { expect, test } from 'vitest';
import { elaborateText } from '../support/elaborated.ts';

const spec = (report: string): string => `use "std/objectives"
data d { x : real[2]  source npy(x: "x.npy") }
param u : real = 0.5
net code(x) = x |> dense(2)
model p { z ~ Normal(0, 1)[2]  x ~ Normal(z, 1) }
guide q(x) { z ~ Normal(code(x), 1) }
evaluate { data d  report ${report} }`;

const kl = 'KL(q(z | x) || p(z))';

test.each([
  ['elbo(p, q)', 'nats'],
  ['elbo(p, q, beta: 4)', 'nats'],
  ['elbo(p, q, beta: warmup(0 -> 1, epochs: 3))', 'nats'],
  ['elbo_mc(p, q)', 'nats'],
  ['stl(p, q)', 'nats'],
  ['free_bits(p, q)', 'nats'],
  ['iwelbo(p, q)', 'nats'],
  ['iwelbo_dreg(p, q)', 'nats'],
  ['renyi(p, q)', 'nats'],
  ['rate(p, q)', 'nats'],
  ['distortion(p, q)', 'nats'],
  ['kl_per_dim(q, p)', 'nats'],
  ['ess(p, q)', ''],
  ['active_units(q)', ''],
  [`-${kl} / 2 + 1`, 'nats'],
  [`u * ${kl}`, 'nats'],
  [`batch_mean(${kl})`, 'nats'],
  [`[${kl}, log Normal(0, 1)(u)]`, 'nats'],
  [`flatten(KL(q(z | x) || p(z), per: dim))`, 'nats'],
  [`if u > 0 then ${kl} else 0`, 'nats'],
  [`max(KL(q(z | x) || p(z), per: dim))`, 'nats'],
  ['sum(x)', ''],
  ['mean_square(x)', ''],
  ['E[z ~ q(z | x)](sum(z))', ''],
  [`${kl} - mean_square(x)`, ''],
  [`${kl}^2`, ''],
  [`${kl} / log Normal(0, 1)(u)`, ''],
  [`exp(${kl})`, ''],
  [`concat(KL(q(z | x) || p(z), per: dim), x)`, ''],
  [`data_variance(${kl})`, ''],
  [`sum(if u > 0 then x else KL(q(z | x) || p(z), per: dim))`, ''],
])('%s is in "%s"', (report, unit) => {
  const program = elaborateText(spec(report)).programs.programs.find(({ kind }) => kind === 'evaluate')!;
  expect(program.kind === 'evaluate' && program.reports).toMatchObject([{ text: report, unit }]);
});
