/** Both targets with the tiny plan compiled for each, for tests of what does not depend on the target. */
import { afterAll } from 'vitest';
import type { CompiledKernels } from '../../compiler/5-kernel/plan.ts';
import { CpuDevice } from '../../runtime/cpu/device.ts';
import type { Device } from '../../runtime/device/device.ts';
import { openTestDevice } from './device.ts';
import { tinyCompiled } from './tiny-plan.ts';
import { tinyCpuCompiled } from './tiny-plan-cpu.ts';

export interface TestTarget {
  readonly target: 'webgpu' | 'cpu';
  /** Undefined where the machine has none: its tests skip themselves. */
  readonly device: Device | undefined;
  readonly compiled: CompiledKernels;
}

/** To be called once, at the top of a test file. */
export async function openTestTargets(): Promise<readonly TestTarget[]> {
  const webgpu = await openTestDevice();
  const cpu = openTestProcessor();
  return [
    { target: 'webgpu', device: webgpu, compiled: tinyCompiled },
    { target: 'cpu', device: cpu, compiled: tinyCpuCompiled },
  ];
}

/** The processor with so many threads, whatever the machine has; closed after the file's last test. */
export function openTestProcessor(threads = 2): CpuDevice {
  const device = new CpuDevice({ threads });
  afterAll(() => device.close());
  return device;
}
