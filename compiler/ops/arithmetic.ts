/** Arithmetic: exact or correctly rounded but for division and roots. */
import type { Op } from './op.ts';
import * as s from './scalar-build.ts';

const exact = { ulp: 0 } as const;
/** Addition and multiplication are correctly rounded. */
const rounded = { ulp: 1 } as const;

export const add: Op = {
  args: ['any', 'any'],
  result: 'any',
  reference: (a, b) => a! + b!,
  lower: (a, b) => s.add(a!, b!),
  vjp: (_, g) => [g, g],
  tolerance: rounded,
  cost: 1,
  infix: '+',
};

export const sub: Op = {
  args: ['any', 'any'],
  result: 'any',
  reference: (a, b) => a! - b!,
  lower: (a, b) => s.sub(a!, b!),
  vjp: (b, g) => [g, b.neg(g)],
  tolerance: rounded,
  cost: 1,
  infix: '-',
};

/** (xy)' = xy' + x'y. */
export const mul: Op = {
  args: ['any', 'any'],
  result: 'any',
  reference: (a, b) => a! * b!,
  lower: (a, b) => s.mul(a!, b!),
  vjp: (b, g, _, x, y) => [b.mul(g, y!), b.mul(g, x!)],
  tolerance: rounded,
  cost: 1,
  infix: '*',
};

/** (x/y)' = x'/y - (x/y) y'/y. */
export const div: Op = {
  args: ['f32', 'f32'],
  result: 'f32',
  reference: (a, b) => a! / b!,
  lower: (a, b) => s.div(a!, b!),
  vjp: (b, g, result, _, y) => [b.div(g, y!), b.neg(b.div(b.mul(g, result), y!))],
  tolerance: { ulp: 2.5 },
  cost: 4,
  infix: '/',
};

export const neg: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => -a!,
  lower: (a) => s.neg(a!),
  vjp: (b, g) => [b.neg(g)],
  tolerance: exact,
  cost: 1,
};

export const abs: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.abs(a!),
  lower: (a) => s.abs(a!),
  vjp: (b, g, _, x) => [b.mul(g, b.map('sign', x!))],
  tolerance: exact,
  cost: 1,
};

export const square: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => a! * a!,
  lower: (a) => s.mul(a!, a!),
  vjp: (b, g, _, x) => [b.mul(b.mul(2, x!), g)],
  tolerance: rounded,
  cost: 1,
};

/** (√x)' = x' / (2√x), and 0 at 0, where there is none. WGSL inherits its error from 1 / inverseSqrt: 2 ULP there are up to 4 here. */
export const sqrt: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.sqrt(a!),
  lower: (a) => s.sqrt(a!),
  vjp: (b, g, root) => {
    const isPositive = b.map('gt', root, 0);
    return [b.select(isPositive, b.div(b.mul(0.5, g), b.select(isPositive, root, 1)), 0)];
  },
  tolerance: { ulp: 6.5 },
  cost: 4,
};

/**
 * In f32 by a choice that lets a NaN of the first argument through, where WGSL's min and max may swallow it: so a bad
 * value below a bound is still found. Constants come second in normal form.
 */
const lesser = (a: s.Scalar, b: s.Scalar): s.Scalar => (a.type === 'f32' ? s.select(s.gt(a, b), b, a) : s.min(a, b));
const greater = (a: s.Scalar, b: s.Scalar): s.Scalar => (a.type === 'f32' ? s.select(s.lt(a, b), b, a) : s.max(a, b));

/** At a tie the first argument takes the gradient. */
export const min: Op = {
  args: ['any', 'any'],
  result: 'any',
  reference: (a, b) => Math.min(a!, b!),
  lower: (a, b) => lesser(a!, b!),
  vjp: (b, g, _, x, y) => {
    const first = b.map('le', x!, y!);
    return [b.select(first, g, 0), b.select(first, 0, g)];
  },
  tolerance: exact,
  cost: 1,
};

/** At a tie the first argument takes the gradient. */
export const max: Op = {
  args: ['any', 'any'],
  result: 'any',
  reference: (a, b) => Math.max(a!, b!),
  lower: (a, b) => greater(a!, b!),
  vjp: (b, g, _, x, y) => {
    const first = b.map('ge', x!, y!);
    return [b.select(first, g, 0), b.select(first, 0, g)];
  },
  tolerance: exact,
  cost: 1,
};

/** max(x, 0) that lets NaN through, as WGSL's max need not. */
export const relu: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => (a! <= 0 ? 0 : a!),
  lower: (a) => s.select(s.le(a!, s.f32(0)), s.f32(0), a!),
  vjp: (b, g, result) => [b.select(b.map('gt', result, 0), g, 0)],
  tolerance: exact,
  cost: 1,
};

export const floor: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.floor(a!),
  lower: (a) => s.floor(a!),
  tolerance: exact,
  cost: 1,
};

/** To the nearest whole number, a half to the even one. */
export const round: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => {
    const down = Math.floor(a!);
    const rest = a! - down;
    if (rest !== 0.5) return Math.round(a!);
    return down % 2 === 0 ? down : down + 1;
  },
  lower: (a) => s.round(a!),
  tolerance: exact,
  cost: 1,
};

export const sign: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => Math.sign(a!),
  lower: (a) => s.sign(a!),
  tolerance: exact,
  cost: 1,
};

/** x mod y of whole numbers. */
export const rem: Op = {
  args: ['u32', 'u32'],
  result: 'u32',
  reference: (a, b) => a! % b!,
  lower: (a, b) => s.rem(a!, b!),
  tolerance: exact,
  cost: 8,
  infix: '%',
};
