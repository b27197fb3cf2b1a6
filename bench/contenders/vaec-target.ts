/** What vaec computes on, opened so that the time of each kernel can be told. */
import type { PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { CpuDevice } from '../../runtime/cpu/device.ts';
import type { Device } from '../../runtime/device/device.ts';
import { kernelTimes } from '../../runtime/profile/kernel-times.ts';
import { Profiler } from '../../runtime/profile/profiler.ts';
import { WebGpuDevice } from '../../runtime/webgpu/device.ts';
import type { KernelTime } from '../harness/protocol.ts';

export interface Target {
  readonly device: Device;
  /** Trains and gives the mean time of each dispatch of a step; nothing unless the target was opened to be timed. */
  times(
    program: PlanProgram,
    train: (steps: number) => Promise<unknown>,
    steps: number,
  ): Promise<readonly KernelTime[]>;
}

/** Milliseconds before the first step that is timed. */
const warmUp = 300;

/** Throws an EnvironmentError where there is no such device. */
export async function openTarget(place: string, threads: number, timed: boolean): Promise<Target> {
  const device = place === 'cpu' ? new CpuDevice({ threads }) : await WebGpuDevice.open();
  if (!timed) return { device, times: () => Promise.resolve([]) };
  const profiler = new Profiler({ warmUp, runs: Infinity });
  return {
    device: profiler.watch(device),
    async times(program, train, steps) {
      const found = () => profiler.profiles.find((profile) => profile.program.name === program.name);
      const landed = () => found()?.flights.reduce((sum, { runs }) => sum + runs, 0) ?? 0;
      while (landed() < steps) await train(steps);
      return kernelTimes(found()!);
    },
  };
}
