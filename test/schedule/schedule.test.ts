/** Which shape kernels get: vectors, tiles and teams, by their structure. */
import { describe, expect, test } from 'vitest';
import { gpu, portable, profileFor, subgroup8 } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import type { Statement } from '../../compiler/5-kernel/schedule/loops.ts';
import { blocksOf } from '../../compiler/5-kernel/schedule/rewrite.ts';
import * as shapes from '../support/kernel-shapes.ts';
import { contraction, plainStore } from '../support/kernels.ts';

function widths({ bindings }: ScheduledKernel): Readonly<Record<string, number>> {
  return Object.fromEntries(bindings.map(({ name, width }) => [name, width]));
}

function kinds(statements: readonly Statement[]): ReadonlySet<Statement['kind']> {
  return new Set(statements.flatMap((one) => [one.kind, ...blocksOf(one).flatMap((block) => [...kinds(block)])]));
}

const schedule = (name: string, profile = portable): ScheduledKernel => scheduleKernel(shapes.all[name]!, profile);

describe('vectors', () => {
  test('are used where loads and stores are adjacent and aligned', () => {
    expect(widths(schedule('pointwise, whole vectors'))).toEqual({ x: 4, scale: 1, bias: 4, y: 4, z: 4 });
    expect(widths(schedule('column sums'))).toEqual({ x: 4, y: 4, low: 4 });
  });

  test('are not used where an extent is no multiple of four, or a store would scatter', () => {
    expect(widths(schedule('pointwise, odd'))).toEqual({ x: 1, scale: 1, bias: 1, y: 1, z: 1 });
    expect(widths(schedule('transpose'))).toEqual({ x: 1, y: 1 });
  });

  test('run along the rows where points are rows', () => {
    expect(widths(schedule('softmax, whole vectors'))).toEqual({ x: 4, y: 4, logsumexp: 1 });
  });
});

describe('contractions', () => {
  test('take a subgroup of the compiled size for as many rows as pay, by thirty-two columns', () => {
    const { workgroups, workgroupSize, features, subgroupSize } = scheduleKernel(
      contraction('plain', [128, 784, 400], plainStore),
      subgroup8,
    );
    expect({ workgroups, workgroupSize, features, subgroupSize }).toEqual({
      workgroups: [13, 4, 1],
      workgroupSize: [8, 1, 1],
      features: ['subgroups'],
      subgroupSize: 8,
    });
  });

  test('that are small have no more rows than the driver compiles quickly', () => {
    const rows = (shape: readonly [number, number, number]) => {
      const { choice } = scheduleKernel(contraction('plain', shape, plainStore), subgroup8);
      return choice.kind === 'tile' && choice.rows;
    };
    expect([rows([128, 400, 400]), rows([128, 20, 400])]).toEqual([32, 16]);
  });

  test('need no feature in the portable profile', () => {
    const { features, subgroupSize, workgroupSize } = scheduleKernel(
      contraction('plain', [128, 784, 400], plainStore),
      portable,
    );
    expect({ features, subgroupSize, workgroupSize }).toEqual({
      features: [],
      subgroupSize: undefined,
      workgroupSize: [64, 1, 1],
    });
  });

  test('read each operand in whole vectors, however it lies', () => {
    for (const layout of ['plain', 'right', 'left'] as const) {
      const { bindings } = scheduleKernel(contraction(layout, [32, 24, 40], plainStore), portable);
      expect(bindings.map(({ width }) => width)).toEqual([4, 4, 4]);
    }
  });
});

test('a concatenation along the inner axis leaves no condition in a loop, and its pieces are read in whole vectors', () => {
  const scheduled = schedule('contraction with a concatenation', subgroup8);
  const loops = scheduled.body.statements.filter((one) => one.kind === 'for' && one.variable.name === 'k');
  // Two positions of x are read one by one; sixteen of t and the first four zeros in loops.
  expect(loops).toHaveLength(2);
  for (const loop of loops) expect(kinds([loop])).not.toContain('if');
  expect(widths(scheduled)).toMatchObject({ x: 1, t: 4, w: 4, y: 4 });
});

describe('long loops over few points', () => {
  test('are shared by a workgroup, with barriers where it is no subgroup', () => {
    const apart = schedule('mean of everything, long');
    expect(apart.workgroups).toEqual([1, 1, 1]);
    expect(kinds(apart.body.statements)).toContain('barrier');
    const together = schedule('mean of everything, long', subgroup8);
    expect(kinds(together.body.statements)).not.toContain('barrier');
    expect(together.features).toEqual(['subgroups']);
  });
});

describe('scheduling', () => {
  test('counts two operations a product and each tensor once', () => {
    const { flops, bytes } = scheduleKernel(contraction('plain', [8, 16, 32], plainStore), portable);
    expect(flops).toBe(2 * 8 * 16 * 32);
    expect(bytes).toBe(4 * (8 * 16 + 16 * 32 + 8 * 32));
  });

  test('lets the caller say what a tensor is bound as', () => {
    const { bindings } = scheduleKernel(shapes.all['transpose']!, portable, { accessOf: () => 'read_write' });
    expect(bindings.map(({ access }) => access)).toEqual(['read_write', 'read_write']);
  });

  test('gives the same twice', () => {
    for (const kernel of Object.values(shapes.all)) {
      expect(scheduleKernel(kernel, subgroup8)).toEqual(scheduleKernel(kernel, subgroup8));
    }
  });
});

describe('the profile of an adapter', () => {
  const lavapipe = { subgroups: true, subgroupMinSize: 8, subgroupMaxSize: 8, software: true };
  test('is subgroup8 only where subgroups have eight lanes for certain', () => {
    expect(profileFor(lavapipe)).toBe(subgroup8);
    expect(profileFor({ ...lavapipe, subgroupMinSize: 4 })).toBe(portable);
    expect(profileFor({ ...lavapipe, subgroups: false })).toBe(portable);
  });

  test('is gpu on hardware', () => {
    expect(profileFor({ subgroups: true, subgroupMinSize: 32, subgroupMaxSize: 32, software: false })).toBe(gpu);
  });
});
