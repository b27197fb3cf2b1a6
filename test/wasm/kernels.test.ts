/**
 * Every kernel shape in WebAssembly, with relaxed SIMD and without, against the float64 evaluation of its Kernel IR,
 * within the ops' own bounds.
 */
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import { tensorsOf } from '../../compiler/5-kernel/schedule/dependence.ts';
import { cpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { findSimd, type Simd } from '../../runtime/cpu/engine.ts';
import { evaluateKernel } from '../../compiler/5-kernel/rounding.ts';
import * as shapes from '../support/kernel-shapes.ts';
import { runKernel } from '../support/kernel-wasm.ts';
import { inputsFor } from '../support/kernels.ts';

const forms: readonly Simd[] = findSimd() === 'relaxed' ? ['relaxed', 'plain'] : ['plain'];

describe.each(forms)('%s', (form) => {
  test.each(Object.entries(shapes.all))('%s', (_, kernel) => agrees(kernel, form));
});

function agrees(kernel: Kernel, form: Simd): void {
  const { loaded, stored } = tensorsOf(kernel);
  const inputs = inputsFor(kernel, [...loaded, ...stored]);
  const results = runKernel(scheduleKernel(kernel, cpu), form, inputs, shapes.scalars);
  const expected = evaluateKernel(kernel, inputs, shapes.scalars);
  for (const { name } of stored) {
    const got = results.get(name)!;
    const before = inputs.get(name)!;
    expected.get(name)!.forEach((want, i) => {
      // What the kernel does not store stays as it was.
      const { value, error } = want ?? { value: before[i]!, error: 0 };
      const off = Math.abs(got[i]! - value);
      if (!(off <= error)) expect.fail(`${name}[${i}] is ${got[i]}, not ${value} within ${error}`);
    });
  }
}
