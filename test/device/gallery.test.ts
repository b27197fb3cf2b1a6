/** The gallery's kernels in WGSL, on the device. */
import { describe, vi } from 'vitest';
import { profiles } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { faultsOf } from '../support/driver-faults.ts';
import { openTestDevice } from '../support/device.ts';
import { testGalleryKernels } from '../support/gallery-kernels.ts';
import { runKernel } from '../support/kernel-device.ts';

// Mesa's processor driver compiles each kernel anew where its cache is cold: without LLVM's passes in two thirds of the time.
process.env['GALLIVM_PERF'] ??= 'nopt';
const opened = await openTestDevice();
vi.setConfig({ testTimeout: 300_000 });

describe.skipIf(opened === undefined)('on the device', () => {
  testGalleryKernels(
    (kernel, arrays, scalars) => runKernel(opened!, scheduleKernel(kernel, profiles[0]!), arrays, scalars),
    faultsOf(opened),
  );
});
