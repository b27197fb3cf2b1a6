/** A step that computes activations anew trains as one that keeps them, on both targets. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import { bytesByPart, needsOfPlan, trainingPrograms } from '../../../compiler/5-kernel/needs.ts';
import { openModel } from '../../../runtime/open-model.ts';
import { testSources } from '../../support/sources.ts';
import { openTestTargets } from '../../support/targets.ts';

const hidden = '|> dense(24, silu) '.repeat(6);
/** Draws, dropout and a deep net: what is drawn must be drawn again. */
const spec = `
  use "std/objectives"
  data d { x : real[3]  source gaussian_mixture(n: 256, seed: 1, centers: [[1, 0, -1], [0, 2, 1]], stds: [0.5, 0.5]) }
  net encoder(x) { h = x ${hidden} |> dropout(0.2) ${hidden} return mu: dense(h, 2), logvar: dense(h, 2) }
  net decoder(z) = z ${hidden} |> dense(3)
  model p { z ~ Normal(0, 1)[2]  x ~ Normal(decoder(z), 1.0) }
  guide q(x) { mu, logvar = encoder(x)  z ~ Normal(mu, exp(logvar / 2)) }
  train { data d  maximize elbo(p, q)  optimizer sgd(lr: 1e-2)  batch 64  epochs 1  seed 0 }
`;
const targets = await openTestTargets();

describe.each(targets.filter(({ device }) => device !== undefined))('on $target', ({ device }) => {
  async function trained(memory: number | undefined) {
    const { compiled, diagnostics } = compile({
      entry: 'deep.vae',
      host: testSources({ 'deep.vae': spec }),
      profile: device!.report.profile,
      ...(memory !== undefined && { memory }),
    });
    expect(diagnostics).toEqual([]);
    const { plan, kernels, modules } = compiled!;
    const model = await openModel({ plan, sources: kernels, ...(modules && { modules }), device: device! });
    await model.train({ steps: 5 });
    const parameters = [...(await model.parameters()).values()].flatMap(({ data }) => [...data]);
    model.close();
    return { parameters, activations: bytesByPart(needsOfPlan(plan, trainingPrograms(plan))).get('activations')! };
  }

  test('the parameters are those of a step that keeps everything, to rounding', { timeout: 60_000 }, async () => {
    const [kept, anew] = [await trained(undefined), await trained(1)];
    expect(anew.activations).toBeLessThan(0.5 * kept.activations);
    // Gradients of some tens, each within 1e-6 of itself, five times a hundredth of them: 5e-6 at most.
    const off = Math.max(...kept.parameters.map((value, i) => Math.abs(value - anew.parameters[i]!)));
    expect(off).toBeLessThan(1e-5);
    expect(kept.parameters.length).toBe(anew.parameters.length);
  });
});
