/** Which choices there are for a kernel, and what the compiler takes of those that were found by measuring. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { PlannedKernel } from '../../compiler/5-kernel/library.ts';
import { type Choice, keyOf } from '../../compiler/5-kernel/schedule/choice.ts';
import { cpu, gpu, portable, profiles, subgroup8, type Profile } from '../../compiler/5-kernel/schedule/profile.ts';
import { scheduleKernel } from '../../compiler/5-kernel/schedule/schedule.ts';
import { isInSpace, plainChoice, spaceOf } from '../../compiler/5-kernel/schedule/space.ts';
import { variantOf } from '../../compiler/5-kernel/trial.ts';
import { wgslEmitter } from '../../compiler/6-emit/wgsl/print.ts';
import * as shapes from '../support/kernel-shapes.ts';
import { testSources } from '../support/sources.ts';

const limits = { invocations: 256, workgroupBytes: 16384 };

describe.each(profiles.map((profile) => [profile.name, profile] as const))('the space for %s', (_, profile) => {
  const own = { ...limits, ...(profile.subgroupSize !== undefined && { subgroupSize: profile.subgroupSize }) };

  test('holds the default and the plain choice, and each choice once', () => {
    for (const [name, kernel] of Object.entries(shapes.all)) {
      const keys = spaceOf(kernel, profile, own).map(keyOf);
      const { choice } = scheduleKernel(kernel, profile);
      expect(keys, name).toContain(keyOf(choice));
      expect(keys, name).toContain(keyOf(plainChoice(profile)));
      expect(new Set(keys).size, name).toBe(keys.length);
      expect(isInSpace(choice, kernel, profile), name).toBe(true);
    }
  });

  test('has subgroups only where all are of one size', () => {
    for (const kernel of Object.values(shapes.all)) {
      for (const choice of spaceOf(kernel, profile, limits)) {
        // A profile of one size of subgroups runs nowhere else.
        const isOfProfile = 'lanes' in choice && choice.lanes === profile.subgroupSize;
        expect('subgroup' in choice && choice.subgroup && !isOfProfile).toBe(false);
      }
    }
  });
});

test('choices that divide a loop are those of the kernel that adds up its parts', () => {
  const kernel = shapes.all['weight and bias gradient over many rows, odd']!;
  const space = spaceOf(kernel, subgroup8, { ...limits, subgroupSize: 8 });
  expect(new Set(space.map(({ parts }) => parts))).toEqual(new Set([undefined, 2, 3]));
  const divided = space.find(({ parts }) => parts === 3)!;
  expect(isInSpace(divided, kernel, subgroup8)).toBe(true);
  expect(isInSpace({ ...divided, parts: 6 }, kernel, subgroup8)).toBe(false);
  expect(isInSpace(divided, shapes.all['softmax, long rows']!, subgroup8)).toBe(false);
});

test('a variant is left out where the device gives a workgroup too little', () => {
  const kernel = shapes.all['contraction with a loss']!;
  const choice: Choice = { kind: 'tile', rows: 8, lanes: 8, bands: 8, subgroup: false };
  const of = { name: 'loss', program: 'train', kernel, choice, fingerprint: '' };
  const planned: PlannedKernel = { ...of, accessOf: () => 'read_write' };
  const isLeft = (own: typeof limits) => variantOf(planned, choice, subgroup8, wgslEmitter, own) === undefined;
  expect(isLeft({ invocations: 64, workgroupBytes: 2048 })).toBe(false);
  expect(isLeft({ invocations: 63, workgroupBytes: 2048 })).toBe(true);
  // Eight rows of 64 lanes' partial sums, four bytes each.
  expect(isLeft({ invocations: 64, workgroupBytes: 2047 })).toBe(true);
});

describe('operands in memory that a workgroup shares', () => {
  const kernel = shapes.all['contraction x W']!;
  const choice: Choice = { kind: 'tile', rows: 8, lanes: 8, bands: 4, subgroup: false, depth: 16 };

  test('are offered where lanes do not tell each other for nothing, with no more positions than there are', () => {
    const depths = (profile: Profile) =>
      new Set(spaceOf(kernel, profile, { ...limits, subgroupSize: 8 }).map((one) => ('depth' in one ? one.depth : 0)));
    expect(depths(portable)).toEqual(new Set([0, 8, 16]));
    expect(depths(gpu)).toEqual(new Set([0, 8, 16]));
    expect(depths(subgroup8)).toEqual(new Set([0]));
    expect(depths(cpu)).toEqual(new Set([0]));
    expect(isInSpace(choice, kernel, gpu)).toBe(true);
    expect(isInSpace({ ...choice, depth: 12 }, kernel, gpu)).toBe(false);
    expect(isInSpace({ ...choice, depth: 32 }, kernel, gpu)).toBe(false);
  });

  test('fit into what the device gives a workgroup', () => {
    const of = { name: 'x W', program: 'train', kernel, choice, fingerprint: '' };
    const planned: PlannedKernel = { ...of, accessOf: () => 'read_write' };
    const variant = (workgroupBytes: number) =>
      variantOf(planned, choice, gpu, wgslEmitter, { invocations: 256, workgroupBytes });
    // Sixteen positions of 32 rows and of 32 columns, four bytes each.
    expect(variant(4096)).toBeDefined();
    expect(variant(4095)).toBeUndefined();
  });
});

describe('a compilation with tuned schedules', () => {
  const text = `
    use "std/objectives"
    data points { x : real[6]  source csv("{split}.csv") split train: 1 }
    net encoder(x) { h = x |> dense(9, relu) return mu: dense(h, 5), logvar: dense(h, 5) }
    net decoder(z) = z |> dense(9, relu) |> dense(6)
    model p { z ~ Normal(0, 1)[5]  x ~ Normal(decoder(z), 1) }
    guide q(x) { mu, logvar = encoder(x)  z ~ Normal(mu, exp(logvar / 2)) }
    train { data points.train  maximize elbo(p, q)  optimizer adam(lr: 1e-3)  batch 7  epochs 1  seed 0 }
  `;
  const profile = profiles[0]!;
  const compiled = (more: object = {}) => {
    const options = { entry: 'small.vae', host: testSources({ 'small.vae': text }), profile: profile.name };
    const result = compile({ ...options, ...more });
    if (result.compiled === undefined) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
    return result.compiled;
  };
  const planned: PlannedKernel[] = [];
  const byDefault = compiled({ onKernel: (kernel: PlannedKernel) => planned.push(kernel) });
  const kernel = planned.find(({ choice }) => choice.kind === 'tile')!;
  const choice = { ...kernel.choice, kind: 'tile', rows: 4, lanes: 4, bands: 1, subgroup: false } as const;
  const variant = variantOf(kernel, choice, profile, wgslEmitter, limits)!;
  const tuned = { kernel: kernel.fingerprint, choice, text: variant.fingerprint };

  test('tells of each kernel once', () => {
    expect(planned.map(({ name }) => name).sort()).toEqual(byDefault.plan.kernels.map(({ name }) => name).sort());
    expect(byDefault.plan.tuned).toBeUndefined();
  });

  test('takes one that fits, says so in the plan, and leaves the other kernels alone', () => {
    const { plan, kernels } = compiled({ tuned: [tuned] });
    expect(plan.tuned).toEqual([{ name: kernel.name, ...tuned }]);
    // As run.json has them: with the names that they had in another plan.
    const named = { name: 'elsewhere', ...tuned };
    expect(compiled({ tuned: [named] }).plan.tuned).toEqual(plan.tuned);
    const changed = [...kernels].filter(([name, source]) => byDefault.kernels.get(name) !== source);
    expect(changed.map(([name]) => name)).toEqual([kernel.name]);
    expect(plan.kernels.find(({ name }) => name === kernel.name)!.workgroupSize).toEqual([4, 1, 1]);
  });

  test.each([
    ['is of another kernel', { ...tuned, kernel: '0'.repeat(32) }],
    ['gives another text than was checked', { ...tuned, text: '0'.repeat(32) }],
    ['is no choice for the kernel', { ...tuned, choice: { ...choice, rows: 5 } }],
    ['is of a kind that there is not', { ...tuned, choice: { kind: 'spiral' } }],
  ])('does not take one that %s', (_, other) => {
    const { plan, kernels } = compiled({ tuned: [other] });
    expect(plan).toEqual(byDefault.plan);
    expect(kernels).toEqual(byDefault.kernels);
  });
});
