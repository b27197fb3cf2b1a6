/**
 * Every op in WebAssembly, alone in a kernel, against its float64 reference within the tolerance it states; and NaN
 * comes out where NaN goes in.
 */
import { describe, expect, test } from 'vitest';
import type { DType } from '../../compiler/4-tensor/ir.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { ops, type OpName } from '../../compiler/ops/index.ts';
import type { Op } from '../../compiler/ops/op.ts';
import { findSimd, type Simd } from '../../runtime/cpu/engine.ts';
import { arrayOf, casesOf, exactOf, kernelOf, toleranceAt, typesOf, variants } from '../support/op-kernels.ts';
import { runKernel } from '../support/kernel-wasm.ts';

const forms: readonly Simd[] = findSimd() === 'relaxed' ? ['relaxed', 'plain'] : ['plain'];

function computed(name: OpName, any: DType, cases: readonly (readonly number[])[], form: Simd): ArrayLike<number> {
  const types = typesOf(name, any);
  const arrays = new Map(types.map((dtype, k) => [`x${k}`, arrayOf(cases.map((values) => values[k]!), dtype)])); // prettier-ignore
  return runKernel(scheduleKernel(kernelOf(name, any, cases.length), cpu), form, arrays).get('y')!;
}

describe.each(forms)('%s', (form) => {
  // A length of 4n is computed in vectors, another by single numbers.
  describe.each([400, 397])('%i at a time', (length) => {
    test.each(variants)('%s', (_, name, any) => {
      const cases = casesOf(name, typesOf(name, any), length);
      const got = computed(name, any, cases, form);
      cases.forEach((values, k) => {
        const exact = exactOf(name, any, values);
        const off = got[k] === exact || Object.is(got[k], exact) ? 0 : Math.abs(got[k]! - exact);
        if (!(off <= toleranceAt(ops[name], values, exact)))
          expect.fail(`${name}(${values.join(', ')}) is ${got[k]}, not ${exact}`);
      });
    });
  });

  // A sign is -1, 0 or 1; toF32 takes whole numbers.
  const floats = variants.filter(([, name, any]) => {
    const { result } = ops[name] as Op;
    const first = typesOf(name, any)[0];
    return first === 'f32' && (result === 'f32' || result === 'any') && name !== 'sign';
  });
  test.each(floats)('%s of NaN is NaN', (_, name, any) => {
    const values = typesOf(name, any).map((_, i) => (i === 0 ? NaN : 0.5));
    for (const length of [4, 1]) {
      const got = computed(name, any, Array.from({ length }, () => values), form); // prettier-ignore
      for (let i = 0; i < length; i++) expect(got[i]).toBeNaN();
    }
  });
});
