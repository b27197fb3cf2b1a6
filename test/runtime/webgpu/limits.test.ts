/** What a spec needs is told before anything is allocated, with the figures. */
import { expect, describe, test } from 'vitest';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import { EnvironmentError } from '../../../runtime/errors.ts';
import { demandMemory } from '../../../runtime/webgpu/limits.ts';
import type { Plan, PlanKernel } from '../../../compiler/5-kernel/plan.ts';
import { openTestDevice } from '../../support/device.ts';
import { tinyCompiled, tinyData, tinyPlan } from '../../support/tiny-plan.ts';

const device = await openTestDevice();
const mib = 2 ** 20;

describe('memory', () => {
  const offer = { maxBufferSize: 256 * mib, maxStorageBufferBindingSize: 128 * mib, memory: 1024 * mib };

  test('what fits is let through', () => {
    expect(() =>
      demandMemory([{ what: 'activations', bytes: 256 * mib }], [{ what: "a's x", bytes: 128 * mib }], offer),
    ).not.toThrow();
  });

  test('a buffer, a table, or all together may be too large', () => {
    expect(() => demandMemory([{ what: 'activations', bytes: 300 * mib }], [], offer)).toThrow(
      /needs 300 MiB in one buffer for its activations, and the device allows 256 MiB/,
    );
    expect(() => demandMemory([], [{ what: "mnist.train's x", bytes: 200 * mib }], offer)).toThrow(
      /mnist\.train's x takes 200 MiB on the device, which allows 128 MiB/,
    );
    const many = Array.from({ length: 5 }, (_, i) => ({ what: `vector ${i}`, bytes: (206 + i) * mib }));
    expect(() => demandMemory(many, [], offer)).toThrow(
      /needs 1 GiB of memory, the most of it \(210 MiB\) for vector 4.*1 GiB left/,
    );
    expect(() => demandMemory(many, [], offer)).toThrow(EnvironmentError);
    const { memory: _, ...unknown } = offer;
    expect(() => demandMemory(many, [], unknown)).not.toThrow();
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
    const buffers = tinyPlan.buffers.map((buffer) => (buffer.role === 'arena' ? { ...buffer, bytes } : buffer));
    await expect(prepare({ ...tinyPlan, buffers })).rejects.toThrow(/needs 32 TiB in one buffer for its activations/);
  });

  test('refuses kernels that were compiled for another device', async () => {
    await expect(prepare(withKernel({ features: ['subgroups'], subgroupSize: 3 }))).rejects.toThrow(
      /update (is right for subgroups of 3 lanes|uses subgroups).*compile it again for this device/,
    );
    await expect(prepare(withKernel({ workgroupSize: [4096, 4, 1] }))).rejects.toThrow(/workgroups of 16384/);
    const bindings = Array.from({ length: 100 }, () => ({ name: 'b', access: 'read' as const }));
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
