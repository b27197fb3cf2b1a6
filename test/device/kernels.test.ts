/** Every kernel shape on the device against the float64 evaluation of its Kernel IR, within the ops' own bounds. */
import { describe, expect, test } from 'vitest';
import { tensorsOf } from '../../compiler/5-kernel/schedule/dependence.ts';
import { profiles, type Profile } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import { openTestDevice } from '../support/device.ts';
import { runKernel } from '../support/kernel-device.ts';
import { evaluateKernel } from '../../compiler/5-kernel/rounding.ts';
import * as shapes from '../support/kernel-shapes.ts';
import { inputsFor } from '../support/kernels.ts';

const opened = await openTestDevice();

const fits = (size: number): boolean => {
  const sizes = opened?.report.subgroupSize;
  return sizes?.min === size && sizes.max === size;
};
const usable = (profile: Profile): boolean =>
  opened !== undefined && (profile.subgroupSize === undefined || fits(profile.subgroupSize));

for (const profile of profiles.filter(({ target }) => target === 'webgpu')) {
  describe.skipIf(!usable(profile))(`profile ${profile.name}`, () => {
    for (const [what, kernel] of Object.entries(shapes.all)) test(what, () => agrees(kernel, profile));
  });
}

async function agrees(kernel: Kernel, profile: Profile): Promise<void> {
  const { loaded, stored } = tensorsOf(kernel);
  const inputs = inputsFor(kernel, [...loaded, ...stored]);
  const scheduled = scheduleKernel(kernel, profile);
  const results = await runKernel(opened!, scheduled, inputs, shapes.scalars);
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
