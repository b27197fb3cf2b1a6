/** The gallery's kernels in WGSL, on the device. */
import { describe } from 'vitest';
import { profiles } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { openTestDevice } from '../support/device.ts';
import { testGalleryKernels } from '../support/gallery-kernels.ts';
import { runKernel } from '../support/kernel-device.ts';

const opened = await openTestDevice();

describe.skipIf(opened === undefined)('on the device', () => {
  testGalleryKernels((kernel, arrays, scalars) =>
    runKernel(opened!, scheduleKernel(kernel, profiles[0]!), arrays, scalars),
  );
});
