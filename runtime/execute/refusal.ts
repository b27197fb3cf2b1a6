/** Where a spec needs more memory than there is: what it is for, which tensors the most of it goes to, what to change. */
import {
  bytesByPart,
  inBytes,
  largestTensors,
  type MemoryNeed,
  sizesIn,
  type StoredTensor,
  tensorText,
} from '../../compiler/5-kernel/needs.ts';
import type { Plan, PlanProgram } from '../../compiler/5-kernel/plan.ts';

/** `activations 4.1 GiB, data 1 GiB, parameters 12 MiB`. */
export function partsText(needs: readonly MemoryNeed[]): string {
  return [...bytesByPart(needs)].map(([part, bytes]) => `${part} ${inBytes(bytes)}`).join(', ');
}

/** What to say after the figures: `the largest tensors are …: make "batch" (128) or "hidden" (4096) smaller`. */
export function remedyText(plan: Plan, programs: readonly PlanProgram[], needs: readonly MemoryNeed[]): string {
  const [first] = bytesByPart(needs).keys();
  if (first === 'data') return 'use fewer rows, or fields that take fewer bytes';
  const tensors = largestTensors(plan, programs, 3);
  // Only what a gradient reads can be computed anew.
  const trains = programs.some(({ kind }) => kind === 'train');
  const anew =
    first === 'activations' && trains ? ', give --memory a size that fits (vaec explain tells what it costs)' : '';
  const smaller = `${smallerText(plan, programs, tensors)}${anew}`;
  return tensors.length === 0 ? smaller : `the largest tensors are ${tensors.map(tensorText).join(', ')}: ${smaller}`;
}

/** `make "batch" (128) or "hidden" (4096) smaller`: the sizes that these tensors have. */
export function smallerText(plan: Plan, programs: readonly PlanProgram[], tensors: readonly StoredTensor[]): string {
  const sizes = sizesIn(plan, programs, tensors.map(({ shape }) => shape)); // prettier-ignore
  return `make ${sizes.length === 0 ? '"batch" or the layers' : sizes.join(' or ')} smaller`;
}
