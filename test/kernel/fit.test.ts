/** Training steps within a memory: the same values, from fewer activations that live at once. */
import { describe, expect, test } from 'vitest';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { depthOf, recompute } from '../../compiler/4-tensor/passes/recompute.ts';
import { verifyFunction } from '../../compiler/4-tensor/verify.ts';
import { fit } from '../../compiler/5-kernel/fit.ts';
import { recomputationLines } from '../../compiler/explain.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import { largestLiveSet } from '../../compiler/5-kernel/memory.ts';
import { orderForMemory } from '../../compiler/5-kernel/order.ts';
import { elaborateText } from '../support/elaborated.ts';
import { galleryNames, shrunkGallery } from '../support/shrunk.ts';
import { expectSame, referenceOutputs, someInputs, vectorLengths } from './differential.ts';

function training(text: string, files: Readonly<Record<string, string>> = {}) {
  const { programs, session } = elaborateText(text, files);
  const { builder } = session;
  const program = programs.programs.find(({ kind }) => kind === 'train')!;
  return { fn: optimise(builder, program.function), context: { builder, ...programs } };
}

/** A VAE of so many hidden layers each way. */
function deep(layers: number, width: number, batch: number) {
  const hidden = `|> dense(${width}, silu) `.repeat(layers);
  return training(`
    use "std/objectives"
    data d { x : real[3]  source csv("d.csv") }
    net encoder(x) { h = x ${hidden} return mu: dense(h, 2), logvar: dense(h, 2) }
    net decoder(z) = z ${hidden} |> dense(3)
    model p { z ~ Normal(0, 1)[2]  x ~ Normal(decoder(z), 1.0) }
    guide q(x) { mu, logvar = encoder(x)  z ~ Normal(mu, exp(logvar / 2)) }
    train { data d  maximize elbo(p, q)  optimizer adam(lr: 1e-3)  batch ${batch}  epochs 1  seed 0 }
  `);
}

describe.each(galleryNames)('%s, shrunk', (name) => {
  test('computes the same whatever is computed anew, in float64 to the last bit', () => {
    const { fn, context } = training(shrunkGallery[name]!, shrunkGallery);
    const inputs = someInputs(fn, context);
    const expected = referenceOutputs(fn, context, inputs);
    // The interpreters take seconds for a step of the U-Net.
    const isSlow = name.includes('unet');
    for (const period of isSlow ? [4] : [1, 3]) {
      const { function: anew } = recompute(context.builder, fn, period);
      expect(verifyFunction(anew)).toEqual([]);
      expect(referenceOutputs(anew, context, inputs)).toEqual(expected);
    }
    if (isSlow) return;
    // And in kernels, in the order that needs the least.
    const { function: anew } = recompute(context.builder, fn, 2);
    expectSame(anew, context, 1, () => orderForMemory(fuse(anew, context)));
  });
});

test('a deep net trains in a third of the memory, with about one more forward pass', () => {
  const { fn, context } = deep(12, 64, 256);
  const lengths = vectorLengths(fn, context);
  const kept = fit(fn, context, lengths, Infinity);
  expect(kept.recomputation).toBeUndefined();
  const { program, recomputation } = fit(fn, context, lengths, 0);
  expect(largestLiveSet(program)).toBeLessThan(0.4 * largestLiveSet(kept.program));
  const { contractions, bytes, keptBytes } = recomputation!;
  expect(contractions).toBeLessThanOrEqual(depthOf(fn) + 2);
  expect(recomputationLines(recomputation!)[1]).toMatch(/^a step's buffers take .* more than the 0 bytes/);
  expect(keptBytes - bytes).toBeGreaterThan(0.6 * largestLiveSet(kept.program));
});

test('stops at the first that fits, and changes nothing where everything does', () => {
  const { fn, context } = deep(12, 64, 256);
  const lengths = vectorLengths(fn, context);
  const kept = fit(fn, context, lengths, 0).recomputation!.keptBytes;
  const { recomputation } = fit(fn, context, lengths, 0.9 * kept);
  expect(recomputation!.bytes).toBeLessThanOrEqual(0.9 * kept);
  expect(recomputationLines(recomputation!)).toEqual([expect.stringMatching(/^computed anew /)]);
  const { program } = fit(fn, context, lengths, kept);
  expect(program.kernels.map(({ name }) => name)).toEqual(fuse(fn, context).kernels.map(({ name }) => name));
});

test('levels of the whole depth leave everything as it is', () => {
  const { fn, context } = deep(3, 8, 4);
  const { function: same, contractions, flops } = recompute(context.builder, fn, 100);
  expect(same).toBe(fn);
  expect([contractions, flops]).toEqual([0, 0]);
});
