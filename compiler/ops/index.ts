/** The catalogue of elementwise ops: what the language of tensors can say of single numbers. */
import { abs, add, div, floor, max, min, mul, neg, relu, rem, round, sign, sqrt, square, sub } from './arithmetic.ts';
import { exp, expm1, log, log1p, pow, sigmoid, softplus, tanh } from './exponential.ts';
import {
  and, bitAnd, bitOr, bitXor, eq, ge, gt, isFinite, le, lt, ne, not, or, select, shiftLeft, shiftRight, stop, toF32,
  toU32,
} from './logic.ts'; // prettier-ignore
import type { Op } from './op.ts';
import { shuffled_row, standard_normal, standard_uniform, threefry, threefry_second } from './random.ts';
import { digamma, erf, lgamma, trigamma } from './special.ts';
import { acos, cos, sin } from './trigonometric.ts';

export { mixSeed, streamKey, threefry2x32 } from './threefry.ts';

export const ops = {
  abs,
  acos,
  add,
  and,
  bitAnd,
  bitOr,
  bitXor,
  cos,
  digamma,
  div,
  eq,
  erf,
  exp,
  expm1,
  floor,
  ge,
  gt,
  isFinite,
  le,
  lgamma,
  log,
  log1p,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  not,
  or,
  pow,
  relu,
  rem,
  round,
  select,
  shiftLeft,
  shiftRight,
  shuffled_row,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  standard_normal,
  standard_uniform,
  stop,
  sub,
  tanh,
  threefry,
  threefry_second,
  toF32,
  toU32,
  trigamma,
} as const satisfies Record<string, Op>;

export type OpName = keyof typeof ops;
