/** What vaec computes on, opened so that the time of each kernel can be told. */
import type { CompiledKernels, Plan, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { CpuDevice } from '../../runtime/cpu/device.ts';
import type { CpuExecutor } from '../../runtime/cpu/executor.ts';
import type { Device } from '../../runtime/device/device.ts';
import { WebGpuDevice } from '../../runtime/webgpu/device.ts';
import type { KernelTime } from '../harness/protocol.ts';
import { DispatchClock } from './webgpu-clock.ts';

export interface Target {
  readonly device: Device;
  /** Trains and gives the mean time of each dispatch of a step; nothing unless the target was opened to be timed. */
  times(
    plan: Plan,
    program: PlanProgram,
    train: (steps: number) => Promise<unknown>,
    steps: number,
  ): Promise<readonly KernelTime[]>;
}

/** Throws an EnvironmentError where there is no such device. */
export async function openTarget(place: string, threads: number, timed: boolean): Promise<Target> {
  return place === 'cpu' ? cpuTarget(threads, timed) : webGpuTarget(timed);
}

/** Keeps the executor that a model is given, which knows the times. */
class WatchedCpu extends CpuDevice {
  given: CpuExecutor | undefined;

  override executor(compiled: CompiledKernels): CpuExecutor {
    this.given = super.executor(compiled);
    return this.given;
  }
}

function cpuTarget(threads: number, timed: boolean): Target {
  const device = new WatchedCpu({ threads, timed });
  return {
    device,
    async times(_plan, program, train, steps) {
      await train(steps);
      return device.given!.times(program.name);
    },
  };
}

async function webGpuTarget(timed: boolean): Promise<Target> {
  const device = await WebGpuDevice.open();
  const clock = timed ? DispatchClock.on(device) : undefined;
  return {
    device,
    async times(plan, program, train, steps) {
      if (clock === undefined) return [];
      const sums = program.dispatches.map(() => 0);
      await train(1);
      clock.reset();
      for (let step = 0; step < steps; step++) {
        await train(1);
        const times = await clock.take();
        sums.forEach((_, i) => (sums[i]! += times[i] ?? Number.NaN));
      }
      const kernels = new Map(plan.kernels.map((kernel) => [kernel.name, kernel]));
      return program.dispatches.map(({ kernel }, i) => {
        const { flops, bytes } = kernels.get(kernel)!;
        return { kernel, milliseconds: sums[i]! / steps, flops, bytes };
      });
    },
  };
}
