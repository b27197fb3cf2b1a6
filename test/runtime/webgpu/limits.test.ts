/** What a spec needs is told before anything is allocated, with the figures. */
import { expect, describe, test } from 'vitest';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import { subgroupMatrices } from '../../../runtime/device/report.ts';
import { EnvironmentError } from '../../../runtime/errors.ts';
import { demandMemory } from '../../../runtime/webgpu/limits.ts';
import type { MemoryNeed } from '../../../compiler/5-kernel/needs.ts';
import type { Plan, PlanKernel } from '../../../compiler/5-kernel/plan.ts';
import { openTestDevice } from '../../support/device.ts';
import { tinyCompiled, tinyData, tinyPlan } from '../../support/tiny-plan.ts';

const device = await openTestDevice();
const mib = 2 ** 20;

describe('memory', () => {
  const offer = { maxBufferSize: 256 * mib, maxStorageBufferBindingSize: 128 * mib, memory: 1024 * mib };
  const remedy = 'make "batch" (128) smaller';
  const arena = (bytes: number): MemoryNeed => ({ part: 'activations', what: 'arena_1', bytes });
  const table = (bytes: number): MemoryNeed => ({ part: 'data', what: "mnist.train's x", bytes });

  test('what fits is let through', () => {
    expect(() => demandMemory([arena(256 * mib), table(128 * mib)], offer, remedy)).not.toThrow();
  });

  test('a buffer, a table, or all together may be too large', () => {
    expect(() => demandMemory([arena(300 * mib)], offer, remedy)).toThrow(
      /needs 300 MiB in one buffer for its activations, and the device allows 256 MiB there; make "batch" \(128\) smaller/,
    );
    expect(() => demandMemory([table(200 * mib)], offer, remedy)).toThrow(
      /mnist\.train's x takes 200 MiB, and the device allows 128 MiB for one table; use fewer rows/,
    );
    const many = Array.from({ length: 5 }, (_, i) => ({
      part: 'optimizer' as const,
      what: `vector ${i}`,
      bytes: (206 + i) * mib,
    }));
    expect(() => demandMemory(many, offer, remedy)).toThrow(
      /needs 1 GiB of memory \(optimizer 1 GiB\), and the machine has 1 GiB left; make "batch" \(128\) smaller/,
    );
    expect(() => demandMemory(many, offer, remedy)).toThrow(EnvironmentError);
    const { memory: _, ...unknown } = offer;
    expect(() => demandMemory(many, unknown, remedy)).not.toThrow();
  });
});

describe.skipIf(device === undefined)('a device', () => {
  const prepare = (plan: Plan) =>
    device!.executor({ ...tinyCompiled, plan }).prepare(plan.programs, (name) => splitNamed(tinyData(), name));
  const withKernel = (change: Partial<PlanKernel>): Plan => ({
    ...tinyPlan,
    kernels: tinyPlan.kernels.map((kernel) => (kernel.name === 'update' ? { ...kernel, ...change } : kernel)),
  });

  test('refuses a plan that needs more than it has, and allocates nothing', async () => {
    const bytes = 2 ** 45;
    const buffers = tinyPlan.buffers.map((buffer) => (buffer.role === 'packed' ? { ...buffer, bytes } : buffer));
    await expect(prepare({ ...tinyPlan, buffers })).rejects.toThrow(/needs 32 TiB in one buffer for its gradient/);
  });

  test('refuses kernels that were compiled for another device', async () => {
    await expect(prepare(withKernel({ features: ['subgroups'], subgroupSize: 3 }))).rejects.toThrow(
      /update (is right for subgroups of 3 lanes|uses subgroups).*compile it again for this device/,
    );
    const matrices = { features: ['subgroups', subgroupMatrices], subgroupSize: 32 } as const;
    await expect(prepare(withKernel(matrices))).rejects.toThrow(/not opened with; .*give that here too.*--no-tuned/);
    await expect(prepare(withKernel({ workgroupSize: [4096, 4, 1] }))).rejects.toThrow(/workgroups of 16384/);
    const bindings = Array.from({ length: 100 }, () => ({ name: 'b', access: 'read' as const, shape: [] }));
    await expect(prepare(withKernel({ bindings }))).rejects.toThrow(/binds 100 buffers/);
  });

  test('refuses a dispatch over more workgroups than there may be', async () => {
    const programs = tinyPlan.programs.map((program) => ({
      ...program,
      dispatches: program.dispatches.map((dispatch) => ({ ...dispatch, workgroups: [2 ** 24, 1, 1] as const })),
    }));
    await expect(prepare({ ...tinyPlan, programs })).rejects.toThrow(/needs 16777216 workgroups along one axis/);
  });
});
