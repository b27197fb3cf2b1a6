/**
 * Several schedules of one kernel as a plan of their own, each a program over the same buffers: what a
 * search runs, checks and times. Every tensor has a buffer of its own name, so that a trial needs nothing of its spec's
 * other kernels.
 */
import { sizeOf } from '../4-tensor/ir.ts';
import type { KernelEmitter } from './emitter.ts';
import type { Tensor } from './ir.ts';
import { fingerprintOf, planKernel, type PlannedKernel } from './library.ts';
import type { CompiledKernels, Plan, PlanBuffer, PlanProgram } from './plan.ts';
import type { Choice } from './schedule/choice.ts';
import type { Profile } from './schedule/profile.ts';
import { scheduleStages } from './schedule/schedule.ts';
import type { ScheduledKernel } from './schedule/scheduled.ts';
import type { DeviceLimits } from './schedule/space.ts';

/** A kernel by one choice. */
export interface Variant {
  readonly choice: Choice;
  /** What it dispatches, in order: one kernel, or two where its loop is divided. */
  readonly stages: readonly ScheduledKernel[];
  /** Variants of the same fingerprint are one. */
  readonly fingerprint: string;
}

export interface Trial {
  readonly compiled: CompiledKernels;
  /** The program of each variant, in their order. */
  readonly programs: readonly PlanProgram[];
}

/** The most workgroups along one axis that every device takes. */
const mostWorkgroups = 65535;

/** The kernel by that choice; undefined where such a device cannot run it. */
export function variantOf(
  { kernel, accessOf }: PlannedKernel,
  choice: Choice,
  profile: Profile,
  emitter: KernelEmitter,
  limits: DeviceLimits,
): Variant | undefined {
  const stages = scheduleStages(kernel, profile, { accessOf, choice });
  if (!stages.every((stage) => isWithin(stage, limits))) return undefined;
  const emitted = stages.map((scheduled) => ({ scheduled, emitted: emitter.emit(scheduled) }));
  return { choice, stages, fingerprint: fingerprintOf(emitted) };
}

function isWithin({ workgroupSize, workgroups, body }: ScheduledKernel, limits: DeviceLimits): boolean {
  const shared = body.shared.filter(({ space }) => space === 'workgroup');
  const bytes = shared.reduce((sum, { length, width }) => sum + 4 * length * width, 0);
  const invocations = workgroupSize.reduce((product, extent) => product * extent, 1);
  const isGrid = workgroups.every((count) => count <= mostWorkgroups);
  return isGrid && invocations <= limits.invocations && bytes <= limits.workgroupBytes;
}

/** The variants as a plan, with the scalars of `plan`; tables have `tableRows` rows. */
export function trialOf(
  variants: readonly Variant[],
  plan: Plan,
  tableRows: (tensor: Tensor) => number,
  emitter: KernelEmitter,
): Trial {
  const made = variants.map(({ stages }, i) =>
    stages.map((scheduled) => {
      const named = { ...scheduled, name: `${scheduled.name}__${i + 1}` };
      const emitted = emitter.emit(named);
      return { kernel: planKernel(named, emitted, emitter.ending), text: emitted.text, scheduled };
    }),
  );
  const kernels = made.flat();
  const buffers = new Map<string, PlanBuffer>();
  for (const { tensor } of kernels.flatMap(({ scheduled }) => scheduled.bindings)) {
    const { name, storage } = tensor;
    // The parts' sums have one name, and a length for each number of parts.
    const bytes = Math.max(bytesOf(tensor, tableRows), buffers.get(name)?.bytes ?? 0);
    buffers.set(name, { name, bytes, role: 'argument', storage });
  }
  const programs = made.map((stages): PlanProgram => {
    const dispatches = stages.map(({ kernel, scheduled }) => {
      const bindings = scheduled.bindings.map(({ tensor }) => {
        return { kind: 'buffer', buffer: tensor.name, offset: 0, bytes: bytesOf(tensor, tableRows) } as const;
      });
      return { kernel: kernel.name, bindings, workgroups: scheduled.workgroups };
    });
    return { kind: 'part', name: stages.at(-1)!.kernel.name, dispatches, results: [] };
  });
  const { tuned: _, ...rest } = plan;
  const modules = emitter.assemble?.(kernels.map(({ text }) => text));
  const compiled: CompiledKernels = {
    plan: { ...rest, buffers: [...buffers.values()], kernels: kernels.map(({ kernel }) => kernel), programs },
    sources: new Map(kernels.map(({ kernel, text }) => [kernel.name, text])),
    ...(modules && { modules }),
  };
  return { compiled, programs };
}

function bytesOf(tensor: Tensor, tableRows: (tensor: Tensor) => number): number {
  return lengthOf(tensor, tableRows) * (tensor.storage === 'u8' ? 1 : 4);
}

/** Numbers that the tensor holds. */
export function lengthOf(tensor: Tensor, tableRows: (tensor: Tensor) => number): number {
  const { role, shape } = tensor;
  return role.kind === 'table' ? tableRows(tensor) * sizeOf(shape.slice(1)) : sizeOf(shape);
}
