/** The families as a textbook writes them, in plain numbers, with parameters away from any special case. */
import { distributions } from '../../compiler/distributions/index.ts';
import type { Distribution } from '../../compiler/distributions/distribution.ts';
import { logGamma, normalCdf } from './numerics.ts';

/** A number, or a vector where the parameter has an axis of its own. */
export type Values = { readonly [name: string]: number | readonly number[] };

export interface Case {
  readonly distribution: Distribution;
  readonly parameters: Values;
  /** Where its KL is taken to, when it has one. */
  readonly other?: Values;
  /** A density or a mass, as the book has it. */
  readonly density: (x: number) => number;
  /** Points to compare it at. */
  readonly points: readonly number[];
  readonly mean?: number;
  readonly variance: number;
  /** How many seeded draws its tests make: fewer where one costs the reference much. */
  readonly draws: number;
  readonly kind:
    | { readonly kind: 'continuous'; readonly from: number; readonly to: number; readonly cdf: (x: number) => number }
    | { readonly kind: 'discrete'; readonly values: readonly number[] };
}

export const cases: readonly Case[] = [
  normalCase(),
  logNormalCase(),
  laplaceCase(),
  exponentialCase(),
  uniformCase(),
  studentCase(),
  bernoulliCase(),
  categoricalCase(),
  poissonCase(2.3, 9),
  poissonCase(15.9, 12),
  poissonCase(16.1, 20),
  poissonCase(240.5, 200),
  logisticCase(0.4, 0.03, 256),
  logisticCase(0.9, 0.2, 16),
];

export function nameOf({ distribution, parameters }: Case): string {
  return `${distribution.name}(${Object.values(parameters).join(', ')})`;
}

function find(name: string): Distribution {
  const distribution = distributions[name];
  if (distribution === undefined) throw new Error(`no distribution ${name}`);
  return distribution;
}

function normalCase(): Case {
  const [m, s] = [-0.7, 1.6];
  return {
    distribution: find('Normal'),
    parameters: { loc: m, scale: s },
    other: { loc: 0.4, scale: 0.9 },
    density: (x) => Math.exp(-((x - m) ** 2) / (2 * s * s)) / (s * Math.sqrt(2 * Math.PI)),
    points: [-6, -0.7, 0, 0.3, 4.2],
    mean: m,
    variance: s * s,
    draws: 50_000,
    kind: { kind: 'continuous', from: -Infinity, to: Infinity, cdf: (x) => normalCdf((x - m) / s) },
  };
}

function logNormalCase(): Case {
  const [m, s] = [0.3, 0.5];
  return {
    distribution: find('LogNormal'),
    parameters: { loc: m, scale: s },
    other: { loc: -0.2, scale: 0.8 },
    density: (x) => Math.exp(-((Math.log(x) - m) ** 2) / (2 * s * s)) / (x * s * Math.sqrt(2 * Math.PI)),
    points: [0.05, 0.7, 1, 3.3, 12],
    mean: Math.exp(m + (s * s) / 2),
    variance: (Math.exp(s * s) - 1) * Math.exp(2 * m + s * s),
    draws: 50_000,
    kind: { kind: 'continuous', from: 0, to: Infinity, cdf: (x) => normalCdf((Math.log(x) - m) / s) },
  };
}

function laplaceCase(): Case {
  const [m, s] = [0.8, 1.3];
  return {
    distribution: find('Laplace'),
    parameters: { loc: m, scale: s },
    other: { loc: -0.4, scale: 2.1 },
    density: (x) => Math.exp(-Math.abs(x - m) / s) / (2 * s),
    points: [-9, 0, 0.8, 1.1, 7],
    mean: m,
    variance: 2 * s * s,
    draws: 50_000,
    kind: {
      kind: 'continuous',
      from: -Infinity,
      to: Infinity,
      cdf: (x) => (x < m ? Math.exp((x - m) / s) / 2 : 1 - Math.exp((m - x) / s) / 2),
    },
  };
}

function exponentialCase(): Case {
  const rate = 2.5;
  return {
    distribution: find('Exponential'),
    parameters: { rate },
    other: { rate: 1.4 },
    density: (x) => rate * Math.exp(-rate * x),
    points: [0, 0.01, 0.4, 3],
    mean: 1 / rate,
    variance: 1 / rate ** 2,
    draws: 50_000,
    kind: { kind: 'continuous', from: 0, to: Infinity, cdf: (x) => 1 - Math.exp(-rate * x) },
  };
}

