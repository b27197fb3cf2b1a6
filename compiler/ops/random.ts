/** Random numbers as pure functions of a key and a counter: an element's number depends on nothing else. */
import { shuffledRowFunction, shuffledRowOf } from './functions/permutation.ts';
import {
  standardNormalFunction,
  standardNormalOf,
  standardUniformFunction,
  standardUniformOf,
  threefryFunction,
  threefrySecondFunction,
} from './functions/random.ts';
import type { Op } from './op.ts';
import * as s from './scalar-build.ts';
import { threefry2x32 } from './threefry.ts';

const words = ['u32', 'u32', 'u32', 'u32'] as const;

/** threefry(key0, key1, counter0, counter1): the first of its two words. */
export const threefry: Op = {
  args: words,
  result: 'u32',
  reference: (key0, key1, counter0, counter1) => threefry2x32(key0!, key1!, counter0!, counter1!)[0],
  lower: (...args) => s.call(threefryFunction, ...args),
  tolerance: { ulp: 0 },
  cost: 100,
};

/** The second word. */
export const threefry_second: Op = {
  args: words,
  result: 'u32',
  reference: (key0, key1, counter0, counter1) => threefry2x32(key0!, key1!, counter0!, counter1!)[1],
  lower: (...args) => s.call(threefrySecondFunction, ...args),
  tolerance: { ulp: 0 },
  cost: 100,
};

/** standard_uniform(key0, key1, row, column): in (0, 1), neither end ever. */
export const standard_uniform: Op = {
  args: words,
  result: 'f32',
  reference: (key0, key1, row, column) => standardUniformOf(key0!, key1!, row!, column!),
  lower: (...args) => s.call(standardUniformFunction, ...args),
  // The word and its half may each be rounded down, as WGSL leaves it open.
  tolerance: { ulp: 2 },
  cost: 100,
};

/** standard_normal(key0, key1, row, column): columns 2k and 2k + 1 are the two numbers of one Box-Muller pair. */
export const standard_normal: Op = {
  args: words,
  result: 'f32',
  reference: (key0, key1, row, column) => standardNormalOf(key0!, key1!, row!, column!),
  lower: (...args) => s.call(standardNormalFunction, ...args),
  tolerance: { ulp: 16 },
  cost: 140,
};

/** shuffled_row(index, count, key): where a keyed permutation of 0 … count - 1 takes the index; index < count. */
export const shuffled_row: Op = {
  args: ['u32', 'u32', 'u32'],
  result: 'u32',
  reference: (index, count, key) => shuffledRowOf(index!, count!, key!),
  lower: (...args) => s.call(shuffledRowFunction, ...args),
  tolerance: { ulp: 0 },
  cost: 1200,
};
