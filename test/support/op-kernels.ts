/** Ops of the catalogue, each alone in a kernel: their arguments, exact results and tolerances. */
import type { DType } from '../../compiler/4-tensor/ir.ts';
import type { Kernel, Value } from '../../compiler/5-kernel/ir.ts';
import { ops, type OpName } from '../../compiler/ops/index.ts';
import type { Op } from '../../compiler/ops/op.ts';
import { random } from '../distributions/random.ts';
import { domains } from '../ops/domains.ts';
import type { Numbers } from './kernel-device.ts';
import { ulp } from '../../compiler/5-kernel/rounding.ts';
import { at, axis, flat, kernel, phase, store, tensor } from './kernels.ts';

/** What it is called, the op, and the type of its 'any' arguments. */
export const variants: readonly (readonly [string, OpName, DType])[] = [
  ...(Object.keys(ops) as OpName[]).map((name) => [name, name, name === 'toF32' ? 'u32' : 'f32'] as const),
  ...(['add', 'sub', 'mul', 'min', 'max', 'lt', 'eq', 'select'] as const).map((name) => [`${name} of u32`, name, 'u32'] as const),
]; // prettier-ignore

export function typesOf(name: OpName, any: DType): readonly DType[] {
  const op: Op = ops[name];
  return op.args.map((dtype): DType => (dtype === 'any' ? any : dtype));
}

function resultOf(name: OpName, any: DType): DType {
  const op: Op = ops[name];
  return op.result === 'any' ? any : op.result;
}

/** y[i] = op(x0[i], x1[i], …); truths are words. */
export function kernelOf(name: OpName, any: DType, length: number): Kernel {
  const i = axis('i', length);
  const args = typesOf(name, any).map((dtype, k): Value => {
    const loaded = at(tensor(`x${k}`, [length], dtype === 'f32' ? 'f32' : 'u32'), flat(i));
    const zero: Value = { kind: 'constant', dtype: 'u32', value: 0 };
    return dtype === 'bool' ? { kind: 'apply', dtype, op: 'ne', args: [loaded, zero] } : loaded;
  });
  const dtype = resultOf(name, any);
  const out = tensor('y', [length], dtype === 'f32' ? 'f32' : 'u32');
  const stored = store(out, flat(i), { kind: 'apply', dtype, op: name, args });
  return kernel(`op_${name}`, [i], phase([], [], [stored]));
}

/** So many lists of arguments from the op's domain, those of interest first. */
export function casesOf(name: OpName, types: readonly DType[], length: number): readonly (readonly number[])[] {
  const domain = domains[name];
  const { uniform } = random(7);
  const draw = (): readonly number[] =>
    domain.args.map((one, i) => {
      const value = one({ uniform, normal: uniform });
      return types[i] === 'u32' ? Math.trunc(Math.abs(value)) % 2 ** 32 : value;
    });
  const special =
    types.includes('u32') && ops[name].args.includes('any') && name !== 'toF32' ? [] : (domain.special ?? []);
  return [...special, ...Array.from({ length: length - special.length }, draw)];
}

/** The result in float64, whole numbers modulo 2^32. */
export function exactOf(name: OpName, any: DType, values: readonly number[]): number {
  const isWhole = resultOf(name, any) === 'u32';
  if (isWhole && name === 'mul') return Math.imul(values[0]!, values[1]!) >>> 0;
  const op: Op = ops[name];
  const exact = op.reference(...values);
  return isWhole ? exact >>> 0 : exact;
}

export function arrayOf(values: readonly number[], dtype: DType): Numbers {
  return dtype === 'f32' ? Float32Array.from(values) : Uint32Array.from(values);
}

/** An op that is exact in its own terms is rounded to f32 all the same. */
export function toleranceAt(op: Op, values: readonly number[], exact: number): number {
  const { ulp: of, absolute = 0 } = op.tolerance;
  return (typeof of === 'function' ? of(...values) : of) * ulp(exact) + absolute;
}
