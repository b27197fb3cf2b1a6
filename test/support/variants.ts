/** Kernels at extents that divide nothing, by every choice that there is for them. */
import { expect } from 'vitest';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import { evaluateKernel } from '../../compiler/5-kernel/rounding.ts';
import { choiceText } from '../../compiler/5-kernel/schedule/choice.ts';
import { tensorsOf } from '../../compiler/5-kernel/schedule/dependence.ts';
import type { Profile } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import { type DeviceLimits, spaceOf } from '../../compiler/5-kernel/schedule/space.ts';
import type { Numbers } from './kernel-device.ts';
import * as shapes from './kernel-shapes.ts';
import { inputsFor } from './kernels.ts';

/** The structures that choices tell apart. */
export const oddKernels: readonly (readonly [string, Kernel])[] = [
  'contraction x W, odd',
  'contraction dY Wᵀ, odd',
  'contraction with a loss, odd',
  'two heads, odd',
  'softmax, odd',
  'mean of everything, odd',
  'partial sums, odd',
  'rows of bytes, odd',
].map((name) => [name, shapes.all[name]!] as const);

export type RunScheduled = (
  kernel: ScheduledKernel,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>>,
) => ReadonlyMap<string, Numbers> | Promise<ReadonlyMap<string, Numbers>>;

/** Every variant against the float64 evaluation of the kernel, within the ops' own bounds. */
export async function everyVariantAgrees(
  kernel: Kernel,
  profile: Profile,
  limits: DeviceLimits,
  textOf: (kernel: ScheduledKernel) => string,
  run: RunScheduled,
): Promise<void> {
  const { loaded, stored } = tensorsOf(kernel);
  const inputs = inputsFor(kernel, [...loaded, ...stored]);
  const expected = evaluateKernel(kernel, inputs, shapes.scalars);
  const seen = new Set<string>();
  for (const choice of spaceOf(kernel, profile, limits)) {
    const scheduled = scheduleKernel(kernel, profile, { choice });
    const text = `${textOf(scheduled)} ${scheduled.workgroups.join(' ')}`;
    if (seen.has(text)) continue;
    seen.add(text);
    const results = await run(scheduled, inputs, shapes.scalars);
    for (const { name } of stored) {
      const got = results.get(name)!;
      expected.get(name)!.forEach((want, i) => {
        const { value, error } = want ?? { value: inputs.get(name)![i]!, error: 0 };
        const off = Math.abs(got[i]! - value);
        if (off <= error) return;
        expect.fail(`by ${choiceText(choice)}, ${name}[${i}] is ${got[i]}, not ${value} within ${error}`);
      });
    }
  }
}
