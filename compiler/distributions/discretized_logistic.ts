/** The logistic distribution rounded to the grey levels of [0, 1]. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { Distribution, Parameters } from './distribution.ts';
import { logOfUniform, withTrailingAxis } from './mathematics.ts';

/**
 * DiscretizedLogistic(loc, scale, levels = 256): the values j / (levels - 1); each has the mass of the logistic
 * distribution in the bin of width d = 1 / (levels - 1) around it, the first and the last bin reaching to infinity.
 * With a and c = a + d / scale the standardised ends of a bin, σ(c) - σ(a) = σ(c) σ(-a) (1 - e^(a - c)), so
 * log p(x) = -softplus(-c) - softplus(a) + log(1 - e^(-d / scale)), where the first bin lacks its lower end's term, the
 * last its upper's, and both the width's: nothing cancels and no probability underflows. A value between two levels
 * gets the mass of the bin around it. Source: Kingma et al. (2016), section 5; Salimans et al. (2017), section 2.1.
 */
export const discretizedLogistic: Distribution = {
  name: 'DiscretizedLogistic',
  parameters: [
    { name: 'loc', forms: [{ name: 'loc', support: 'real' }], eventRank: 0 },
    { name: 'scale', forms: [{ name: 'scale', support: 'positive' }], eventRank: 0 },
    { name: 'levels', forms: [{ name: 'levels', support: 'count' }], eventRank: 0, default: 256, static: true },
  ],
  dtype: 'f32',
  pathwise: false,
  byInversion: true,
  support: () => ({ kind: 'unit' }),
  logProb,
  sample: (b, { loc, scale, levels }, noise) => {
    const u = noise.uniform();
    const logistic = b.add(loc!, b.mul(scale!, b.sub(logOfUniform(b, u), b.map('log1p', b.neg(u)))));
    const last = levelsOf(levels!) - 1;
    const within = b.map('min', b.map('max', logistic, 0), 1);
    return b.div(b.map('round', b.mul(within, last)), last);
  },
  mean: (b, parameters) => {
    const { values, logarithms } = table(b, parameters);
    return b.sum(b.mul(b.exp(logarithms), values), [-1]);
  },
  /** The sum over the levels, which is finite. */
  entropy: (b, parameters) => {
    const { logarithms } = table(b, parameters);
    return b.neg(b.sum(b.mul(b.exp(logarithms), logarithms), [-1]));
  },
};

function logProb(b: Builder, { loc, scale, levels }: Parameters, value: Node): Node {
  const half = 0.5 / (levelsOf(levels!) - 1);
  const isFirst = b.map('lt', value, half);
  const isLast = b.map('gt', value, 1 - half);
  const offset = b.sub(value, loc!);
  const lower = b.map('softplus', b.div(b.sub(offset, half), scale!));
  const upper = b.map('softplus', b.neg(b.div(b.add(offset, half), scale!)));
  const width = b.log(b.neg(b.map('expm1', b.div(-2 * half, scale!))));
  const first = b.neg(upper);
  const last = b.neg(lower);
  return b.select(isFirst, first, b.select(isLast, last, b.sub(width, b.add(upper, lower))));
}

/** Every level along a new last axis, and its log-probability. */
function table(b: Builder, parameters: Parameters): { values: Node; logarithms: Node } {
  const levels = levelsOf(parameters['levels']!);
  const values = b.div(b.map('toF32', b.iota(levels)), levels - 1);
  const each: Parameters = {
    loc: withTrailingAxis(b, parameters['loc']!),
    scale: withTrailingAxis(b, parameters['scale']!),
    levels: b.constant(levels),
  };
  return { values, logarithms: logProb(b, each, values) };
}

/** The number of levels out of its node, a constant that may have been repeated over the variable's shape. */
function levelsOf(node: Node): number {
  if (node.kind === 'broadcast' || node.kind === 'reshape') return levelsOf(node.arg);
  if (node.kind !== 'constant' || !(Number.isInteger(node.value) && node.value >= 2))
    throw new Error('DiscretizedLogistic: levels is a whole number from 2 on, known when compiling');
  return node.value;
}
