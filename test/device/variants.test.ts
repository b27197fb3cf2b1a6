/** Every variant of small kernels on the device computes what the kernel says. */
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import type { Choice } from '../../compiler/5-kernel/schedule/choice.ts';
import { gpu, profileNamed, type Profile } from '../../compiler/5-kernel/schedule/profile.ts';
import { isInSpace, spaceOf } from '../../compiler/5-kernel/schedule/space.ts';
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import { openTestDevice } from '../support/device.ts';
import { runKernel } from '../support/kernel-device.ts';
import { all } from '../support/kernel-shapes.ts';
import {
  dividedChoices,
  longKernels,
  matrixKernels,
  oddKernels,
  plainChoices,
  stagedKernels,
  variantsAgree,
} from '../support/variants.ts';

const opened = await openTestDevice();

const agree = (kernel: Kernel, choices: readonly Choice[], profile: Profile): Promise<void> =>
  variantsAgree(kernel, choices, profile, emitWgsl, (scheduled, arrays, scalars) =>
    runKernel(opened!, scheduled, arrays, scalars),
  );

for (const [how, kernels, choicesOf] of [
  ['by every choice that leaves its loop whole and stages nothing', oddKernels, plainChoices],
  ['with its loop divided', longKernels, dividedChoices],
] as const) {
  describe.skipIf(opened === undefined)(how, () => {
    test.each(kernels)('%s', async (_, kernel) => {
      const profile = profileNamed(opened!.report.profile)!;
      await agree(kernel, choicesOf(kernel, profile, opened!.limits), profile);
    });
  });
}

const withMatrices = await openTestDevice({ subgroupMatrices: true });

describe.skipIf(withMatrices === undefined)('by matrices that subgroups hold', () => {
  test.each(matrixKernels)('%s', async (name) => {
    const kernel = all[name]!;
    const choices = spaceOf(kernel, gpu, withMatrices!.limits).filter((choice) => 'matrixSubgroups' in choice);
    await variantsAgree(kernel, choices.slice(0, 8), gpu, emitWgsl, (scheduled, arrays, scalars) =>
      runKernel(withMatrices!, scheduled, arrays, scalars),
    );
  });
});

describe.skipIf(opened === undefined)('with its operands in memory that a workgroup shares', () => {
  test.each(stagedKernels)('%s', async (name, choice) => {
    expect(isInSpace(choice, all[name]!, gpu)).toBe(true);
    await agree(all[name]!, [choice], gpu);
  });
});
