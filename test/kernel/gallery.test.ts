import { describe, expect, test } from 'vitest';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
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

  test('trains in at most 32 kernels, or two for each trained tensor, of at most 8 bindings', () => {
    const { programs, session } = elaborateText(gallery[name]!, gallery);
    const train = programs.programs.find(({ kind }) => kind === 'train')!;
    const { kernels } = fuse(optimise(session.builder, train.function), { builder: session.builder, ...programs });
    expect(kernels.length).toBeLessThanOrEqual(Math.max(32, 2 * programs.layout.parameters.length));
    for (const kernel of kernels) expect(tensorsOf(kernel).length).toBeLessThanOrEqual(mostBindings);
  });
});
