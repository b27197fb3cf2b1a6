/**
 * The scalar language that ops are lowered to: expressions over a few builtins that every target has, and functions
 * written once in it (threefry, log1p, …). Structure, never text: a target's printer turns it into WGSL or WebAssembly,
 * at any vector width.
 */
export type ScalarType = 'f32' | 'u32' | 'i32' | 'bool';

export const builtins = [
  'add', 'sub', 'mul', 'div', 'neg', 'abs', 'min', 'max', 'fma', 'floor', 'ceil', 'round', 'trunc', 'sign',
  'exp', 'exp2', 'log', 'log2', 'sqrt', 'inverseSqrt', 'sin', 'cos', 'tanh', 'pow',
  'lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or', 'not',
  /** select(condition, then, otherwise): both are evaluated. */
  'select',
  'bitAnd', 'bitOr', 'bitXor', 'shiftLeft', 'shiftRight', 'rem',
  /** Bit patterns unchanged. */
  'bitsToF32', 'bitsToU32', 'bitsToI32',
  /** Values converted; toU32 truncates and the argument must be in range. */
  'toF32', 'toU32', 'toI32',
] as const; // prettier-ignore
export type Builtin = (typeof builtins)[number];

export type Scalar =
  | { readonly kind: 'literal'; readonly type: ScalarType; readonly value: number }
  /** A parameter or a let of the function at hand. */
  | { readonly kind: 'local'; readonly type: ScalarType; readonly name: string }
  | { readonly kind: 'builtin'; readonly type: ScalarType; readonly name: Builtin; readonly args: readonly Scalar[] }
  | { readonly kind: 'call'; readonly type: ScalarType; readonly fn: ScalarFunction; readonly args: readonly Scalar[] };

/** A straight-line function: lets in order, then the result. Printed once a kernel that uses it. */
export interface ScalarFunction {
  readonly name: string;
  /** What it computes and its source, printed as its comment. */
  readonly documentation: string;
  readonly parameters: readonly { readonly name: string; readonly type: ScalarType }[];
  readonly lets: readonly { readonly name: string; readonly value: Scalar }[];
  readonly result: Scalar;
}
