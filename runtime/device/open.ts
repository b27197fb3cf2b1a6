/** Opens what was chosen to compute. */
import { CpuDevice } from '../cpu/device.ts';
import { EnvironmentError } from '../errors.ts';
import { WebGpuDevice } from '../webgpu/device.ts';
import { mayHaveGpu } from '../webgpu/hardware.ts';
import type { DeviceChoice } from './choice.ts';
import type { Device } from './device.ts';

export interface OpenedDevice {
  readonly device: Device;
  /** Why it is this one, where nobody chose it: `no GPU was found`. */
  readonly reason?: string;
}

export interface OpenOptions {
  /** Threads that compute on the processor; as many as there are cores where absent. */
  readonly threads?: number;
  /**
   * Lets kernels that were tuned so multiply matrices by subgroups, which WebGPU has as an experiment: Dawn then allows
   * what it counts as unsafe. A device that has none is not opened.
   */
  readonly subgroupMatrices?: boolean;
}

/** Throws an EnvironmentError where WebGPU was chosen and there is no adapter; `auto` and `cpu` always find something. */
export async function openDevice(choice: DeviceChoice, options: OpenOptions = {}): Promise<OpenedDevice> {
  switch (choice) {
    case 'webgpu':
      return { device: await WebGpuDevice.open(options) };
    case 'cpu':
      return { device: new CpuDevice(options) };
    case 'auto': {
      const found = await fastestGpu(options);
      return typeof found === 'string' ? { device: new CpuDevice(options), reason: found } : { device: found };
    }
  }
}

/** The fastest GPU, or why there is none. */
async function fastestGpu(options: OpenOptions): Promise<WebGpuDevice | string> {
  const none = 'no GPU was found';
  if (!mayHaveGpu()) return none;
  try {
    return (await WebGpuDevice.openHardware(options)) ?? none;
  } catch (error) {
    if (error instanceof EnvironmentError) return `no GPU can be used: ${error.message}`;
    throw error;
  }
}
