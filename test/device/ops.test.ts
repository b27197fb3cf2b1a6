/** Every op on the device, alone in a kernel, against its float64 reference within the tolerance it states. */
import { describe, expect, test } from 'vitest';
import type { DType } from '../../compiler/4-tensor/ir.ts';
import type { Value } from '../../compiler/5-kernel/ir.ts';
import { profiles } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { ops, type OpName } from '../../compiler/ops/index.ts';
import type { Op } from '../../compiler/ops/op.ts';
import { random } from '../distributions/random.ts';
import { domains } from '../ops/domains.ts';
import { openTestDevice } from '../support/device.ts';
import { runKernel, type Numbers } from '../support/kernel-device.ts';
import { ulp } from '../support/kernel-reference.ts';
import { at, axis, flat, kernel, phase, store, tensor } from '../support/kernels.ts';

const opened = await openTestDevice();
const [profile] = profiles;

/** One op, with the type of its 'any' arguments. */
const variants: readonly (readonly [string, OpName, DType])[] = [
  ...(Object.keys(ops) as OpName[]).map((name) => [name, name, name === 'toF32' ? 'u32' : 'f32'] as const),
  ...(['add', 'sub', 'mul', 'min', 'max', 'lt', 'eq', 'select'] as const).map((name) => [`${name} of u32`, name, 'u32'] as const),
]; // prettier-ignore

// A length of 4n is computed in vectors, another by single numbers.
describe.skipIf(opened === undefined).each([400, 397])('%i at a time', (length) => {
  test.each(variants)('%s', async (_, name, any) => {
    const op: Op = ops[name];
    const types = op.args.map((dtype): DType => (dtype === 'any' ? any : dtype));
    const result = op.result === 'any' ? any : op.result;
    const cases = casesOf(name, types, length);
    const i = axis('i', length);
    const tensors = types.map((dtype, k) => tensor(`x${k}`, [length], dtype === 'f32' ? 'f32' : 'u32'));
    const args = types.map((dtype, k): Value => {
      const loaded = at(tensors[k]!, flat(i));
      const zero: Value = { kind: 'constant', dtype: 'u32', value: 0 };
      return dtype === 'bool' ? { kind: 'apply', dtype, op: 'ne', args: [loaded, zero] } : loaded;
    });
    const out = tensor('y', [length], result === 'f32' ? 'f32' : 'u32');
    const stored = store(out, flat(i), { kind: 'apply', dtype: result, op: name, args });
    const arrays = new Map(tensors.map((one, k) => [one.name, arrayOf(cases.map((values) => values[k]!), types[k]!)])); // prettier-ignore
    const scheduled = scheduleKernel(kernel(`op_${name}`, [i], phase([], [], [stored])), profile!);
    const got = (await runKernel(opened!, scheduled, arrays)).get('y')!;
    cases.forEach((values, k) => {
      const exact = wrapped(name, result, values);
      const off = got[k] === exact || Object.is(got[k], exact) ? 0 : Math.abs(got[k]! - exact);
      if (!(off <= toleranceAt(op, values, exact)))
        expect.fail(`${name}(${values.join(', ')}) is ${got[k]}, not ${exact}`);
    });
  });
});

function casesOf(name: OpName, types: readonly DType[], length: number): (readonly number[])[] {
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

function wrapped(name: OpName, result: DType, values: readonly number[]): number {
  if (result === 'u32' && name === 'mul') return Math.imul(values[0]!, values[1]!) >>> 0;
  const op: Op = ops[name];
  const exact = op.reference(...values);
  return result === 'u32' ? exact >>> 0 : exact;
}

function arrayOf(values: readonly number[], dtype: DType): Numbers {
  return dtype === 'f32' ? Float32Array.from(values) : Uint32Array.from(values);
}

/** An op that is exact in its own terms is rounded to f32 all the same. */
function toleranceAt(op: Op, values: readonly number[], exact: number): number {
  const { ulp: of, absolute = 0 } = op.tolerance;
  return (typeof of === 'function' ? of(...values) : of) * ulp(exact) + absolute;
}
