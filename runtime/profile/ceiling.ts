/** What a device can do at most, measured there: kernels are held against it. */
import {
  type CompiledKernels,
  type Plan,
  type PlanBuffer,
  type PlanKernel,
  planVersion,
} from '../../compiler/5-kernel/plan.ts';
import type { Device } from '../device/device.ts';
import { InternalError } from '../errors.ts';
import type { DispatchInterval } from './timeline.ts';
import { cpuModules, cpuMultiplyAdds } from './ceiling-cpu.ts';
import { webGpuMultiplyAdds, webGpuSources } from './ceiling-webgpu.ts';

export interface Ceiling {
  /** Multiply-adds whose operands stay in registers and that wait for nothing, a multiply and an add counted as two. */
  readonly gigaflops: number;
  /** Copying between places too far apart for caches, what is read and what is written both counted. */
  readonly gigabytes: number;
}

/** Bytes of one copy: with those it goes to, more than caches hold. */
const copied = 64 * 2 ** 20;

/** The best of so many runs, of which the first finds memory that nobody has touched. */
const runs = 6;

/** A kernel that multiplies and adds: workgroups of a dispatch, and their operations in all. */
export interface MultiplyAdds {
  readonly workgroups: number;
  readonly workgroupSize: number;
  readonly flops: number;
  /** Bytes of what each dispatch stores, so that no compiler leaves the work out. */
  readonly bytes: number;
}

/** Takes some tenths of a second; undefined where the device keeps no times. */
export async function measureCeiling(device: Device): Promise<Ceiling | undefined> {
  const { report } = device;
  const executor = device.executor(
    report.target === 'cpu' ? cpuKernels() : webGpuKernels(report.software, report.profile),
  );
  try {
    const { programs } = executor.plan;
    await executor.prepare(programs, () => {
      throw new InternalError('the measurement of a device reads no data');
    });
    const best: number[] = [];
    for (const { name, dispatches } of programs) {
      const flight = executor.submit(name, Array.from({ length: runs }, () => () => 0), true); // prettier-ignore
      await flight.results();
      const intervals = (await flight.timeline()).dispatches;
      if (intervals.length === 0) return undefined;
      best.push(shortest(intervals, dispatches.length));
    }
    const [multiplyAdd, copy] = executor.plan.kernels;
    return { gigaflops: multiplyAdd!.flops / best[0]! / 1e6, gigabytes: copy!.bytes / best[1]! / 1e6 };
  } finally {
    executor.close();
  }
}

/** Milliseconds of the quickest dispatch after the first run. */
function shortest(intervals: readonly DispatchInterval[], dispatches: number): number {
  const spans = new Map<number, { begin: number; end: number }>();
  for (const { run, dispatch, begin, end } of intervals) {
    if (run === 0) continue;
    const known = spans.get(run * dispatches + dispatch) ?? { begin, end };
    spans.set(run * dispatches + dispatch, { begin: Math.min(known.begin, begin), end: Math.max(known.end, end) });
  }
  return Math.min(...[...spans.values()].map(({ begin, end }) => end - begin));
}

function cpuKernels(): CompiledKernels {
  const chunk = 2 ** 16;
  const plan = planOf('cpu', 'cpu', cpuMultiplyAdds, { workgroups: copied / chunk, workgroupSize: 1 });
  return { plan, sources: new Map(), modules: cpuModules(chunk) };
}

function webGpuKernels(software: boolean, profile: string): CompiledKernels {
  const workgroupSize = 256;
  const copy = { workgroups: copied / (16 * workgroupSize), workgroupSize };
  return {
    plan: planOf('webgpu', profile, webGpuMultiplyAdds(software, workgroupSize), copy),
    sources: webGpuSources(workgroupSize),
  };
}

/** Two kernels in two programs: multiply-adds, and a copy there and back, so that both ends have been written. */
function planOf(
  target: Plan['target'],
  profile: string,
  multiplyAdds: MultiplyAdds,
  copy: Pick<MultiplyAdds, 'workgroups' | 'workgroupSize'>,
): Plan {
  const kernel = (
    name: string,
    bindings: readonly string[],
    size: number,
    cost: Pick<PlanKernel, 'flops' | 'bytes'>,
  ) => ({
    name,
    file: name,
    bindings: bindings.map((binding) => ({
      name: binding,
      access: binding === 'source' ? ('read' as const) : ('read_write' as const),
      shape: [],
    })),
    scalars: [],
    features: [],
    workgroupSize: [size, 1, 1] as const,
    ...cost,
  });
  const bytes: Readonly<Record<string, number>> = { sums: multiplyAdds.bytes, here: copied, there: copied };
  const buffers = Object.entries(bytes).map(([name, length]): PlanBuffer => {
    return { name, bytes: length, role: 'arena', storage: 'f32' };
  });
  const dispatch = (name: string, bound: readonly string[], workgroups: number) => ({
    kernel: name,
    bindings: bound.map((buffer) => ({ kind: 'buffer' as const, buffer, offset: 0, bytes: bytes[buffer]! })),
    workgroups: [workgroups, 1, 1] as const,
  });
  const program = (name: string, dispatches: readonly ReturnType<typeof dispatch>[]) => {
    return { kind: 'part' as const, name, dispatches, results: [] };
  };
  return {
    format: 'vaec-plan',
    version: planVersion,
    spec: { name: 'ceiling', hash: '' },
    target,
    profile,
    layout: { parameters: [], length: 0 },
    hypers: [],
    uniforms: [],
    data: [],
    buffers,
    kernels: [
      kernel('multiply_add', ['sums'], multiplyAdds.workgroupSize, {
        flops: multiplyAdds.flops,
        bytes: multiplyAdds.bytes,
      }),
      kernel('copy', ['source', 'target'], copy.workgroupSize, { flops: 0, bytes: 2 * copied }),
    ],
    programs: [
      program('multiply_adds', [dispatch('multiply_add', ['sums'], multiplyAdds.workgroups)]),
      program('copies', [
        dispatch('copy', ['here', 'there'], copy.workgroups),
        dispatch('copy', ['there', 'here'], copy.workgroups),
      ]),
    ],
  };
}
