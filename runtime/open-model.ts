/** Opens a compiled spec on a device. */
import { emitWarning } from 'node:process';
import { demandPlanFormat } from './compiled.ts';
import { CpuDevice } from './cpu/device.ts';
import { Hypers } from './host/hypers.ts';
import { Model, type ModelOptions } from './model.ts';
import { WebGpuDevice } from './webgpu/device.ts';

/**
 * Opens a compiled spec, its parameters to be drawn from the seed. Throws an EnvironmentError where no device is found;
 * warns through `process` where the best that is found is a software adapter.
 */
export async function openModel(options: ModelOptions): Promise<Model> {
  const { plan, sources, modules } = options;
  demandPlanFormat(plan);
  const hypers = new Hypers(plan, options.hypers);
  const own = options.device === undefined;
  const device = options.device ?? (plan.target === 'cpu' ? new CpuDevice() : await WebGpuDevice.open());
  const { report } = device;
  if (own && report.target === 'webgpu' && report.software) {
    emitWarning(
      `computing on ${report.description}, a software adapter, because no GPU was found: the same processor computes ` +
        'faster by WebAssembly, by kernels that "vaec compile" makes with --target cpu',
      'VaecWarning',
    );
  }
  try {
    const model = new Model({ plan, sources, ...(modules && { modules }) }, device, own, hypers, options);
    model.reset(options.seed);
    return model;
  } catch (error) {
    if (own) device.close();
    throw error;
  }
}
