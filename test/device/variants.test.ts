/** Every variant of small kernels on the device computes what the kernel says. */
import { describe, test } from 'vitest';
import { profileNamed } from '../../compiler/5-kernel/schedule/profile.ts';
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import { openTestDevice } from '../support/device.ts';
import { runKernel } from '../support/kernel-device.ts';
import { dividedChoices, longKernels, oddKernels, variantsAgree, wholeChoices } from '../support/variants.ts';

const opened = await openTestDevice();

for (const [how, kernels, choicesOf] of [
  ['by every choice that leaves its loop whole', oddKernels, wholeChoices],
  ['with its loop divided', longKernels, dividedChoices],
] as const) {
  describe.skipIf(opened === undefined)(how, () => {
    test.each(kernels)('%s', async (_, kernel) => {
      const profile = profileNamed(opened!.report.profile)!;
      const choices = choicesOf(kernel, profile, opened!.limits);
      await variantsAgree(kernel, choices, profile, emitWgsl, (scheduled, arrays, scalars) =>
        runKernel(opened!, scheduled, arrays, scalars),
      );
    });
  });
}
