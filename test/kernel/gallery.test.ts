import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { optimise } from '../../compiler/4-tensor/passes/index.ts';
import { fuse } from '../../compiler/5-kernel/fuse.ts';
import { mostBindings } from '../../compiler/5-kernel/verify.ts';
import { tensorsOf } from '../../compiler/5-kernel/walk.ts';
import { elaborateText } from '../support/elaborated.ts';
import { expectSame } from './differential.ts';

const folder = 'specs/vae/';

/** The spec with pictures of 3 by 5, narrow layers and small batches: every structure, at extents that divide nothing. */
function shrunk(text: string): string {
  return text
    .replace(/\b28, 28\b/g, '3, 5')
    .replace(/\b16, 16\b/g, '3, 5')
    .replace(/\b784\b/g, '15')
    .replace(/\b256\b/g, '15')
    .replace(/hyper hidden = \d+/, 'hyper hidden = 7')
    .replace(/hyper latent = \d+/, 'hyper latent = 3')
    .replace(/\b(batch|n =) \d+/g, '$1 5')
    .replace(/K: \d+/g, 'K: 3');
}

const names = readdirSync(folder).filter((name) => name.endsWith('.vae'));
const whole = Object.fromEntries(names.map((name) => [name, readFileSync(folder + name, 'utf8')]));
const small = Object.fromEntries(names.map((name) => [name, shrunk(whole[name]!)]));

describe.each(names)('%s', (name) => {
  test('computes the same in kernels, shrunk', () => {
    const { programs, session } = elaborateText(small[name]!, small);
    for (const program of programs.programs) {
      const fn = optimise(session.builder, program.function);
      expectSame(fn, { builder: session.builder, layout: programs.layout });
    }
  });

  test('trains in at most 32 kernels of at most 8 bindings', () => {
    const { programs, session } = elaborateText(whole[name]!, whole);
    const train = programs.programs.find(({ kind }) => kind === 'train')!;
    const { kernels } = fuse(optimise(session.builder, train.function), {
      builder: session.builder,
      layout: programs.layout,
    });
    expect(kernels.length).toBeLessThanOrEqual(32);
    for (const kernel of kernels) expect(tensorsOf(kernel).length).toBeLessThanOrEqual(mostBindings);
  });
});
