/** What only the executor of WebGPU meets. */
import { afterEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import type { PlanProgram } from '../../../compiler/5-kernel/plan.ts';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import { openTestDevice } from '../../support/device.ts';
import { tinyCompiled, tinyData, tinyPlan } from '../../support/tiny-plan.ts';

const device = await openTestDevice();
const data = tinyData();

afterEach(() => void vi.restoreAllMocks());

describe.skipIf(device === undefined)('executor', () => {
  test('a kernel that the device refuses is named, with the reason', async () => {
    const sources = new Map(tinyCompiled.sources).set('update', 'fn update() { let x: f32 = 1u; }');
    const executor = device!.executor({ ...tinyCompiled, sources });
    await expect(executor.prepare(tinyPlan.programs, (name) => splitNamed(data, name))).rejects.toThrow(
      /refused kernel update: update\.wgsl:1:.*f32.*fault of vaec/s,
    );
  });

  test('asks for every pipeline before the first is there, and for nothing twice', async () => {
    const { gpu } = device!;
    const make = gpu.createComputePipelineAsync.bind(gpu);
    const kernels = new Set(tinyPlan.programs.flatMap(({ dispatches }) => dispatches.map(({ kernel }) => kernel)));
    let asked = 0;
    let all: () => void = () => undefined;
    const everyone = new Promise<void>((resolve) => (all = resolve));
    vi.spyOn(gpu, 'createComputePipelineAsync').mockImplementation(async (descriptor) => {
      if (++asked === kernels.size) all();
      // One after the other they would wait here for ever.
      await everyone;
      return make(descriptor);
    });
    const executor = device!.executor(tinyCompiled);
    await executor.prepare(tinyPlan.programs, (name) => splitNamed(data, name));
    await executor.prepare(tinyPlan.programs, (name) => splitNamed(data, name));
    expect(asked).toBe(kernels.size);
    executor.close();
  });

  test.each([
    ['that have no results', 300],
    ['of which there are none', 0],
  ])('is done with runs %s when the device is through', async (_, runs) => {
    const programs = tinyPlan.programs.map(({ name, dispatches }): PlanProgram => ({
      kind: 'part',
      name,
      dispatches,
      results: [],
    }));
    const executor = device!.executor({ ...tinyCompiled, plan: { ...tinyPlan, programs } });
    await executor.prepare(programs, (name) => splitNamed(data, name));
    // Some work on the way, which must be through as well.
    const scalars = Array.from({ length: 300 }, () => () => 1);
    const flights = [executor.submit('train', scalars), executor.submit('train', scalars.slice(0, runs))];
    let isThrough = false;
    const { queue } = device!.gpu;
    void device!.until(() => queue.onSubmittedWorkDone().then(() => (isThrough = true)));
    await flights[1]!.results();
    expect(isThrough).toBe(true);
    await flights[0]!.results();
    executor.close();
  });

  test('uploads, submits and waits once for any number of steps', async () => {
    const executor = device!.executor(tinyCompiled);
    await executor.prepare(tinyPlan.programs, (name) => splitNamed(data, name));
    const { queue } = device!.gpu;
    const calls = [
      vi.spyOn(queue, 'writeBuffer'),
      vi.spyOn(queue, 'submit'),
      vi.spyOn(device!, 'until') as unknown as MockInstance,
    ];
    for (const steps of [1, 50]) {
      for (const call of calls) call.mockClear();
      const results = await executor
        .submit(
          'train',
          Array.from({ length: steps }, () => () => 1),
        )
        .results();
      expect(results).toHaveLength(steps);
      expect(calls.map((call) => call.mock.calls.length)).toEqual([1, 1, 1]);
    }
    executor.close();
  });
});
