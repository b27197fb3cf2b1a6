/** What only the executor of WebGPU meets. */
import { describe, expect, test } from 'vitest';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import { openTestDevice } from '../../support/device.ts';
import { tinyCompiled, tinyData, tinyPlan } from '../../support/tiny-plan.ts';

const device = await openTestDevice();
const data = tinyData();

describe.skipIf(device === undefined)('executor', () => {
  test('a kernel that the device refuses is named, with the reason', async () => {
    const sources = new Map(tinyCompiled.sources).set('update', 'fn update() { let x: f32 = 1u; }');
    const executor = device!.executor({ ...tinyCompiled, sources });
    await expect(executor.prepare(tinyPlan.programs, (name) => splitNamed(data, name))).rejects.toThrow(
      /refused kernel update: update\.wgsl:1:.*f32.*fault of vaec/s,
    );
  });
});
