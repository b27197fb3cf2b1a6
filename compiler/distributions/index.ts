/** The catalogue of distributions, by the name that a spec writes. */
import { bernoulli } from './bernoulli.ts';
import { categorical } from './categorical.ts';
import { discretizedLogistic } from './discretized_logistic.ts';
import type { Distribution } from './distribution.ts';
import { exponential } from './exponential.ts';
import { laplace } from './laplace.ts';
import { logNormal } from './log_normal.ts';
import { normal } from './normal.ts';
import { poisson } from './poisson.ts';
import { studentT } from './student_t.ts';
import { uniform } from './uniform.ts';

const catalogue = [
  bernoulli,
  categorical,
  discretizedLogistic,
  exponential,
  laplace,
  logNormal,
  normal,
  poisson,
  studentT,
  uniform,
];

/** Own keys only, and no prototype: any word of a spec may be looked up. */
export const distributions: Readonly<Record<string, Distribution>> = Object.freeze(
  catalogue.reduce<Record<string, Distribution>>(
    (byName, distribution) => {
      byName[distribution.name] = distribution;
      return byName;
    },
    Object.create(null) as Record<string, Distribution>,
  ),
);

/** Families of the language that no file here describes yet: a spec that names one is told so. */
export const laterDistributions: readonly string[] = [
  'Beta',
  'Dirichlet',
  'Gamma',
  'GumbelSoftmax',
  'Mixture',
  'MultivariateNormal',
];
