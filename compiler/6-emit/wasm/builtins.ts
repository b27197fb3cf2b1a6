/** Builtins of the scalar language as instructions, for numbers and for vectors of four. */
import type { Builtin, ScalarType } from '../../ops/scalar.ts';
import * as b from './build.ts';
import type { Operation } from './instructions.ts';
import type { Code } from './ir.ts';

export type Width = 1 | 4;

/** Those that WebAssembly has no instruction for and that are computed by functions. */
export const functionBuiltins = ['exp', 'exp2', 'log', 'log2', 'sin', 'cos', 'tanh', 'pow'] as const;
export type FunctionBuiltin = (typeof functionBuiltins)[number];
export type InstructionBuiltin = Exclude<Builtin, FunctionBuiltin>;

/** The instruction for numbers and the one for vectors, by the type of the first argument. */
type Pair = readonly [scalar: Operation, vector: Operation];
type Pairs = { readonly [Type in ScalarType]?: Pair };

const float = (
  name: 'add' | 'sub' | 'mul' | 'div' | 'abs' | 'neg' | 'floor' | 'ceil' | 'trunc' | 'nearest' | 'sqrt',
): Pairs => ({
  f32: [`f32.${name}`, `f32x4.${name}`],
});
const whole = (name: 'add' | 'sub' | 'mul'): Pairs => {
  const pair: Pair = [`i32.${name}`, `i32x4.${name}`];
  return { ...float(name), u32: pair, i32: pair };
};
const compared = (name: 'lt' | 'le' | 'gt' | 'ge'): Pairs => ({
  f32: [`f32.${name}`, `f32x4.${name}`],
  u32: [`i32.${name}_u`, `i32x4.${name}_u`],
  i32: [`i32.${name}_s`, `i32x4.${name}_s`],
});
const equal = (name: 'eq' | 'ne'): Pairs => {
  const pair: Pair = [`i32.${name}`, `i32x4.${name}`];
  return { f32: [`f32.${name}`, `f32x4.${name}`], u32: pair, i32: pair, bool: pair };
};
const bits = (name: 'and' | 'or' | 'xor'): Pairs => {
  const pair: Pair = [`i32.${name}`, `v128.${name}`];
  return { u32: pair, i32: pair, bool: pair };
};

const pairs: { readonly [Name in Builtin]?: Pairs } = {
  add: whole('add'),
  sub: whole('sub'),
  mul: whole('mul'),
  div: float('div'),
  neg: float('neg'),
  abs: float('abs'),
  // b < a ? b : a, one instruction of every processor; what becomes of NaN is left open.
  min: { f32: ['f32.min', 'f32x4.pmin'] },
  max: { f32: ['f32.max', 'f32x4.pmax'] },
  floor: float('floor'),
  ceil: float('ceil'),
  trunc: float('trunc'),
  round: float('nearest'),
  sqrt: float('sqrt'),
  lt: compared('lt'),
  le: compared('le'),
  gt: compared('gt'),
  ge: compared('ge'),
  eq: equal('eq'),
  ne: equal('ne'),
  and: bits('and'),
  or: bits('or'),
  not: { bool: ['i32.eqz', 'v128.not'] },
  bitAnd: bits('and'),
  bitOr: bits('or'),
  bitXor: bits('xor'),
};

/** `of` is the type of the first argument, `hold` names a value that is read more than once. */
export function applyBuiltin(
  name: InstructionBuiltin,
  of: ScalarType,
  width: Width,
  args: readonly Code[],
  hold: (code: Code) => Code,
): Code {
  const pair = pairs[name]?.[of];
  if (pair !== undefined) return folded(pair[width === 1 ? 0 : 1], args);
  const [x, y, z] = args as readonly [Code, Code, Code];
  switch (name) {
    case 'fma':
      return multiplyAdd(width, x, y, z);
    case 'select':
      return width === 1 ? b.apply(y.type === 'f32' ? 'select_f32' : 'select_i32', y, z, x) : choice(x, y, z);
    case 'inverseSqrt':
      return width === 1
        ? b.apply('f32.div', b.f32(1), b.apply('f32.sqrt', x))
        : b.apply('f32x4.div', b.splat(b.f32(1)), b.apply('f32x4.sqrt', x));
    case 'sign':
      return signOf(width, hold(x));
    case 'neg':
      return width === 1 ? b.difference(b.i32(0), x) : b.apply('i32x4.neg', x);
    case 'abs':
      return absolute(of, width, hold(x));
    case 'min':
    case 'max':
      return wholeBound(name, of, width, hold(x), hold(y));
    case 'div':
    case 'rem':
      if (of !== 'u32') throw new Error(`no ${name} of ${of} in WebAssembly kernels`);
      return divided(name, width, x, y, hold);
    case 'shiftLeft':
      return shifted(width === 1 ? 'i32.shl' : 'i32x4.shl', 'i32.shl', x, y, hold);
    case 'shiftRight':
      return of === 'u32'
        ? shifted(width === 1 ? 'i32.shr_u' : 'i32x4.shr_u', 'i32.shr_u', x, y, hold)
        : shifted(width === 1 ? 'i32.shr_s' : 'i32x4.shr_s', 'i32.shr_s', x, y, hold);
    case 'bitsToF32':
      return of === 'f32' || width === 4 ? x : b.apply('f32.reinterpret_i32', x);
    case 'bitsToU32':
    case 'bitsToI32':
      return of !== 'f32' || width === 4 ? x : b.apply('i32.reinterpret_f32', x);
    case 'toF32':
      return floatOf(of, width, x);
    case 'toU32':
    case 'toI32':
      return wholeOf(of, width, x, name === 'toU32');
    default:
      throw new Error(`no ${name} of ${of}`);
  }
}

