/** Where each op is defined, as the arguments its lowering is tried at. */
import type { OpName } from '../../compiler/ops/index.ts';
import type { Random } from '../distributions/random.ts';

export type Draw = (random: Random) => number;

export interface Domain {
  readonly args: readonly Draw[];
  /** Whole argument lists worth trying by themselves. */
  readonly special?: readonly (readonly number[])[];
}

const between =
  (low: number, high: number): Draw =>
  ({ uniform }) =>
    Math.fround(low + (high - low) * uniform());

/** Of every size from low to high alike. */
const positive =
  (low: number, high: number): Draw =>
  ({ uniform }) =>
    Math.fround(Math.exp(Math.log(low) + Math.log(high / low) * uniform()));

const signed =
  (low: number, high: number): Draw =>
  (random) =>
    (random.uniform() < 0.5 ? -1 : 1) * positive(low, high)(random);

const oneOf =
  (...draws: readonly Draw[]): Draw =>
  (random) =>
    draws[Math.floor(random.uniform() * draws.length)]!(random);

const word: Draw = ({ uniform }) => Math.floor(uniform() * 2 ** 32);
const small: Draw = ({ uniform }) => Math.floor(uniform() * 40);
const truth: Draw = ({ uniform }) => (uniform() < 0.5 ? 0 : 1);
const any = signed(1e-15, 1e15);
const logit = oneOf(between(-100, 100), between(-1.2, 1.2), signed(1e-12, 1));
const pair: Domain = { args: [oneOf(any, between(-3, 3)), oneOf(any, between(-3, 3))], special: [[0, 0], [1, 1], [-1, 1]] }; // prettier-ignore
const one: Domain = { args: [oneOf(any, between(-3, 3))], special: [[0], [1], [-1], [0.5], [2.5], [-2.5]] };
const boolean: Domain = { args: [truth, truth] };
const words: Domain = { args: [word, word], special: [[0, 0], [2 ** 32 - 1, 1], [2 ** 32 - 1, 2 ** 32 - 1]] }; // prettier-ignore
const shifts: Domain = { args: [word, ({ uniform }) => Math.floor(uniform() * 32)] };
const keyed: Domain = { args: [word, word, oneOf(word, small), oneOf(word, small)], special: [[0, 0, 0, 0]] };
const gamma: Draw = oneOf(positive(1e-6, 1e6), between(0.01, 20), between(0.9, 2.1));

export const domains: { readonly [Op in OpName]: Domain } = {
  abs: one,
  acos: { args: [oneOf(between(-1, 1), between(0.99, 1))], special: [[1], [-1], [0], [0.5]] },
  add: pair,
  and: boolean,
  bitAnd: words,
  bitOr: words,
  bitXor: words,
  cos: {
    args: [oneOf(between(-8, 8), between(-9e3, 9e3), signed(1e-9, 1))],
    special: [[0], [Math.fround(Math.PI / 2)]],
  },
  digamma: { args: [gamma], special: [[1], [2], [6], [Math.fround(1.4616321)]] },
  div: {
    args: [any, any],
    special: [
      [0, 1],
      [1, 3],
      [1, -3],
    ],
  },
  eq: pair,
  erf: { args: [oneOf(between(-7, 7), signed(1e-9, 1), signed(1, 1e4))], special: [[0], [1], [-1], [4]] },
  exp: { args: [oneOf(between(-103, 88.7), signed(1e-9, 1))], special: [[0], [1], [-1]] },
  expm1: { args: [oneOf(between(-103, 88.7), between(-0.8, 0.8), signed(1e-9, 0.1))], special: [[0], [0.65], [-0.65]] },
  floor: one,
  ge: pair,
  gt: pair,
  isFinite: { args: [any], special: [[0], [Infinity], [-Infinity], [NaN], [Math.fround(3.4e38)]] },
  le: pair,
  lgamma: { args: [gamma], special: [[1], [2], [0.5], [1.5], [2.5], [8], [3]] },
  log: { args: [oneOf(positive(1e-37, 1e38), between(0.4, 2.1))], special: [[1], [2], [0.5]] },
  log1p: { args: [oneOf(positive(1e-9, 1e30), between(-0.9999, 1.5), signed(1e-9, 0.1))], special: [[0], [-0.5], [1]] },
  lt: pair,
  max: pair,
  min: pair,
  mul: pair,
  ne: pair,
  neg: one,
  not: { args: [truth] },
  or: boolean,
  pow: { args: [oneOf(positive(1e-3, 1e3), between(0.5, 2)), between(-8, 8)], special: [[1, 3], [2, 0.5], [3, 0], [0.25, -1]] }, // prettier-ignore
  relu: one,
  rem: { args: [word, oneOf(word, ({ uniform }) => 1 + Math.floor(uniform() * 1000))] },
  round: one,
  select: { args: [truth, any, any] },
  shiftLeft: shifts,
  shiftRight: shifts,
  shuffled_row: {
    args: [({ uniform }) => Math.floor(uniform() * 1000), ({ uniform }) => 1000 + Math.floor(uniform() * 1e5), word],
    special: [[0, 1, 5], [1, 2, 9], [59999, 60000, 1], [0, 60000, 1]],
  }, // prettier-ignore
  sigmoid: { args: [logit], special: [[0], [88], [-88], [-104], [104]] },
  sign: one,
  sin: { args: [oneOf(between(-8, 8), between(-9e3, 9e3), signed(1e-9, 1))], special: [[0], [Math.fround(Math.PI)]] },
  softplus: { args: [logit], special: [[0], [88], [-88], [-104], [104]] },
  sqrt: { args: [oneOf(positive(1e-30, 1e30), between(0, 5))], special: [[0], [1], [4]] },
  square: one,
  standard_normal: keyed,
  standard_uniform: keyed,
  stop: one,
  sub: pair,
  tanh: { args: [oneOf(between(-50, 50), between(-1.2, 1.2), signed(1e-9, 1))], special: [[0], [100], [-100]] },
  threefry: keyed,
  threefry_second: keyed,
  toF32: { args: [oneOf(word, small)], special: [[0], [2 ** 24 + 1], [2 ** 32 - 1]] },
  toU32: { args: [oneOf(positive(1e-3, 4e9), between(0, 50))], special: [[0], [0.999], [16777216]] },
  trigamma: { args: [gamma], special: [[1], [2], [6], [0.5]] },
};
