/** Comparisons, logic, selection, conversions, bits, and `stop`. */
import type { Op } from './op.ts';
import type { Scalar } from './scalar.ts';
import * as s from './scalar-build.ts';

const exact = { ulp: 0 } as const;

function comparison(
  infix: string,
  holds: (a: number, b: number) => boolean,
  lower: (a: Scalar, b: Scalar) => Scalar,
): Op {
  return {
    args: ['any', 'any'],
    result: 'bool',
    reference: (a, b) => (holds(a!, b!) ? 1 : 0),
    lower: (a, b) => lower(a!, b!),
    tolerance: exact,
    cost: 1,
    infix,
  };
}

export const lt: Op = comparison('<', (a, b) => a < b, s.lt);
export const le: Op = comparison('<=', (a, b) => a <= b, s.le);
export const gt: Op = comparison('>', (a, b) => a > b, s.gt);
export const ge: Op = comparison('>=', (a, b) => a >= b, s.ge);
export const eq: Op = comparison('==', (a, b) => a === b, s.eq);
export const ne: Op = comparison('!=', (a, b) => a !== b, s.ne);

function logical(
  infix: string,
  holds: (a: boolean, b: boolean) => boolean,
  lower: (a: Scalar, b: Scalar) => Scalar,
): Op {
  return {
    args: ['bool', 'bool'],
    result: 'bool',
    reference: (a, b) => (holds(a !== 0, b !== 0) ? 1 : 0),
    lower: (a, b) => lower(a!, b!),
    tolerance: exact,
    cost: 1,
    infix,
  };
}

export const and: Op = logical('&&', (a, b) => a && b, s.and);
export const or: Op = logical('||', (a, b) => a || b, s.or);

export const not: Op = {
  args: ['bool'],
  result: 'bool',
  reference: (a) => (a === 0 ? 1 : 0),
  lower: (a) => s.not(a!),
  tolerance: exact,
  cost: 1,
};

/** select(condition, then, otherwise). Its adjoint goes to the chosen branch, so the other must be finite by itself. */
export const select: Op = {
  args: ['bool', 'any', 'any'],
  result: 'any',
  reference: (condition, then, otherwise) => (condition !== 0 ? then! : otherwise!),
  lower: (condition, then, otherwise) => s.select(condition!, then!, otherwise!),
  vjp: (b, g, _, condition) => [undefined, b.select(condition!, g, 0), b.select(condition!, 0, g)],
  tolerance: exact,
  cost: 1,
};

/** Identity whose adjoint is zero; erased once every derivative has been taken. */
export const stop: Op = {
  args: ['f32'],
  result: 'f32',
  reference: (a) => a!,
  lower: (a) => a!,
  tolerance: exact,
  cost: 0,
};

export const toF32: Op = {
  args: ['any'],
  result: 'f32',
  reference: (a) => a!,
  lower: (a) => (a!.type === 'bool' ? s.select(a!, s.f32(1), s.f32(0)) : s.toF32(a!)),
  tolerance: { ulp: 1 },
  cost: 1,
};

/** A nonnegative whole f32 below 2^32 as u32; a fraction is cut off. */
export const toU32: Op = {
  args: ['f32'],
  result: 'u32',
  reference: (a) => Math.trunc(a!) >>> 0,
  lower: (a) => s.toU32(a!),
  tolerance: exact,
  cost: 1,
};

/** By the exponent's bits, since an implementation may assume that no value is NaN or infinite. */
export const isFinite: Op = {
  args: ['f32'],
  result: 'bool',
  reference: (a) => (Number.isFinite(a) ? 1 : 0),
  lower: (a) => s.ne(s.bitAnd(s.bitsToU32(a!), s.u32(0x7f800000)), s.u32(0x7f800000)),
  tolerance: exact,
  cost: 2,
};

function bitwise(
  infix: string,
  reference: (a: number, b: number) => number,
  lower: (a: Scalar, b: Scalar) => Scalar,
): Op {
  return {
    args: ['u32', 'u32'],
    result: 'u32',
    reference: (a, b) => reference(a!, b!) >>> 0,
    lower: (a, b) => lower(a!, b!),
    tolerance: exact,
    cost: 1,
    infix,
  };
}

export const bitAnd: Op = bitwise('&', (a, b) => a & b, s.bitAnd);
export const bitOr: Op = bitwise('|', (a, b) => a | b, s.bitOr);
export const bitXor: Op = bitwise('^', (a, b) => a ^ b, s.bitXor);
export const shiftLeft: Op = bitwise('<<', (a, b) => a << b, s.shiftLeft);
export const shiftRight: Op = bitwise('>>', (a, b) => a >>> b, s.shiftRight);
