/**
 * From a program of a plan to the tape that threads run: what each dispatch binds, how many threads share it, and where
 * they wait for each other. Which thread computes a workgroup changes no bit, so none of this changes a result.
 */
import type { Access, PlanBinding, PlanDispatch, PlanKernel, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import type { SlotLayout } from '../execute/results.ts';
import type { InputLayout } from '../execute/inputs.ts';
import type { Place } from './buffers.ts';
import type { Step, Tape } from './orders.ts';

export interface TapeInput {
  readonly program: PlanProgram;
  readonly kernels: ReadonlyMap<string, PlanKernel>;
  readonly inputs: InputLayout;
  readonly slot: SlotLayout;
  readonly threads: number;
  /** Address of a cache line for each dispatch and thread. */
  readonly tickets: number;
  /** Where a binding begins, and how many bytes it has. */
  readonly placeOf: (binding: PlanBinding) => Place;
  readonly addressOf: (buffer: string) => number;
}

/** A core's pace for a guess of how long a dispatch takes, a second: operations, and bytes from beyond its caches. */
const pace = { flops: 20e9, bytes: 10e9 };
/** A thread should have so much to do, in seconds: several times what waiting for each other costs. */
const grain = 3e-6;

export function tapeOf(input: TapeInput): Tape {
  const { program, kernels, inputs, slot, tickets, addressOf } = input;
  const steps: Step[] = [];
  /** What has been touched since all threads last waited for each other. */
  let open: Touched[] = [];
  for (const dispatch of program.dispatches) {
    const kernel = kernels.get(dispatch.kernel)!;
    const places = dispatch.bindings.map(input.placeOf);
    const workgroups = dispatch.workgroups.reduce((product, extent) => product * extent, 1);
    const parts = partsOf(kernel, workgroups, input.threads);
    const now = { parts, ranges: places.map((place, i) => ({ ...place, access: kernel.bindings[i]!.access })) };
    const waits = steps.length === 0 || open.some((before) => conflict(before, now));
    open = waits ? [now] : [...open, now];
    const pieces = Math.min(mostPieces, Math.floor(workgroups / parts));
    steps.push({ ...stepOf(kernel, dispatch, places, inputs), workgroups, parts, pieces, waits });
  }
  const threads = Math.max(1, ...steps.map(({ parts }) => parts));
  return {
    name: program.name,
    // Where one thread does everything, it has nobody to wait for.
    steps: threads === 1 ? steps.map((step) => ({ ...step, waits: false })) : steps,
    threads,
    tickets,
    stride: inputs.stride,
    given: inputs.copies.map(({ from, bytes, buffer }) => ({ from, bytes, to: addressOf(buffer) })),
    copies: slot.copies.map(({ buffer, from, bytes, to }) => ({ from: addressOf(buffer) + from, bytes, to })),
    slot: slot.bytes,
  };
}

function stepOf(
  kernel: PlanKernel,
  { kernel: name }: PlanDispatch,
  places: readonly Place[],
  inputs: InputLayout,
): Pick<Step, 'kernel' | 'addresses' | 'block' | 'usesScratch'> {
  const addresses = places.map(({ address }) => address);
  const usesScratch = (kernel.scratch ?? 0) > 0;
  const step = { kernel: name, addresses, usesScratch };
  return kernel.scalars.length > 0 ? { ...step, block: inputs.offsetOf(kernel) } : step;
}

/** Pieces of a thread's share at most: what is left to take over from a thread that the machine has stopped. */
const mostPieces = 4;

/** How many threads a dispatch is worth. */
export function partsOf(kernel: Pick<PlanKernel, 'flops' | 'bytes'>, workgroups: number, threads: number): number {
  const seconds = kernel.flops / pace.flops + kernel.bytes / pace.bytes;
  return Math.max(1, Math.min(threads, workgroups, Math.floor(seconds / grain)));
}

interface Touched {
  readonly parts: number;
  readonly ranges: readonly (Place & { readonly access: Access })[];
}

/** Whether one must be through before the other begins: different threads, the same bytes, and one of them writes. */
function conflict(a: Touched, b: Touched): boolean {
  if (a.parts === 1 && b.parts === 1) return false;
  return a.ranges.some((one) =>
    b.ranges.some(
      (other) =>
        (one.access === 'read_write' || other.access === 'read_write') &&
        one.address < other.address + other.bytes &&
        other.address < one.address + one.bytes,
    ),
  );
}
