/** Kernels on a WebGPU device. */
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import type { WebGpuDevice } from '../../runtime/webgpu/device.ts';
import { bindKernel, compileKernel, type Numbers } from '../../test/support/kernel-device.ts';
import { elapsed, type Runner } from './runner.ts';

export async function webGpuRunner(
  device: WebGpuDevice,
  kernel: ScheduledKernel,
  arrays: ReadonlyMap<string, Numbers>,
): Promise<Runner> {
  const { gpu } = device;
  const compiled = await compileKernel(device, kernel);
  const { group, buffers } = bindKernel(device, compiled, arrays);
  const run = (times: number) => {
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(compiled.pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(...kernel.workgroups);
    pass.end();
    return elapsed(() => {
      gpu.queue.submit([encoder.finish()]);
      return device.until(() => gpu.queue.onSubmittedWorkDone());
    });
  };
  const { processor: compiling } = await run(1);
  return {
    compiling,
    run,
    close: () => {
      for (const buffer of buffers.values()) buffer.destroy();
    },
  };
}