function uniformCase(): Case {
  const [low, high] = [-1.5, 2.25];
  return {
    distribution: find('Uniform'),
    parameters: { low, high },
    density: () => 1 / (high - low),
    points: [-1.5, 0, 2.25],
    mean: (low + high) / 2,
    variance: (high - low) ** 2 / 12,
    draws: 50_000,
    kind: { kind: 'continuous', from: low, to: high, cdf: (x) => (x - low) / (high - low) },
  };
}

/** With five degrees of freedom the distribution function is elementary (Shaw, 2006). */
function studentCase(): Case {
  const [df, m, s] = [5, 0.6, 1.7];
  const constant = Math.exp(logGamma(3) - logGamma(2.5)) / (Math.sqrt(5 * Math.PI) * s);
  return {
    distribution: find('StudentT'),
    parameters: { df, loc: m, scale: s },
    density: (x) => constant * (1 + ((x - m) / s) ** 2 / df) ** (-(df + 1) / 2),
    points: [-40, -1, 0.6, 0.9, 6],
    mean: m,
    variance: (s * s * df) / (df - 2),
    draws: 50_000,
    kind: {
      kind: 'continuous',
      from: -Infinity,
      to: Infinity,
      cdf: (x) => {
        const angle = Math.atan((x - m) / s / Math.sqrt(5));
        const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
        return 0.5 + (angle + sine * (cosine + (2 / 3) * cosine ** 3)) / Math.PI;
      },
    },
  };
}

function bernoulliCase(): Case {
  const p = 0.27;
  return {
    distribution: find('Bernoulli'),
    parameters: { logits: Math.log(p / (1 - p)) },
    other: { logits: 0.6 },
    density: (x) => (x === 1 ? p : 1 - p),
    points: [0, 1],
    mean: p,
    variance: p * (1 - p),
    draws: 50_000,
    kind: { kind: 'discrete', values: [0, 1] },
  };
}

function categoricalCase(): Case {
  const probabilities = [0.1, 0.35, 0.05, 0.3, 0.2];
  const mean = probabilities.reduce((sum, p, k) => sum + p * k, 0);
  return {
    distribution: find('Categorical'),
    parameters: { logits: probabilities.map((p) => Math.log(p) + 3) },
    other: { logits: [0.3, -0.4, 0.1, 0.9, -1] },
    density: (x) => probabilities[x]!,
    points: [0, 1, 2, 3, 4],
    mean,
    variance: probabilities.reduce((sum, p, k) => sum + p * (k - mean) ** 2, 0),
    draws: 50_000,
    kind: { kind: 'discrete', values: [0, 1, 2, 3, 4] },
  };
}

function poissonCase(rate: number, other: number): Case {
  const last = Math.ceil(rate + 12 * Math.sqrt(rate) + 12);
  return {
    distribution: find('Poisson'),
    parameters: { rate },
    other: { rate: other },
    density: (x) => Math.exp(x * Math.log(rate) - rate - logGamma(x + 1)),
    points: [0, 1, 7, 40],
    mean: rate,
    variance: rate,
    draws: 10_000,
    kind: { kind: 'discrete', values: Array.from({ length: last }, (_, count) => count) },
  };
}

function logisticCase(m: number, s: number, levels: number): Case {
  const cdf = (x: number): number => 1 / (1 + Math.exp((m - x) / s));
  const d = 1 / (levels - 1);
  const values = Array.from({ length: levels }, (_, j) => j * d);
  const density = (x: number): number => {
    const j = Math.round(x / d);
    if (j === levels - 1) return 1 / (1 + Math.exp((x - d / 2 - m) / s));
    return cdf(x + d / 2) - (j === 0 ? 0 : cdf(x - d / 2));
  };
  const mean = values.reduce((sum, x) => sum + x * density(x), 0);
  return {
    distribution: find('DiscretizedLogistic'),
    parameters: { loc: m, scale: s, levels },
    density,
    points: [values[0]!, values[1]!, values[Math.floor(levels / 3)]!, values[levels - 1]!],
    mean,
    variance: values.reduce((sum, x) => sum + (x - mean) ** 2 * density(x), 0),
    draws: 50_000,
    kind: { kind: 'discrete', values },
  };
}
