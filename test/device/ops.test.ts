/** Every op on the device, alone in a kernel, against its float64 reference within the tolerance it states. */
import { describe, expect, test } from 'vitest';
import { profiles } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { ops } from '../../compiler/ops/index.ts';
import { openTestDevice } from '../support/device.ts';
import { runKernel } from '../support/kernel-device.ts';
import { arrayOf, casesOf, exactOf, kernelOf, toleranceAt, typesOf, variants } from '../support/op-kernels.ts';

const opened = await openTestDevice();
const [profile] = profiles;

// A length of 4n is computed in vectors, another by single numbers.
describe.skipIf(opened === undefined).each([400, 397])('%i at a time', (length) => {
  test.each(variants)('%s', async (_, name, any) => {
    const types = typesOf(name, any);
    const cases = casesOf(name, types, length);
    const arrays = new Map(types.map((dtype, k) => [`x${k}`, arrayOf(cases.map((values) => values[k]!), dtype)])); // prettier-ignore
    const scheduled = scheduleKernel(kernelOf(name, any, length), profile!);
    const got = (await runKernel(opened!, scheduled, arrays)).get('y')!;
    cases.forEach((values, k) => {
      const exact = exactOf(name, any, values);
      const off = got[k] === exact || Object.is(got[k], exact) ? 0 : Math.abs(got[k]! - exact);
      if (!(off <= toleranceAt(ops[name], values, exact)))
        expect.fail(`${name}(${values.join(', ')}) is ${got[k]}, not ${exact}`);
    });
  });
});
