/** Where drivers err by more than WGSL allows them. */
import type { WebGpuDevice } from '../../runtime/webgpu/device.ts';
import type { Faults } from '../../compiler/5-kernel/rounding.ts';

/** Mesa's software Vulkan: exp errs by 3.4 ULP at -0.05, where 3 + 2|x| is 3.1. device/ops.test.ts scans for it. */
const mesa: Faults = { exp: 0.3 };

export function faultsOf(device: WebGpuDevice | undefined): Faults {
  return device !== undefined && /llvmpipe/i.test(device.report.description) ? mesa : {};
}
