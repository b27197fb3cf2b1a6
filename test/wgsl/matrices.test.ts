/** What Dawn's compiler says of kernels with subgroup matrices: its null backend compiles for a device that computes nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { create } from 'webgpu';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import type { TileChoice } from '../../compiler/5-kernel/schedule/choice.ts';
import { gpu } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { emitWgsl } from '../../compiler/6-emit/wgsl/print.ts';
import { all } from '../support/kernel-shapes.ts';
import * as k from '../support/kernels.ts';
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

test('nothing of kernels whose tensors have the names of what they declare', async () => {
  const [row, column, inner] = [k.axis('row', 32), k.axis('column', 40), k.axis('k', 24)];
  const named = (name: string): Kernel => {
    const x = k.at(k.tensor('x', [32, 24]), k.flat(row, inner));
    const sum = k.product('sum', x, k.at(k.tensor(name, [24, 40]), k.flat(inner, column)));
    const y = k.store(k.tensor('y', [32, 40]), k.flat(row, column), k.read(sum));
    return k.kernel('named', [row, column], k.phase([inner], [sum]), k.phase([], [], [y]));
  };
  for (const name of ['staged', 'sum0_0', 'rows0', 'columns0', 'first']) {
    const text = emitWgsl(scheduleKernel(named(name), gpu, { choice: matrices(4, 8, 4, 8, 2) }));
    expect(await messagesOf(text), name).toEqual([]);
  }
});

describe('that', () => {
  const text = textOf('contraction x W', matrices(4, 8, 4, 8, 2));

  test('a place must be the same in all lanes of a subgroup', async () => {
    const byLane = text.replace(/let block_(\w+) = subgroup\b/, 'let block_$1 = lane');
    expect(byLane).not.toBe(text);
    expect((await messagesOf(byLane)).join()).toContain('requires argument 1 to be uniform');
  });

  test('matrices must not be multiplied by some lanes alone', async () => {
    const some = text.replace('for (var ahead = 0u; ahead < 8u; ahead += 8u) {', 'for (var ahead = lane; ahead < 8u; ahead += 8u) {'); // prettier-ignore
    expect(some).not.toBe(text);
    expect((await messagesOf(some)).join()).toContain('must only be called from subgroup uniform control flow');
  });

  test('a workgroup must be whole subgroups, of 128 lanes here', async () => {
    const pipeline = (choice: TileChoice) => {
      const compute = { module: device.createShaderModule({ code: textOf('contraction x W', choice) }) };
      return device.createComputePipelineAsync({ layout: 'auto', compute });
    };
    await expect(pipeline(matrices(4, 8, 4, 8, 2))).rejects.toThrow(/workgroup_size \(32\) must be a multiple/);
    await expect(pipeline(matrices(4, 16, 8, 8, 1))).resolves.toBeDefined();
  });
});
