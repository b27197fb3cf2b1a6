/** Where the time of a program's runs goes, dispatch by dispatch. */
import type { ProgramProfile } from './profiler.ts';

/** A dispatch, the mean over the runs that were timed. */
export interface KernelTime {
  readonly kernel: string;
  /** From the first lane's beginning to the last one's end. */
  readonly milliseconds: number;
  /** Floating-point operations and bytes moved, as the plan counts them. */
  readonly flops: number;
  readonly bytes: number;
}

/** In the order of the program's dispatches; empty where the device keeps no times. */
export function kernelTimes({ plan, program, flights }: ProgramProfile): readonly KernelTime[] {
  const count = program.dispatches.length;
  const sums = new Float64Array(count);
  let runs = 0;
  for (const { runs: flown, timeline } of flights) {
    if (timeline.dispatches.length === 0) continue;
    runs += flown;
    const [begins, ends] = [new Float64Array(count * flown).fill(Infinity), new Float64Array(count * flown)];
    for (const { run, dispatch, begin, end } of timeline.dispatches) {
      const at = run * count + dispatch;
      begins[at] = Math.min(begins[at]!, begin);
      ends[at] = Math.max(ends[at]!, end);
    }
    begins.forEach((begin, at) => (sums[at % count]! += ends[at]! - begin));
  }
  if (runs === 0) return [];
  const kernels = new Map(plan.kernels.map((kernel) => [kernel.name, kernel]));
  return program.dispatches.map(({ kernel }, i) => {
    const { flops, bytes } = kernels.get(kernel)!;
    return { kernel, milliseconds: sums[i]! / runs, flops, bytes };
  });
}
