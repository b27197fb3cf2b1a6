/** How what a program is given and what it gives lie in memory, and how many runs of it go together. */
import { usedBuffers } from '../../compiler/5-kernel/needs.ts';
import type { Plan, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { couplingsOf } from '../couple/couplings.ts';
import { InternalError } from '../errors.ts';
import type { Splits } from './contents.ts';
import { InputLayout } from './inputs.ts';
import { capacityOf, type SlotLayout, slotLayout } from './results.ts';

/** So many flights of a program are in the air at once: the device is at one while the host is at the other. */
export const flightsInAir = 2;

export interface Layouts {
  readonly program: PlanProgram;
  readonly inputs: InputLayout;
  readonly slot: SlotLayout;
  /** How many runs one submit can hold. */
  readonly capacity: number;
}

/** `alignment`: of the uniform blocks, in bytes. */
export function layoutsOf(plan: Plan, program: PlanProgram, splits: Splits, alignment: number): Layouts {
  const kernels = new Map(plan.kernels.map((kernel) => [kernel.name, kernel]));
  for (const { kernel } of program.dispatches) {
    if (!kernels.has(kernel)) throw new InternalError(`the plan has no kernel "${kernel}"`);
  }
  const inputs = new InputLayout(plan, program, kernels, alignment, couplingsOf(program, splits));
  const isTroubled = program.kind === 'train' && usedBuffers([program]).has('trouble');
  const slot = slotLayout(plan, program, isTroubled ? ['trouble'] : []);
  return { program, inputs, slot, capacity: capacityOf(slot) };
}
