/** Opens what was chosen to compute. */
import { CpuDevice } from '../cpu/device.ts';
import { EnvironmentError } from '../errors.ts';
import type { Extensions } from '../webgpu/adapter.ts';
import { WebGpuDevice } from '../webgpu/device.ts';
import { mayHaveGpu } from '../webgpu/hardware.ts';
import type { DeviceChoice } from './choice.ts';
import type { Device } from './device.ts';

export interface OpenedDevice {
  readonly device: Device;
  /** Why it is this one, where nobody chose it: `no GPU was found`. */
  readonly reason?: string;
}

/** Extensions are for `webgpu` alone. */
export interface OpenOptions extends Extensions {
  /** Threads that compute on the processor; as many as there are cores where absent. */
  readonly threads?: number;
}

/** Throws an EnvironmentError where WebGPU was chosen and there is no adapter; `auto` and `cpu` always find something. */
export async function openDevice(choice: DeviceChoice, options: OpenOptions = {}): Promise<OpenedDevice> {
  switch (choice) {
    case 'webgpu':
      return { device: await WebGpuDevice.open(options) };
    case 'cpu':
      return { device: new CpuDevice(options) };
    case 'auto': {
      const found = await fastestGpu();
      return typeof found === 'string' ? { device: new CpuDevice(options), reason: found } : { device: found };
    }
  }
}

/** The fastest GPU, or why there is none. */
async function fastestGpu(): Promise<WebGpuDevice | string> {
  const none = 'no GPU was found';
  if (!mayHaveGpu()) return none;
  try {
    return (await WebGpuDevice.openHardware()) ?? none;
  } catch (error) {
    if (error instanceof EnvironmentError) return `no GPU can be used: ${error.message}`;
    throw error;
  }
}
