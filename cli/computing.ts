/** Opens the device that a command computes on, and says which it is and why. */
import { deviceChoice } from '../runtime/device/choice.ts';
import type { Device } from '../runtime/device/device.ts';
import { openDevice } from '../runtime/device/open.ts';
import type { DeviceReport } from '../runtime/device/report.ts';
import { UsageError } from '../runtime/errors.ts';
import type { Terminal } from './terminal.ts';

export interface DeviceFlags {
  readonly device?: string;
  readonly threads?: number;
  readonly subgroupMatrices?: true;
  readonly json?: true;
}

/** Throws a UsageError for flags that are not known, or do not go together. To be called before anything is done. */
export function checkDeviceFlags({ device = 'auto', threads, subgroupMatrices }: DeviceFlags): void {
  const choice = deviceChoice(device);
  if (choice === 'webgpu' && threads !== undefined) {
    throw new UsageError('--threads is for the processor: use it with --device cpu, or leave it out');
  }
  if (choice !== 'webgpu' && subgroupMatrices) {
    throw new UsageError('--subgroup-matrices is for GPUs: use it with --device webgpu, or leave it out');
  }
}

/** The caller closes it. Throws an EnvironmentError where there is none. */
export async function openChosenDevice(flags: DeviceFlags, terminal: Terminal): Promise<Device> {
  const { device: choice = 'auto', threads, subgroupMatrices, json } = flags;
  const options = { ...(threads !== undefined && { threads }), ...(subgroupMatrices && { subgroupMatrices }) };
  const { device, reason } = await openDevice(deviceChoice(choice), options);
  const { report } = device;
  if (json) terminal.out(JSON.stringify({ kind: 'device', ...report, reason }));
  else terminal.err(computingLine(report, reason));
  return device;
}

/** `computing on the processor: WebAssembly SIMD (relaxed), 2 threads, because no GPU was found`. */
export function computingLine(report: DeviceReport, reason?: string): string {
  return `computing on ${placeOf(report)}${reason === undefined ? '' : `, because ${reason}`}`;
}

function placeOf(report: DeviceReport): string {
  if (report.target === 'webgpu') return `${report.description}, through WebGPU with kernels for ${report.profile}`;
  const threads = `${report.threads} thread${report.threads === 1 ? '' : 's'}`;
  return `the processor: WebAssembly SIMD (${report.simd}), ${threads}`;
}