function folded(operation: Operation, args: readonly Code[]): Code {
  const [x, y] = args as readonly [Code, Code];
  if (operation === 'i32.add') return b.sum(x, y);
  if (operation === 'i32.sub') return b.difference(x, y);
  // -|x| has the sign's bit set.
  if (operation === 'f32x4.neg' && b.isApply(x, 'f32x4.abs')) {
    return b.apply('v128.or', x.args[0]!, b.splat(b.i32(0x80000000)));
  }
  return operation === 'i32.mul' ? b.times(x, y) : b.apply(operation, ...args);
}

/** x y + z; c - x y where x or y is negated. */
function multiplyAdd(width: Width, x: Code, y: Code, z: Code): Code {
  if (width === 1) return b.apply('f32.add', b.apply('f32.mul', x, y), z);
  if (b.isApply(x, 'f32x4.neg')) return b.apply('f32x4.relaxed_nmadd', x.args[0]!, y, z);
  if (b.isApply(y, 'f32x4.neg')) return b.apply('f32x4.relaxed_nmadd', x, y.args[0]!, z);
  return b.apply('f32x4.relaxed_madd', x, y, z);
}

/** then where the mask is set, else otherwise. */
function choice(mask: Code, then: Code, otherwise: Code): Code {
  // Bits of zeros and ones need no choice, and the lesser or greater of two is one instruction.
  if (isZero(otherwise)) return b.apply('v128.and', then, mask);
  if (isZero(then)) return b.apply('v128.andnot', otherwise, mask);
  if (isOnes(then)) return b.apply('v128.or', otherwise, mask);
  if (mask.kind === 'apply' && (mask.operation === 'f32x4.gt' || mask.operation === 'f32x4.lt')) {
    const [x, y] = mask.args as readonly [Code, Code];
    const greater = mask.operation === 'f32x4.gt';
    if (b.isSame(then, y) && b.isSame(otherwise, x)) return b.apply(greater ? 'f32x4.pmin' : 'f32x4.pmax', x, y);
    if (b.isSame(then, x) && b.isSame(otherwise, y)) return b.apply(greater ? 'f32x4.pmax' : 'f32x4.pmin', y, x);
  }
  return b.apply('i32x4.relaxed_laneselect', then, otherwise, mask);
}

function isZero(code: Code): boolean {
  return Object.is(b.uniformValue(code), 0);
}

function isOnes(code: Code): boolean {
  return code.kind === 'vector' && code.lanes === 'i32x4' && b.uniformValue(code) === -1;
}

/** -1, 0 or 1: the sign's bit with 1, where x is not 0. */
function signOf(width: Width, x: Code): Code {
  if (width === 1) {
    const isSigned = b.apply('f32.ne', x, b.f32(0));
    return b.apply('select_f32', b.apply('f32.copysign', b.f32(1), x), b.f32(0), isSigned);
  }
  const bit = b.apply('v128.and', x, b.splat(b.i32(0x80000000)));
  const one = b.apply('v128.or', bit, b.splat(b.f32(1)));
  return b.apply('v128.and', one, b.apply('f32x4.ne', x, b.splat(b.f32(0))));
}

function absolute(of: ScalarType, width: Width, x: Code): Code {
  if (of === 'u32') return x;
  if (width === 4) return b.apply('i32x4.abs', x);
  return b.apply('select_i32', b.difference(b.i32(0), x), x, b.apply('i32.lt_s', x, b.i32(0)));
}

