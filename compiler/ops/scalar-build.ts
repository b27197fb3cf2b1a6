/** Short ways to write scalar expressions and functions; the type of a builtin follows from its arguments. */
import type { Builtin, Scalar, ScalarFunction, ScalarType } from './scalar.ts';

export type { Scalar } from './scalar.ts';

/** Names an intermediate value of the function being defined. */
export type Keep = (name: string, value: Scalar) => Scalar;

export const f32 = (value: number): Scalar => ({ kind: 'literal', type: 'f32', value });
export const u32 = (value: number): Scalar => ({ kind: 'literal', type: 'u32', value });
export const local = (name: string, type: ScalarType): Scalar => ({ kind: 'local', type, name });

/** A builtin whose result has the type of its first argument. */
function like(name: Builtin): (...args: Scalar[]) => Scalar {
  return (...args) => ({ kind: 'builtin', type: args[0]!.type, name, args });
}

function to(name: Builtin, type: ScalarType): (...args: Scalar[]) => Scalar {
  return (...args) => ({ kind: 'builtin', type, name, args });
}

export const add = like('add');
export const sub = like('sub');
export const mul = like('mul');
export const div = like('div');
export const neg = like('neg');
export const abs = like('abs');
export const min = like('min');
export const max = like('max');
export const fma = like('fma');
export const floor = like('floor');
export const round = like('round');
export const sign = like('sign');
export const exp = like('exp');
export const log = like('log');
export const sqrt = like('sqrt');
export const pow = like('pow');
export const rem = like('rem');
export const bitAnd = like('bitAnd');
export const bitOr = like('bitOr');
export const bitXor = like('bitXor');
export const shiftLeft = like('shiftLeft');
export const shiftRight = like('shiftRight');
export const lt = to('lt', 'bool');
export const le = to('le', 'bool');
export const gt = to('gt', 'bool');
export const ge = to('ge', 'bool');
export const eq = to('eq', 'bool');
export const ne = to('ne', 'bool');
export const and = to('and', 'bool');
export const or = to('or', 'bool');
export const not = to('not', 'bool');
export const bitsToF32 = to('bitsToF32', 'f32');
export const bitsToU32 = to('bitsToU32', 'u32');
export const toF32 = to('toF32', 'f32');
export const toU32 = to('toU32', 'u32');

/** condition ? then : otherwise, both evaluated. */
export const select = (condition: Scalar, then: Scalar, otherwise: Scalar): Scalar => ({
  kind: 'builtin',
  type: then.type,
  name: 'select',
  args: [condition, then, otherwise],
});

export const call = (fn: ScalarFunction, ...args: Scalar[]): Scalar => ({
  kind: 'call',
  type: fn.result.type,
  fn,
  args,
});

/** c[0] + x (c[1] + x (c[2] + …)), Horner's rule by multiply-adds. */
export function polynomial(x: Scalar, coefficients: readonly number[]): Scalar {
  const [last, ...others] = [...coefficients].reverse();
  return others.reduce<Scalar>((sum, coefficient) => fma(sum, x, f32(coefficient)), f32(last!));
}

/** Writes a function: `body` names intermediate values by `keep` and gives the result. */
export function define(
  name: string,
  documentation: string,
  parameters: readonly (readonly [string, ScalarType])[],
  body: (keep: Keep, ...args: Scalar[]) => Scalar,
): ScalarFunction {
  const lets: { name: string; value: Scalar }[] = [];
  const keep: Keep = (kept, value) => {
    lets.push({ name: kept, value });
    return local(kept, value.type);
  };
  const result = body(keep, ...parameters.map(([parameter, type]) => local(parameter, type)));
  return {
    name,
    documentation,
    parameters: parameters.map(([parameter, type]) => ({ name: parameter, type })),
    lets,
    result,
  };
}
