/**
 * Several schedules of one kernel as a plan of their own, each a program of one dispatch over the same buffers: what a
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
import { scheduleKernel } from './schedule/schedule.ts';
import type { ScheduledKernel } from './schedule/scheduled.ts';
import type { DeviceLimits } from './schedule/space.ts';

/** A kernel by one choice. */
export interface Variant {
  readonly choice: Choice;
  readonly scheduled: ScheduledKernel;
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
  const scheduled = scheduleKernel(kernel, profile, { accessOf, choice });
  const { workgroupSize, workgroups, body } = scheduled;
  if (workgroupSize.reduce((product, extent) => product * extent, 1) > limits.invocations) return undefined;
  if (workgroups.some((count) => count > mostWorkgroups)) return undefined;
  const shared = body.shared.filter(({ space }) => space === 'workgroup');
  if (shared.reduce((bytes, { length, width }) => bytes + 4 * length * width, 0) > limits.workgroupBytes) {
    return undefined;
  }
  return { choice, scheduled, fingerprint: fingerprintOf({ scheduled, emitted: emitter.emit(scheduled) }) };
}

/** The variants as a plan, with the scalars of `plan`; tables have `tableRows` rows. */
export function trialOf(
  variants: readonly Variant[],
  plan: Plan,
  tableRows: (tensor: Tensor) => number,
  emitter: KernelEmitter,
): Trial {
  const made = variants.map(({ scheduled }, i) => {
    const named = { ...scheduled, name: `${scheduled.name}__${i + 1}` };
    const emitted = emitter.emit(named);
    return { kernel: planKernel(named, emitted, emitter.ending), text: emitted.text, scheduled };
  });
  const tensors = new Set(variants.flatMap(({ scheduled }) => scheduled.bindings.map(({ tensor }) => tensor)));
  const buffers = new Map(
    [...tensors].map((tensor): [Tensor, PlanBuffer] => {
      const bytes = lengthOf(tensor, tableRows) * (tensor.storage === 'u8' ? 1 : 4);
      return [tensor, { name: tensor.name, bytes, role: 'argument', storage: tensor.storage }];
    }),
  );
  const programs = made.map(({ kernel, scheduled }): PlanProgram => {
    const bindings = scheduled.bindings.map(({ tensor }) => {
      const { name, bytes } = buffers.get(tensor)!;
      return { kind: 'buffer', buffer: name, offset: 0, bytes } as const;
    });
    const dispatch = { kernel: kernel.name, bindings, workgroups: scheduled.workgroups };
    return { kind: 'part', name: kernel.name, dispatches: [dispatch], results: [] };
  });
  const { tuned: _, ...rest } = plan;
  const modules = emitter.assemble?.(made.map(({ text }) => text));
  const compiled: CompiledKernels = {
    plan: { ...rest, buffers: [...buffers.values()], kernels: made.map(({ kernel }) => kernel), programs },
    sources: new Map(made.map(({ kernel, text }) => [kernel.name, text])),
    ...(modules && { modules }),
  };
  return { compiled, programs };
}

/** Numbers that the tensor holds. */
export function lengthOf(tensor: Tensor, tableRows: (tensor: Tensor) => number): number {
  const { role, shape } = tensor;
  return role.kind === 'table' ? tableRows(tensor) * sizeOf(shape.slice(1)) : sizeOf(shape);
}
