/** Products by matrices that subgroups hold: on which devices they are offered, and that they add up to the same. */
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import type { Choice, TileChoice } from '../../compiler/5-kernel/schedule/choice.ts';
import { gpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { isInSpace, spaceOf } from '../../compiler/5-kernel/schedule/space.ts';
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import { heads } from '../support/contraction-shapes.ts';
import { all } from '../support/kernel-shapes.ts';
import { contraction, plainStore } from '../support/kernels.ts';
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
});

describe('matrices are offered', () => {
  const kernel = all['contraction x W']!;
  const limits = { invocations: 256, workgroupBytes: 32768, subgroupSize: 32 };
  const offered = (of: Kernel, more: object) =>
    spaceOf(of, gpu, { ...limits, ...more }).filter((choice) => 'matrixSubgroups' in choice) as TileChoice[];

  test('where subgroups of one size multiply them, by whole subgroups', () => {
    expect(offered(kernel, {})).toEqual([]);
    expect(offered(kernel, { subgroupMatrices: true, subgroupSize: undefined })).toEqual([]);
    const found = offered(kernel, { subgroupMatrices: true });
    expect(found.length).toBeGreaterThan(0);
    for (const choice of found) {
      expect(choice.lanes * choice.bands).toBe(32 * choice.matrixSubgroups!);
      const { features, subgroupSize } = scheduleKernel(kernel, gpu, { choice });
      expect({ features, subgroupSize }).toEqual({
        features: ['subgroups', 'chromium-experimental-subgroup-matrix'],
        subgroupSize: 32,
      });
    }
  });

  test('with no more sums than registers hold, of all products together', () => {
    const sums = (of: Kernel, choice: TileChoice) =>
      count(emitWgsl(scheduleKernel(of, gpu, { choice })), 'subgroup_matrix_result');
    const large = contraction('plain', [128, 64, 256], plainStore);
    const most = (of: Kernel) => Math.max(...offered(of, { subgroupMatrices: true }).map((one) => sums(of, one)));
    expect(most(large)).toBe(32);
    expect(most(heads(128, 64, 256))).toBe(32);
  });

  test('with blocks as square as can be, whose operands are read once', () => {
    const text = (of: Kernel, choice: TileChoice) => emitWgsl(scheduleKernel(of, gpu, { choice }));
    // 64 rows by 64 columns in four blocks of 32 by 32, in place of two of 64 by 16 beside two.
    const one = text(contraction('plain', [64, 64, 64], plainStore), matrices(8, 16, 8, 8, 4));
    expect([count(one, 'subgroup_matrix_left'), count(one, 'subgroup_matrix_right')]).toEqual([4, 4]);
    // The two products share the left operand.
    const two = text(heads(8, 16, 32), matrices(4, 8, 2, 8, 2));
    expect([count(two, 'subgroup_matrix_left'), count(two, 'subgroup_matrix_right')]).toEqual([1, 4]);
  });

  test('but no number of subgroups that no device has', () => {
    for (const subgroups of [3, 6, 2 ** 24])
      expect(isInSpace(matrices(4, 8, 4, 8, subgroups), kernel, gpu)).toBe(false);
    expect(isInSpace(matrices(4, 8, 4, 8, 2), kernel, gpu)).toBe(true);
  });
});

test('what is summed beside the products is read where it lies staged', () => {
  const text = emitWgsl(scheduleKernel(all['weight and bias gradient']!, gpu, { choice: matrices(4, 4, 4, 8, 1) }));
  const [, beside] = /ahead \+= 4u\) \{\n([^}]*)\}/.exec(text)!;
  expect(beside).toContain('staged[');
  expect(beside).not.toMatch(/\bd?y\[/);
});

const count = (text: string, word: string): number => text.split(word).length - 1;