function wholeBound(name: 'min' | 'max', of: ScalarType, width: Width, x: Code, y: Code): Code {
  const sign = of === 'u32' ? 'u' : 's';
  if (width === 4) return b.apply(`i32x4.${name}_${sign}`, x, y);
  const [p, q] = [b.numberOf(x), b.numberOf(y)];
  if (of === 'u32' && p !== undefined && q !== undefined) return b.i32(Math[name](p >>> 0, q >>> 0));
  const isFirst = b.apply(`i32.${name === 'min' ? 'lt' : 'gt'}_${sign}`, x, y);
  return b.apply('select_i32', x, y, isFirst);
}

function divided(name: 'div' | 'rem', width: Width, x: Code, y: Code, hold: (code: Code) => Code): Code {
  const operation = name === 'div' ? b.quotient : b.remainder;
  if (width === 1) return operation(x, y, hold);
  const by = b.uniformValue(y);
  const shift = by === undefined ? undefined : b.exponentOf(by);
  if (shift !== undefined) {
    if (name === 'div') return shift === 0 ? x : b.apply('i32x4.shr_u', x, b.i32(shift));
    return b.apply('v128.and', x, b.splat(b.i32((by! >>> 0) - 1)));
  }
  return eachLane(hold(x), hold(y), (one, other) => operation(one, other, hold));
}

/** Vectors are shifted by one number; where lanes differ, each is shifted by itself. */
function shifted(
  operation: Operation,
  scalar: 'i32.shl' | 'i32.shr_u' | 'i32.shr_s',
  x: Code,
  by: Code,
  hold: (code: Code) => Code,
): Code {
  if (by.type === 'i32') return by.kind === 'number' && by.value === 0 ? x : b.apply(operation, x, by);
  const same = b.uniformValue(by);
  if (same !== undefined) return same === 0 ? x : b.apply(operation, x, b.i32(same));
  if (b.isApply(by, 'i32x4.splat')) return b.apply(operation, x, by.args[0]!);
  return eachLane(hold(x), hold(by), (one, other) => b.apply(scalar, one, other));
}

function eachLane(x: Code, y: Code, combine: (x: Code, y: Code) => Code): Code {
  return b.assemble([0, 1, 2, 3].map((lane) => combine(b.extract('i32', x, lane), b.extract('i32', y, lane))));
}

function floatOf(of: ScalarType, width: Width, x: Code): Code {
  if (of === 'f32') return x;
  if (of === 'bool' && width === 4) return b.apply('v128.and', x, b.splat(b.f32(1)));
  const isSigned = of !== 'u32' || isSmall(x);
  if (width === 1) return b.apply(isSigned ? 'f32.convert_i32_s' : 'f32.convert_i32_u', x);
  return b.apply(isSigned ? 'f32x4.convert_i32x4_s' : 'f32x4.convert_i32x4_u', x);
}

/** Below 2^31 for certain, so that it is the same number with a sign: several instructions fewer. */
function isSmall(x: Code): boolean {
  if (x.kind === 'load') return x.load === 'i32.load8_u';
  if (x.kind !== 'apply') return false;
  const [, by] = x.args;
  switch (x.operation) {
    case 'i32.shr_u':
    case 'i32x4.shr_u':
      return by!.kind === 'number' && by!.value > 0;
    case 'i32.and':
      return by!.kind === 'number' && by!.value >= 0;
    case 'v128.and':
      return by!.kind === 'vector' && by!.lanes === 'i32x4' && by!.values.every((value) => value >= 0);
    case 'i32x4.extend_low_i16x8_u':
      return true;
    default:
      return false;
  }
}

function wholeOf(of: ScalarType, width: Width, x: Code, unsigned: boolean): Code {
  if (of === 'bool') return width === 4 ? b.apply('v128.and', x, b.splat(b.i32(1))) : x;
  if (of !== 'f32') return x;
  // Arguments are in range, so where they are held below 2^31 the cheaper, signed conversion gives the same.
  const bound = b.isApply(x, 'f32x4.pmin') ? b.uniformValue(x.args[1]!) : undefined;
  const signed = !unsigned || (bound !== undefined && bound < 2 ** 31);
  if (width === 1) return b.apply(signed ? 'i32.trunc_sat_f32_s' : 'i32.trunc_sat_f32_u', x);
  return b.apply(signed ? 'i32x4.trunc_sat_f32x4_s' : 'i32x4.trunc_sat_f32x4_u', x);
}
