/** Every op on the device, alone in a kernel, against its float64 reference within the tolerance it states. */
import { describe, expect, test } from 'vitest';
import { profiles } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { ops } from '../../compiler/ops/index.ts';
import { faultsOf } from '../support/driver-faults.ts';
import { openTestDevice } from '../support/device.ts';
import { runKernel } from '../support/kernel-device.ts';
import { ulp } from '../../compiler/5-kernel/rounding.ts';
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

test.skipIf(opened === undefined)(
  'exp around 0, densely: within its tolerance and the fault that the driver is known for',
  async () => {
    const count = 2 ** 16;
    const x = Float32Array.from({ length: count }, (_, i) => -0.1 + (0.2 * i) / count);
    const scheduled = scheduleKernel(kernelOf('exp', 'f32', count), profile!);
    const got = (await runKernel(opened!, scheduled, new Map([['x0', x]]))).get('y')!;
    const fault = faultsOf(opened).exp ?? 0;
    x.forEach((value, i) => {
      const exact = Math.exp(value);
      const most = toleranceAt(ops.exp, [value], exact) + fault * ulp(exact);
      if (!(Math.abs(got[i]! - exact) <= most)) expect.fail(`exp(${value}) is ${got[i]}, not ${exact}`);
    });
  },
);
