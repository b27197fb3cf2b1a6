import { describe, expect, test } from 'vitest';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import { activationBytes } from '../../compiler/5-kernel/memory.ts';
import { mostBindings } from '../../compiler/5-kernel/verify.ts';
import { tensorsOf } from '../../compiler/5-kernel/walk.ts';
import { elaborateText } from '../support/elaborated.ts';
import { gallery, galleryNames, shrunkGallery } from '../support/shrunk.ts';
import { expectSame } from './differential.ts';

describe.each(galleryNames)('%s', (name) => {
  test('computes the same in kernels, shrunk', () => {
    const { programs, session } = elaborateText(shrunkGallery[name]!, shrunkGallery);
    for (const program of programs.programs) {
      const fn = optimise(session.builder, program.function);
      expectSame(fn, { builder: session.builder, ...programs });
    }
  });

  test('takes few kernels of at most 8 bindings, and little more memory than what lives at once', () => {
    const { programs, session } = elaborateText(gallery[name]!, gallery);
    for (const { kind, function: fn } of programs.programs) {
      const fused = fuse(optimise(session.builder, fn), { builder: session.builder, ...programs });
      const { kernels } = fused;
      const most = Math.max(32, 2 * programs.layout.parameters.length);
      if (kind === 'train') expect(kernels.length).toBeLessThanOrEqual(most);
      for (const kernel of kernels) expect(tensorsOf(kernel).length).toBeLessThanOrEqual(mostBindings);
      const { placed, live } = activationBytes(fused);
      expect(placed, fn.name).toBeGreaterThanOrEqual(live);
      expect(placed, fn.name).toBeLessThanOrEqual(1.2 * live);
    }
  });
});
