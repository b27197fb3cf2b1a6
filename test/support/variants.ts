/** Kernels at extents that divide nothing, by every choice that there is for them. */
import { expect } from 'vitest';
import type { Kernel } from '../../compiler/5-kernel/ir.ts';
import { evaluateKernel } from '../../compiler/5-kernel/rounding.ts';
import { choiceText, type Choice, type TileChoice } from '../../compiler/5-kernel/schedule/choice.ts';
import { tensorsOf } from '../../compiler/5-kernel/schedule/dependence.ts';
import type { Profile } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleStages } from '../../compiler/5-kernel/schedule/schedule.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import { type DeviceLimits, spaceOf } from '../../compiler/5-kernel/schedule/space.ts';
import type { Numbers } from './kernel-device.ts';
import * as shapes from './kernel-shapes.ts';
import { inputsFor } from './kernels.ts';

/** The structures that choices tell apart. */
export const oddKernels: readonly (readonly [string, Kernel])[] = [
  'contraction x W, odd',
  'contraction dY Wᵀ, odd',
  'contraction with a loss, odd',
  'two heads, odd',
  'softmax, odd',
  'mean of everything, odd',
  'partial sums, odd',
  'rows of bytes, odd',
].map((name) => [name, shapes.all[name]!] as const);

/** Kernels whose loops can be divided. */
export const longKernels: readonly (readonly [string, Kernel])[] = [
  'weight and bias gradient over many rows, odd',
  'two heads of long rows, odd',
  'contraction with a loss of long rows, odd',
  'batched contraction of long rows, odd',
  'updates after their gradients, long and odd',
  'long sums, few rows',
  'mean of everything, odd',
].map((name) => [name, shapes.all[name]!] as const);

/** The choices that leave the kernel's loop whole, and stage nothing. */
export function plainChoices(kernel: Kernel, profile: Profile, limits: DeviceLimits): readonly Choice[] {
  const isStaged = (choice: Choice): boolean => choice.kind === 'tile' && choice.depth !== undefined;
  return spaceOf(kernel, profile, limits).filter((choice) => choice.parts === undefined && !isStaged(choice));
}

const staged = (rows: number, lanes: number, bands: number, depth: number): Choice => {
  return { kind: 'tile', rows, lanes, bands, subgroup: false, depth };
};

/**
 * Contractions whose operands lie in memory that a workgroup shares: with positions, rows and columns left over, in each
 * layout, with several tiles below each other, sums beside them and partial sums after them. One choice each: a software
 * adapter takes seconds to compile one.
 */
export const stagedKernels: readonly (readonly [string, Choice])[] = [
  ['contraction x W, rows left over', staged(4, 16, 1, 16)],
  ['contraction x W, odd', staged(4, 16, 1, 8)],
  ['contraction dY Wᵀ', staged(8, 8, 2, 8)],
  ['contraction Xᵀ dY, many rows', staged(8, 4, 4, 8)],
  ['contraction over two loops', staged(4, 4, 4, 8)],
  ['weight and bias gradient', staged(4, 4, 4, 8)],
  ['packed gradients, with bands left over', staged(4, 4, 4, 8)],
  ['two heads', staged(4, 16, 1, 8)],
  ['contraction with a loss of long rows, odd', staged(4, 8, 2, 16)],
  ['batched contraction of long rows, odd', staged(4, 16, 1, 8)],
];

export function matrices(
  rows: number,
  lanes: number,
  bands: number,
  depth: number,
  matrixSubgroups: number,
): TileChoice {
  return { kind: 'tile', rows, lanes, bands, subgroup: false, depth, matrixSubgroups };
}

/** Contractions by matrices: each layout; positions, rows and columns left over; loops around, sums beside and partial sums after the products. */
export const matrixKernels: readonly (readonly [string, TileChoice])[] = [
  ['contraction x W, rows left over', matrices(4, 8, 2, 8, 1)],
  ['contraction x W, odd', matrices(4, 8, 2, 8, 2)],
  ['contraction dY Wᵀ', matrices(8, 8, 2, 8, 4)],
  ['contraction Xᵀ dY, many rows', matrices(8, 4, 4, 8, 2)],
  ['contraction over two loops', matrices(4, 4, 4, 8, 1)],
  ['weight and bias gradient', matrices(4, 4, 4, 8, 1)],
  ['packed gradients, with bands left over', matrices(4, 4, 4, 8, 2)],
  ['two heads', matrices(4, 16, 2, 8, 2)],
  ['contraction with a loss of long rows, odd', matrices(4, 8, 2, 16, 1)],
  ['batched contraction of long rows, odd', matrices(4, 16, 2, 8, 4)],
];

/** Of those that divide it the first of each kind, for each number of parts. */
export function dividedChoices(kernel: Kernel, profile: Profile, limits: DeviceLimits): readonly Choice[] {
  const choices = spaceOf(kernel, profile, limits);
  const kindOf = ({ kind, parts }: Choice): string => `${kind} ${parts}`;
  const isFirst = (choice: Choice): boolean => choices.find((one) => kindOf(one) === kindOf(choice)) === choice;
  return choices.filter((choice) => choice.parts !== undefined && isFirst(choice));
}

export type RunScheduled = (
  kernel: ScheduledKernel,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>>,
) => ReadonlyMap<string, Numbers> | Promise<ReadonlyMap<string, Numbers>>;

/** Each variant against the float64 evaluation of the kernel, within the ops' own bounds. */
export async function variantsAgree(
  kernel: Kernel,
  choices: readonly Choice[],
  profile: Profile,
  textOf: (kernel: ScheduledKernel) => string,
  run: RunScheduled,
): Promise<void> {
  const { loaded, stored } = tensorsOf(kernel);
  const inputs = inputsFor(kernel, [...loaded, ...stored]);
  const expected = evaluateKernel(kernel, inputs, shapes.scalars);
  const seen = new Set<string>();
  expect(choices).not.toEqual([]);
  for (const choice of choices) {
    const stages = scheduleStages(kernel, profile, { choice });
    const text = stages.map((stage) => `${textOf(stage)} ${stage.workgroups.join(' ')}`).join('\n');
    if (seen.has(text)) continue;
    seen.add(text);
    let results: ReadonlyMap<string, Numbers> = inputs;
    for (const stage of stages) results = new Map([...results, ...(await run(stage, results, shapes.scalars))]);
    for (const { name } of stored) {
      const got = results.get(name)!;
      expected.get(name)!.forEach((want, i) => {
        const { value, error } = want ?? { value: inputs.get(name)![i]!, error: 0 };
        const off = Math.abs(got[i]! - value);
        if (off <= error) return;
        expect.fail(`by ${choiceText(choice)}, ${name}[${i}] is ${got[i]}, not ${value} within ${error}`);
      });
    }
  }
}
