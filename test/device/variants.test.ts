/** Every variant of small kernels on the device computes what the kernel says. */
import { describe, test } from 'vitest';
import { profileNamed } from '../../compiler/5-kernel/schedule/profile.ts';
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import { openTestDevice } from '../support/device.ts';
import { runKernel } from '../support/kernel-device.ts';
import { everyVariantAgrees, oddKernels } from '../support/variants.ts';

const opened = await openTestDevice();

describe.skipIf(opened === undefined)('by every choice of its space', () => {
  test.each(oddKernels)('%s', async (_, kernel) => {
    const profile = profileNamed(opened!.report.profile)!;
    await everyVariantAgrees(kernel, profile, opened!.limits, emitWgsl, (scheduled, arrays, scalars) =>
      runKernel(opened!, scheduled, arrays, scalars),
    );
  });
});
