/** The scalar language interpreted as a device computes it: f32 rounded after every operation, u32 and i32 modulo 2^32. */
import type { Builtin, Scalar, ScalarFunction, ScalarType } from './scalar.ts';

/**
 * The f32 number that a device gives for a builtin's exact result: the nearest one on an ideal device, another within
 * what WGSL's accuracy table allows on a real one.
 */
export type Device = (name: Builtin, exact: number, args: readonly number[]) => number;

export const exactDevice: Device = (_, exact) => Math.fround(exact);

/** Parameters and lets by name; bool as 0 and 1. */
export type Locals = ReadonlyMap<string, number>;

/** @throws Error where the scalar names a local that is not given. */
export function evaluateScalar(scalar: Scalar, locals: Locals, device: Device = exactDevice): number {
  return new Frame(locals, device).value(scalar);
}

function callFunction(fn: ScalarFunction, args: readonly number[], device: Device): number {
  const locals = new Map(fn.parameters.map(({ name }, i) => [name, args[i]!]));
  const frame = new Frame(locals, device);
  for (const { name, value } of fn.lets) locals.set(name, frame.value(value));
  return frame.value(fn.result);
}

class Frame {
  readonly #locals: Locals;
  readonly #device: Device;
  readonly #known = new Map<Scalar, number>();

  constructor(locals: Locals, device: Device) {
    this.#locals = locals;
    this.#device = device;
  }

  value(scalar: Scalar): number {
    const known = this.#known.get(scalar);
    if (known !== undefined) return known;
    const value = this.#compute(scalar);
    this.#known.set(scalar, value);
    return value;
  }

  #compute(scalar: Scalar): number {
    switch (scalar.kind) {
      case 'literal':
        return wrap(scalar.value, scalar.type);
      case 'local': {
        const value = this.#locals.get(scalar.name);
        if (value === undefined) throw new Error(`no local ${scalar.name}`);
        return value;
      }
      case 'call':
        return callFunction(
          scalar.fn,
          scalar.args.map((arg) => this.value(arg)),
          this.#device,
        );
      case 'builtin': {
        const args = scalar.args.map((arg) => this.value(arg));
        const exact = applyBuiltin(scalar.name, args, scalar.args[0]!.type);
        return scalar.type === 'f32' ? this.#device(scalar.name, exact, args) : wrap(exact, scalar.type);
      }
    }
  }
}

/** The number as the type holds it. */
function wrap(value: number, type: ScalarType): number {
  switch (type) {
    case 'f32':
      return Math.fround(value);
    case 'u32':
      return value >>> 0;
    case 'i32':
      return value | 0;
    case 'bool':
      return value === 0 ? 0 : 1;
  }
}

function applyBuiltin(name: Builtin, args: readonly number[], of: ScalarType): number {
  const isFloat = of === 'f32';
  const [a, b, c] = args as readonly [number, number, number];
  switch (name) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return isFloat ? a * b : Math.imul(a, b);
    case 'div':
      return isFloat ? a / b : Math.trunc(a / b);
    case 'rem':
      return a % b;
    case 'neg':
      return -a;
    case 'abs':
      return Math.abs(a);
    case 'min':
      return Math.min(a, b);
    case 'max':
      return Math.max(a, b);
    case 'fma':
      return a * b + c;
    case 'floor':
      return Math.floor(a);
    case 'ceil':
      return Math.ceil(a);
    case 'trunc':
      return Math.trunc(a);
    case 'round':
      return roundHalfToEven(a);
    case 'sign':
      return Math.sign(a);
    case 'exp':
      return Math.exp(a);
    case 'exp2':
      return 2 ** a;
    case 'log':
      return Math.log(a);
    case 'log2':
      return Math.log2(a);
    case 'sqrt':
      return Math.sqrt(a);
    case 'inverseSqrt':
      return 1 / Math.sqrt(a);
    case 'sin':
      return Math.sin(a);
    case 'cos':
      return Math.cos(a);
    case 'tanh':
      return Math.tanh(a);
    case 'pow':
      return a ** b;
    case 'lt':
      return Number(a < b);
    case 'le':
      return Number(a <= b);
    case 'gt':
      return Number(a > b);
    case 'ge':
      return Number(a >= b);
    case 'eq':
      return Number(a === b);
    case 'ne':
      return Number(a !== b);
    case 'and':
      return Number(a !== 0 && b !== 0);
    case 'or':
      return Number(a !== 0 || b !== 0);
    case 'not':
      return Number(a === 0);
    case 'select':
      return a === 0 ? c : b;
    case 'bitAnd':
      return a & b;
    case 'bitOr':
      return a | b;
    case 'bitXor':
      return a ^ b;
    case 'shiftLeft':
      return a << b;
    case 'shiftRight':
      return of === 'u32' ? a >>> b : a >> b;
    case 'bitsToF32':
      return isFloat ? a : floatOf(a);
    case 'bitsToU32':
    case 'bitsToI32':
      return isFloat ? bitsOf(a) : a;
    case 'toF32':
      return a;
    case 'toU32':
    case 'toI32':
      return Math.trunc(a);
  }
}

/** To the nearest whole number, a half to the even one. */
function roundHalfToEven(a: number): number {
  const down = Math.floor(a);
  const rest = a - down;
  if (rest !== 0.5) return Math.round(a);
  return down % 2 === 0 ? down : down + 1;
}

function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

function floatOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0]!;
}
