/** Where the time of a program's runs goes, dispatch by dispatch. */
import type { PlanKernel } from '../../compiler/5-kernel/plan.ts';
import type { Answer, Tape } from './orders.ts';

export interface KernelTime {
  readonly kernel: string;
  /** Threads that share the dispatch, and workgroups that they share. */
  readonly threads: number;
  readonly workgroups: number;
  /** Milliseconds of one dispatch, the mean over the runs: until every thread was through, and of the first one's share. */
  readonly milliseconds: number;
  readonly ownMilliseconds: number;
  /** Floating-point operations and bytes of one dispatch. */
  readonly flops: number;
  readonly bytes: number;
}

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
