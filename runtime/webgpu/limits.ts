/** What a plan needs of the device's memory and limits, told before anything is allocated. */
import { freemem } from 'node:os';
import { inBytes, type MemoryNeed, tensorText, totalOf } from '../../compiler/5-kernel/needs.ts';
import type { Plan, PlanKernel, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { EnvironmentError, InternalError } from '../errors.ts';
import { partsText, smallerText } from '../execute/refusal.ts';
import { subgroupMatrices } from '../device/report.ts';
import type { WebGpuDevice } from './device.ts';

/** What a device offers; in bytes. `memory` is what the machine has left, where the device computes in it. */
export interface Offer {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  readonly memory?: number;
}

export function offerOf(device: WebGpuDevice): Offer {
  const { maxBufferSize, maxStorageBufferBindingSize } = device.gpu.limits;
  const limits = { maxBufferSize, maxStorageBufferBindingSize };
  return device.report.software ? { ...limits, memory: process.availableMemory?.() ?? freemem() } : limits;
}

/**
 * Throws an EnvironmentError with the figures when the device cannot hold all of it, or one of it in one buffer. `remedy`
 * tells what to change about the spec.
 */
export function demandMemory(needs: readonly MemoryNeed[], offer: Offer, remedy: string): void {
  for (const { part, what, bytes } of needs) {
    // A table is bound whole, a buffer of the plan tensor by tensor.
    const isTable = part === 'data';
    const most = isTable ? Math.min(offer.maxBufferSize, offer.maxStorageBufferBindingSize) : offer.maxBufferSize;
    if (bytes <= most) continue;
    const place = isTable
      ? `${what} takes ${inBytes(bytes)}`
      : `this spec needs ${inBytes(bytes)} in one buffer for its ${part}`;
    const change = isTable ? 'use fewer rows, or fields that take fewer bytes' : remedy;
    throw new EnvironmentError(
      `${place}, and the device allows ${inBytes(most)} ${isTable ? 'for one table' : 'there'}; ${change}, or use a device that allows more`,
    );
  }
  const total = totalOf(needs);
  if (offer.memory === undefined || total <= offer.memory) return;
  throw new EnvironmentError(
    `this spec needs ${inBytes(total)} of memory (${partsText(needs)}), and the machine has ${inBytes(offer.memory)} left; ` +
      `${remedy}, or use a machine with more memory`,
  );
}

/** Throws when a binding of the programs is larger than the device can bind, or a kernel needs what it lacks. */
export function demandKernels(plan: Plan, programs: readonly PlanProgram[], device: WebGpuDevice): void {
  const { limits } = device.gpu;
  const kernels = new Map(plan.kernels.map((kernel) => [kernel.name, kernel]));
  for (const program of programs) {
    for (const dispatch of program.dispatches) {
      const kernel = kernels.get(dispatch.kernel);
      if (kernel === undefined) throw new InternalError(`the plan has no kernel "${dispatch.kernel}"`);
      demandKernel(kernel, plan, device);
      dispatch.bindings.forEach((binding, i) => {
        if (binding.kind !== 'buffer' || binding.bytes <= limits.maxStorageBufferBindingSize) return;
        const tensor = { ...kernel.bindings[i]!, bytes: binding.bytes };
        throw new EnvironmentError(
          `kernel ${kernel.name} of "${program.name}" reads or writes ${tensorText(tensor)}, and the device allows ` +
            `${inBytes(limits.maxStorageBufferBindingSize)} at once: ${smallerText(plan, [program], [tensor])}, or use a ` +
            'device that allows more',
        );
      });
      const most = limits.maxComputeWorkgroupsPerDimension;
      if (dispatch.workgroups.some((count) => count > most)) {
        throw new EnvironmentError(
          `kernel ${kernel.name} of "${program.name}" needs ${Math.max(...dispatch.workgroups)} workgroups along one axis, and the device allows ${most}: make "batch" smaller`,
        );
      }
    }
  }
}

function demandKernel(kernel: PlanKernel, plan: Plan, device: WebGpuDevice): void {
  const { report, gpu } = device;
  const again = `it was compiled for the profile "${plan.profile}", and this device (${report.description}) takes "${report.profile}": compile it again for this device`;
  for (const feature of kernel.features) {
    if (!report.features.includes(feature)) {
      const remedy =
        feature === subgroupMatrices
          ? 'it was tuned with --subgroup-matrices: give that here too, or where there are none --no-tuned'
          : again;
      throw new EnvironmentError(
        `kernel ${kernel.name} uses ${feature}, which this device was not opened with; ${remedy}`,
      );
    }
  }
  const { subgroupSize } = kernel;
  if (subgroupSize !== undefined) {
    const { min, max } = report.subgroupSize ?? { min: 0, max: 0 };
    if (min !== subgroupSize || max !== subgroupSize) {
      const has = min === max ? `${min}` : `${min} to ${max}`;
      throw new EnvironmentError(
        `kernel ${kernel.name} is right for subgroups of ${subgroupSize} lanes, and the device's have ${has}; ${again}`,
      );
    }
  }
  const invocations = kernel.workgroupSize.reduce((product, extent) => product * extent, 1);
  if (invocations > gpu.limits.maxComputeInvocationsPerWorkgroup) {
    throw new EnvironmentError(
      `kernel ${kernel.name} has workgroups of ${invocations}, and the device allows ${gpu.limits.maxComputeInvocationsPerWorkgroup}; ${again}`,
    );
  }
  if (kernel.bindings.length > gpu.limits.maxStorageBuffersPerShaderStage) {
    throw new EnvironmentError(
      `kernel ${kernel.name} binds ${kernel.bindings.length} buffers, and the device allows ${gpu.limits.maxStorageBuffersPerShaderStage}; ${again}`,
    );
  }
}
