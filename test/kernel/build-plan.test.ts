import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { PlanProgram } from '../../compiler/5-kernel/plan.ts';
import type { Compilation } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

/** A small VAE; `widths` are those of the encoder's hidden layers. */
function spec(widths: readonly [number, number] = [12, 8]): string {
  return `
    use "std/objectives"
    data pictures {
      x : unit[3, 5]
      source idx(images: "{split}.idx", splits: { train: "train", test: "test" })
      binarize x at 0.5
    }
    net encoder(x) {
      h = x |> flatten |> dense(${widths[0]}, relu) |> dense(${widths[1]}, relu)
      return mu: dense(h, 3), logvar: dense(h, 3)
    }
    net decoder(z) = z |> dense(11, relu) |> dense(15) |> reshape(3, 5)
    model p { z ~ Normal(0, 1)[3]  x ~ Bernoulli(logits: decoder(z)) }
    guide q(x) { mu, logvar = encoder(x)  z ~ Normal(mu, exp(logvar / 2)) }
    train {
      data pictures.train  maximize elbo(p, q)  optimizer adam(lr: 1e-3)  batch 5  epochs 1  seed 0
      track every 1 epoch { elbo(p, q) on pictures.test }
    }
    evaluate { data pictures.test  report elbo(p, q), iwelbo(p, q, K: 3) }
    sample prior(n = 4) { z ~ p(z)  return mean p(x | z) }
  `;
}

function compiled(text: string): Compilation {
  const result = compile({ entry: 'small.vae', host: testSources({ 'small.vae': text }), profile: 'portable' });
  if (result.compiled === undefined) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.compiled;
}

test('compiling twice gives the same bytes', () => {
  const [a, b] = [compiled(spec()), compiled(spec())];
  expect(JSON.stringify(a.plan)).toBe(JSON.stringify(b.plan));
  expect([...a.kernels]).toEqual([...b.kernels]);
});

test('every dispatch binds what its kernel asks for, within its buffers', () => {
  const { plan, kernels } = compiled(spec());
  const buffers = new Map(plan.buffers.map((buffer) => [buffer.name, buffer]));
  expect(buffers.size).toBe(plan.buffers.length);
  for (const program of plan.programs)
    for (const dispatch of program.dispatches) {
      const kernel = plan.kernels.find(({ name }) => name === dispatch.kernel)!;
      expect(kernels.has(kernel.name)).toBe(true);
      expect(dispatch.bindings.length, kernel.name).toBe(kernel.bindings.length);
      expect(kernel.bindings.length).toBeLessThanOrEqual(8);
      dispatch.bindings.forEach((binding) => {
        if (binding.kind === 'table') return;
        expect(binding.offset % 256, kernel.name).toBe(0);
        expect(binding.offset + binding.bytes, kernel.name).toBeLessThanOrEqual(buffers.get(binding.buffer)!.bytes);
      });
    }
});

test('no dispatch binds a buffer both read-only and writable, nor one range twice where it writes', () => {
  const { plan } = compiled(spec());
  for (const { dispatches } of plan.programs)
    for (const dispatch of dispatches) {
      const kernel = plan.kernels.find(({ name }) => name === dispatch.kernel)!;
      const ranges = dispatch.bindings.map((binding, i) => ({ binding, access: kernel.bindings[i]!.access }));
      for (const [i, a] of ranges.entries())
        for (const b of ranges.slice(i + 1)) {
          if (a.binding.kind === 'table' || b.binding.kind === 'table') continue;
          if (a.binding.buffer !== b.binding.buffer) continue;
          expect(a.access, kernel.name).toBe(b.access);
          const [x, y] = [a.binding, b.binding];
          const overlap = x.offset < y.offset + y.bytes && y.offset < x.offset + x.bytes;
          expect(overlap && a.access === 'read_write', kernel.name).toBe(false);
        }
    }
});

test('programs share the kernels that are the same', () => {
  const { plan } = compiled(spec());
  const uses = (program: string): string[] =>
    plan.programs.find(({ name }) => name === program)!.dispatches.map(({ kernel }) => kernel);
  const shared = uses('track_1').filter((kernel) => uses('evaluate').includes(kernel));
  // Training reads shuffled rows in batches of 5, evaluations read them in order, more at once.
  expect(shared).toContain('encoder_dense_1__track_1');
  expect(shared.length).toBeGreaterThanOrEqual(3);
  expect(new Set(plan.kernels.map(({ name }) => name)).size).toBe(plan.kernels.length);
});

test('the host finds every result, and the carried vectors are as long as the parameters', () => {
  const { plan } = compiled(spec());
  const train = plan.programs.find(({ kind }) => kind === 'train')!;
  expect(train.results.map(({ name }) => name)).toEqual(['objective', 'term_1', 'term_2', 'gradient_norm']);
  expect(train.results.map(({ offset }) => offset)).toEqual([0, 4, 8, 12]);
  const vectors = plan.buffers.filter(({ role }) => role === 'vector');
  expect(vectors.map(({ name }) => name)).toEqual(['parameters', 'adam.m', 'adam.v']);
  for (const { bytes } of vectors) expect(bytes).toBe(4 * plan.layout.length);
  expect(plan.buffers.find(({ name }) => name === 'trouble')).toMatchObject({
    role: 'state',
    bytes: 8,
    storage: 'u32',
  });
});

test('where an average of the parameters is trained, all but training binds it in their place', () => {
  const text = spec().replace('epochs 1 ', 'epochs 1  ema 0.9 ');
  const [plain, averaged] = [compiled(spec()).plan, compiled(text).plan];
  const bound = (program: PlanProgram): readonly string[] => {
    const bindings = program.dispatches.flatMap((dispatch) => dispatch.bindings);
    return [...new Set(bindings.map((binding) => (binding.kind === 'buffer' ? binding.buffer : '')))];
  };
  for (const program of averaged.programs) {
    const own = bound(program);
    expect([own.includes('parameters'), own.includes('ema')], program.name).toEqual([program.kind === 'train', true]);
    if (program.kind === 'train') continue;
    // Where the parameters lie in the vector is the same.
    const before = plain.programs.find(({ name }) => name === program.name)!;
    expect(JSON.stringify(program.dispatches).replaceAll('"ema"', '"parameters"')).toBe(
      JSON.stringify(before.dispatches),
    );
  }
});

test('widening a layer changes the kernels that touch it, and no others', () => {
  const before = compiled(spec()).kernels;
  const after = compiled(spec([12, 16])).kernels;
  expect([...after.keys()]).toEqual([...before.keys()]);
  const changed = [...before.keys()].filter((name) => before.get(name) !== after.get(name));
  expect(changed).toMatchInlineSnapshot(`
    [
      "encoder_dense_2",
      "encoder_dense_3__z",
      "encoder_dense_4_weight_gradient__encoder_dense_3_weight_gradient",
      "encoder_dense_2_gradient",
      "encoder_dense_2_weight_gradient",
      "encoder_dense_1_gradient",
      "gradient_norm__trouble",
      "adam_update",
      "encoder_dense_2__track_1",
      "encoder_dense_3__z__track_1",
      "encoder_dense_3__z__evaluate",
    ]
  `);
});
