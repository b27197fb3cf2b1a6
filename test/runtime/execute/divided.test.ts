/** A plan whose kernels' loops are divided trains as one where they are whole, and counts the sums in between. */
import { describe, expect, test } from 'vitest';
import { compile, type Compilation, emitterFor } from '../../../compiler/compile.ts';
import type { PlannedKernel } from '../../../compiler/5-kernel/library.ts';
import { partSumsBuffer } from '../../../compiler/5-kernel/memory.ts';
import { bytesByPart, needsOfPlan, totalOf, trainingPrograms } from '../../../compiler/5-kernel/needs.ts';
import type { PlanProgram } from '../../../compiler/5-kernel/plan.ts';
import { choiceText } from '../../../compiler/5-kernel/schedule/choice.ts';
import { profileNamed } from '../../../compiler/5-kernel/schedule/profile.ts';
import { spaceOf } from '../../../compiler/5-kernel/schedule/space.ts';
import { variantOf } from '../../../compiler/5-kernel/trial.ts';
import type { TunedSchedule } from '../../../compiler/5-kernel/tuned.ts';
import type { Device } from '../../../runtime/device/device.ts';
import { openModel } from '../../../runtime/open-model.ts';
import { testSources } from '../../support/sources.ts';
import { openTestTargets } from '../../support/targets.ts';

const spec = `
  use "std/objectives"
  data d { x : real[7]  source gaussian_mixture(n: 256, seed: 1, centers: [[1, 0, -1, 2, 0, 1, 1]], stds: [0.5]) }
  net encoder(x) { h = x |> dense(36, silu) return mu: dense(h, 3), logvar: dense(h, 3) }
  net decoder(z) = z |> dense(36, silu) |> dense(7)
  model p { z ~ Normal(0, 1)[3]  x ~ Normal(decoder(z), 1.0) }
  guide q(x) { mu, logvar = encoder(x)  z ~ Normal(mu, exp(logvar / 2)) }
  train { data d  maximize elbo(p, q)  optimizer sgd(lr: 1e-2)  batch 64  epochs 1  seed 0  clip 10 }
`;
const targets = await openTestTargets();

function compiledFor(device: Device, more: Partial<Parameters<typeof compile>[0]> = {}): Compilation {
  const { profile } = device.report;
  const host = testSources({ 'small.vae': spec });
  const { compiled, diagnostics } = compile({ entry: 'small.vae', host, profile, ...more });
  expect(diagnostics).toEqual([]);
  return compiled!;
}

/** Each kernel that has such a schedule by the first one that divides its loop. */
function dividing(device: Device): readonly TunedSchedule[] {
  const planned: PlannedKernel[] = [];
  compiledFor(device, { onKernel: (kernel) => planned.push(kernel) });
  const profile = profileNamed(device.report.profile)!;
  return planned.flatMap((kernel) => {
    const choice = spaceOf(kernel.kernel, profile, device.limits).find(({ parts }) => parts !== undefined);
    if (choice === undefined) return [];
    const { fingerprint: text } = variantOf(kernel, choice, profile, emitterFor(profile), device.limits)!;
    return [{ kernel: kernel.fingerprint, choice, text }];
  });
}

async function trained({ plan, kernels, modules }: Compilation, device: Device): Promise<readonly number[]> {
  const model = await openModel({ plan, sources: kernels, ...(modules && { modules }), device });
  await model.train({ steps: 5 });
  const parameters = [...(await model.parameters()).values()].flatMap(({ data }) => [...data]);
  model.close();
  return parameters;
}

function trainOf({ programs }: Compilation['plan']): PlanProgram {
  return programs.find(({ kind }) => kind === 'train')!;
}

describe.each(targets.filter(({ device }) => device !== undefined))('on $target', ({ device }) => {
  test('the parameters are those of whole loops, to rounding', { timeout: 60_000 }, async () => {
    const [whole, divided] = [compiledFor(device!), compiledFor(device!, { tuned: dividing(device!) })];
    const { plan } = divided;
    // The gradients of the four weights, at the least.
    expect(plan.tuned!.length).toBeGreaterThanOrEqual(4);
    const names = plan.kernels.map(({ name }) => name);
    for (const { name } of plan.tuned!) expect(names).toContain(`${name}__parts`);

    const told = plan.tuned!.map(({ choice }) => `tuned, ${choiceText(choice)}`);
    for (const text of told) expect(divided.explanation.lines.some((line) => line.endsWith(text))).toBe(true);
    expect(told[0]).toContain('parts 2');

    const bytes = plan.buffers.find(({ name }) => name === partSumsBuffer)!.bytes;
    const bound = plan.programs
      .flatMap(({ dispatches }) => dispatches.flatMap(({ bindings }) => bindings))
      .flatMap((one) => (one.kind === 'buffer' && one.buffer === partSumsBuffer ? [one.bytes] : []));
    expect(bytes).toBe(Math.max(...bound));
    const activations = (of: Compilation) =>
      bytesByPart(needsOfPlan(of.plan, trainingPrograms(of.plan))).get('activations')!;
    expect(activations(divided)).toBe(activations(whole) + bytes);

    const [expected, got] = [await trained(whole, device!), await trained(divided, device!)];
    // Gradients of some tens, each within 1e-6 of itself, five times a hundredth of them: 5e-6 at most.
    const off = Math.max(...expected.map((value, i) => Math.abs(value - got[i]!)));
    expect(off).toBeLessThan(1e-5);
    expect(got.length).toBe(expected.length);
  });

  test('loops are divided only where the memory holds the sums beside what the step needs', () => {
    const tuned = dividing(device!);
    const within = (memory: number): Compilation['plan'] => compiledFor(device!, { tuned, memory }).plan;
    const needed = compiledFor(device!, { memory: 0 }).recomputations.get('train')!.keptBytes;
    const sums = compiledFor(device!, { tuned }).plan.buffers.find(({ name }) => name === partSumsBuffer)!.bytes;
    const takenBy = (plan: Compilation['plan']): number => totalOf(needsOfPlan(plan, [trainOf(plan)]));

    const exact = within(needed);
    expect(exact.tuned).toBeUndefined();
    expect(takenBy(exact)).toBeLessThanOrEqual(needed);

    const [some, all] = [within(needed + sums - 1), within(needed + sums)];
    expect(all.tuned!.length).toBeGreaterThan(some.tuned!.length);
    expect(some.tuned!.length).toBeGreaterThan(0);
    expect(takenBy(some)).toBeLessThan(needed + sums);
    expect(takenBy(all)).toBeLessThanOrEqual(needed + sums);
  });
});
