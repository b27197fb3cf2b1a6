/** Which threads run what, and where they wait for each other: decided from bindings and figures alone. */
import { describe, expect, test } from 'vitest';
import type { PlanKernel, PlanProgram } from '../../../compiler/5-kernel/plan.ts';
import type { Step } from '../../../runtime/cpu/orders.ts';
import { partsOf, tapeOf } from '../../../runtime/cpu/tape.ts';
import { InputLayout } from '../../../runtime/execute/inputs.ts';
import { tinyCpuPlan } from '../../support/tiny-plan-cpu.ts';

describe('threads for a dispatch', () => {
  test('grow with its work, up to its workgroups and the threads there are', () => {
    expect(partsOf({ flops: 1e9, bytes: 0 }, 100, 8)).toBe(8);
    expect(partsOf({ flops: 1e9, bytes: 0 }, 5, 8)).toBe(5);
    expect(partsOf({ flops: 0, bytes: 1e9 }, 100, 8)).toBe(8);
    expect(partsOf({ flops: 10, bytes: 100 }, 100, 8)).toBe(1);
    // Ten microseconds at 20 GFLOP/s are worth three threads at three microseconds each.
    expect(partsOf({ flops: 200e3, bytes: 0 }, 100, 8)).toBe(3);
  });
});

describe('waiting', () => {
  const big = 1e9;
  /** A program of kernels that read and write the given floats of one buffer: [first, length]. */
  const waits = (
    dispatches: readonly {
      readonly reads?: readonly (readonly [number, number])[];
      readonly writes?: readonly (readonly [number, number])[];
      readonly flops?: number;
    }[],
    { threads = 4 } = {},
  ): readonly Step[] => {
    const all = dispatches.map(({ reads = [], writes = [] }) => [
      ...reads.map((range) => ({ range, access: 'read' as const })),
      ...writes.map((range) => ({ range, access: 'read_write' as const })),
    ]);
    const kernels = dispatches.map(({ flops = big }, i): PlanKernel => ({
      ...tinyCpuPlan.kernels[0]!,
      name: `k${i}`,
      bindings: all[i]!.map(({ access }, j) => ({ name: `b${j}`, access, shape: [] })),
      scalars: [],
      flops,
    }));
    const program: PlanProgram = {
      ...tinyCpuPlan.programs[2]!,
      dispatches: all.map((ranges, i) => ({
        kernel: `k${i}`,
        workgroups: [16, 1, 1],
        bindings: ranges.map(({ range: [first, length] }) => ({
          kind: 'buffer' as const,
          buffer: 'points',
          offset: 4 * first,
          bytes: 4 * length,
        })),
      })),
    };
    const named = new Map(kernels.map((kernel) => [kernel.name, kernel]));
    return tapeOf({
      program,
      kernels: named,
      inputs: new InputLayout(tinyCpuPlan, program, named, 64),
      slot: { copies: [], bytes: 0, fields: [] },
      threads,
      tickets: 0,
      placeOf: (binding) =>
        binding.kind === 'buffer' ? { address: 64 + binding.offset, bytes: binding.bytes } : { address: 0, bytes: 0 },
      addressOf: () => 64,
    }).steps;
  };
  const marks = (steps: readonly Step[]) => steps.map((step) => step.waits);

  test('comes before what reads or overwrites something that another thread may be at', () => {
    const writeThenRead = [{ writes: [[0, 8]] }, { reads: [[7, 4]], writes: [[100, 4]] }] as const;
    expect(marks(waits(writeThenRead))).toEqual([true, true]);
    const readThenWrite = [{ reads: [[0, 8]] }, { writes: [[4, 8]] }] as const;
    expect(marks(waits(readThenWrite))).toEqual([true, true]);
    const writeTwice = [{ writes: [[0, 8]] }, { writes: [[0, 8]] }] as const;
    expect(marks(waits(writeTwice))).toEqual([true, true]);
  });

  test('is left out between dispatches that touch different bytes, or only read the same', () => {
    const apart = [
      { reads: [[50, 8]], writes: [[0, 8]] },
      { reads: [[50, 8]], writes: [[8, 8]] },
    ] as const;
    expect(marks(waits(apart))).toEqual([true, false]);
    // The third depends on the first, with one in between that does not.
    expect(marks(waits([...apart, { reads: [[0, 1]], writes: [[90, 1]] }]))).toEqual([true, false, true]);
    // Waiting for the second settles what the first did.
    const chain = [
      { writes: [[0, 8]] },
      { reads: [[0, 8]], writes: [[20, 8]] },
      { reads: [[0, 8]], writes: [[40, 8]] },
    ] as const;
    expect(marks(waits(chain))).toEqual([true, true, false]);
  });

  test('is left out between small dispatches, which one thread runs in order', () => {
    const small = { writes: [[0, 8]], flops: 10 } as const;
    expect(marks(waits([small, small]))).toEqual([false, false]);
    expect(marks(waits([small, small, { writes: [[0, 8]] }, small]))).toEqual([true, false, true, true]);
  });

  test('never comes where one thread is all there is', () => {
    const dependent = [{ writes: [[0, 8]] }, { reads: [[0, 8]] }] as const;
    expect(marks(waits(dependent, { threads: 1 }))).toEqual([false, false]);
  });
});
