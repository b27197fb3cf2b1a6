/** Where the time of a program's runs goes, dispatch by dispatch. */
import type { PlanKernel } from '../../compiler/5-kernel/plan.ts';
import type { KernelTime } from '../execute/executor.ts';
import type { Answer, Tape } from './orders.ts';

/** The means over the runs that thread 0 has measured; zeros where there was none. */
export function timesOf(
  { steps }: Tape,
  kernels: ReadonlyMap<string, PlanKernel>,
  { runs, own, all }: Extract<Answer, { kind: 'times' }>,
): readonly KernelTime[] {
  return steps.map(({ kernel, parts, workgroups }, i) => {
    const { flops, bytes } = kernels.get(kernel)!;
    const mean = (sums: Float64Array) => (runs === 0 ? 0 : sums[i]! / runs);
    return { kernel, threads: parts, workgroups, milliseconds: mean(all), ownMilliseconds: mean(own), flops, bytes };
  });
}
