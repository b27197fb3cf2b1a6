/** Products by matrices that subgroups hold: on which devices they are offered, and that they add up to the same. */
import { describe, expect, test } from 'vitest';
import type { Choice, TileChoice } from '../../compiler/5-kernel/schedule/choice.ts';
import { gpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { isInSpace, spaceOf } from '../../compiler/5-kernel/schedule/space.ts';
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import { heads } from '../support/contraction-shapes.ts';
import { all } from '../support/kernel-shapes.ts';
import { runLanes } from '../support/run-lanes.ts';
import { matrices, matrixKernels, type RunScheduled, stagedKernels, variantsAgree } from '../support/variants.ts';

const interpreted =
  (subgroupSize: number): RunScheduled =>
  (scheduled, arrays, scalars) =>
    runLanes(scheduled, subgroupSize, arrays, scalars);

const agree = (name: string, choice: Choice, subgroupSize: number): Promise<void> =>
  variantsAgree(all[name]!, [choice], gpu, emitWgsl, interpreted(subgroupSize));

describe('interpreted lane by lane, there agree with float64', () => {
  test.each(stagedKernels)('staged operands: %s', async (name, choice) => {
    await agree(name, choice, 8);
  });

  test.each(matrixKernels)('matrices: %s', async (name, choice) => {
    const most = (choice.lanes * choice.bands) / choice.matrixSubgroups!;
    expect(isInSpace(choice, all[name]!, gpu)).toBe(true);
    await agree(name, choice, most);
  });

  test('matrices of several products, handed out one after the other', async () => {
    const kernel = heads(8, 16, 32);
    await variantsAgree(kernel, [matrices(4, 8, 2, 8, 2)], gpu, emitWgsl, interpreted(8));
  });

  test('matrices where subgroups are smaller than was counted on: some wait', async () => {
    await agree('contraction x W, odd', matrices(4, 8, 2, 8, 2), 4);
    await agree('weight and bias gradient', matrices(4, 4, 4, 8, 1), 4);
  });
});

test('matrices are offered where the device has them, by whole subgroups', () => {
  const kernel = all['contraction x W']!;
  const limits = { invocations: 256, workgroupBytes: 32768, subgroupSize: 32 };
  const offered = (more: object) =>
    spaceOf(kernel, gpu, { ...limits, ...more }).filter((choice) => 'matrixSubgroups' in choice) as TileChoice[];
  expect(offered({})).toEqual([]);
  const found = offered({ matrixSubgroupSize: 32 });
  expect(found.length).toBeGreaterThan(0);
  for (const choice of found) {
    expect(choice.lanes * choice.bands).toBe(32 * choice.matrixSubgroups!);
    const { features, subgroupSize } = scheduleKernel(kernel, gpu, { choice });
    expect(features).toEqual(['subgroups', 'chromium-experimental-subgroup-matrix']);
    expect(subgroupSize).toEqual({ min: 1, max: 32 });
  }
});
