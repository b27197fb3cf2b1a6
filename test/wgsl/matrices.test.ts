/** What Dawn's compiler says of kernels with subgroup matrices: its null backend compiles for a device that computes nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { create } from 'webgpu';
import type { TileChoice } from '../../compiler/5-kernel/schedule/choice.ts';
import { gpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import { all } from '../support/kernel-shapes.ts';
import { matrices, matrixKernels } from '../support/variants.ts';

// Dawn crashes when this is collected before its devices.
const root = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
let device: GPUDevice;
beforeAll(async () => {
  const adapter = await root.requestAdapter();
  const features = ['subgroups', 'chromium-experimental-subgroup-matrix'] as readonly string[];
  device = await adapter!.requestDevice({ requiredFeatures: features as readonly GPUFeatureName[] });
});
afterAll(() => device.destroy());

async function messagesOf(code: string): Promise<readonly string[]> {
  device.pushErrorScope('validation');
  const { messages } = await device.createShaderModule({ code }).getCompilationInfo();
  await device.popErrorScope();
  return messages.map(({ lineNum, message }) => `${lineNum}: ${message}`);
}

const textOf = (name: string, choice: TileChoice): string => emitWgsl(scheduleKernel(all[name]!, gpu, { choice }));

test.each(matrixKernels)('nothing of %s', async (name, choice) => {
  const text = textOf(name, choice);
  expect(text).toContain('subgroupMatrixMultiplyAccumulate');
  expect(await messagesOf(text)).toEqual([]);
});

test('that a place must be the same in all lanes of a subgroup', async () => {
  const text = textOf('contraction x W', matrices(4, 8, 4, 8, 2));
  expect(await messagesOf(text)).toEqual([]);
  const byLane = text.replaceAll(/\bsubgroup\b(?=[ /%*])(?! :)/g, '(lane / 16u)');
  expect((await messagesOf(byLane)).join()).toContain('must only be called from subgroup uniform control flow');
});
