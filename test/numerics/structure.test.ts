/** What the kernels' text depends on, and what it does not: widths, names, hypers. Needs no device. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compile, type Compilation } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

interface Options {
  readonly hypers?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

function compiled(text: string, { hypers = {}, files = {} }: Options = {}): Compilation {
  const result = compile({ entry: 'test.vae', host: testSources({ 'test.vae': text, ...files }), hypers });
  if (result.compiled === undefined) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.compiled;
}

/** Names of the kernels that are not in both, or not with the same text. */
function changed(before: Compilation, after: Compilation): string[] {
  const names = new Set([...before.kernels.keys(), ...after.kernels.keys()]);
  return [...names].filter((name) => before.kernels.get(name) !== after.kernels.get(name)).sort();
}

const vae = (objective = 'elbo(p, q, beta: beta)'): string => `use "std/objectives"
data sprites { x : unit[16, 16]  source shapes(n: 100, seed: 1, size: 16)  binarize x at 0.5 }
hyper wide = 40
hyper hidden = 33
hyper beta = 2
net encoder(x) {
  h = x |> flatten |> dense(hidden, relu) |> dense(hidden, relu)
  return mu: dense(h, 7), logvar: dense(h, 7)
}
net decoder(z) = z |> dense(wide, relu) |> dense(hidden, relu) |> dense(256) |> reshape(16, 16)
model p {
  z ~ Normal(0, 1)[7]
  x ~ Bernoulli(logits: decoder(z))
}
guide q(x) {
  mu, logvar = encoder(x)
  z ~ Normal(mu, exp(logvar / 2))
}
train { data sprites  maximize ${objective}  optimizer adam(lr: 1e-3)  batch 20  epochs 1  seed 3 }
evaluate { data sprites  report elbo(p, q), iwelbo(p, q, K: 5), kl_per_dim(q, p), ess(p, q, K: 5) }
sample prior(n = 4) { z ~ p(z)  return mean p(x | z) }
`;

test('compiling twice gives the same bytes', () => {
  const [first, second] = [compiled(vae()), compiled(vae())];
  expect([...second.kernels]).toEqual([...first.kernels]);
  expect(JSON.stringify(second.plan)).toBe(JSON.stringify(first.plan));
  expect(second.explanation).toEqual(first.explanation);
});

test('a wider layer changes the kernels that it touches, and no other', () => {
  const before = compiled(vae());
  const after = compiled(vae(), { hypers: { wide: '56' } });
  expect(changed(before, after)).toEqual([
    // The flat vector of all parameters is longer: its update, and the norm of its gradient.
    'adam_update',
    // The layer itself, in training and in the other programs, with one draw a row and with five.
    'decoder_dense_1',
    'decoder_dense_1_2',
    'decoder_dense_1__evaluate',
    'decoder_dense_1__sample_prior',
    'decoder_dense_1_gradient',
    'decoder_dense_1_weight_gradient',
    // What reads its output.
    'decoder_dense_2',
    'decoder_dense_2_2',
    'decoder_dense_2__evaluate',
    'decoder_dense_2__sample_prior',
    'decoder_dense_2_weight_gradient',
    // Stores more than every device can bind apart: into the flat vector as a whole, at offsets.
    'encoder_dense_4_weight_gradient__encoder_dense_3_weight_gradient',
    'log_p_x_z__trouble',
    // What reads its gradient.
    'z_gradient__encoder_dense_3_gradient',
  ]);
  expect(before.kernels.size).toBeGreaterThan(2 * 15);
  expect([...after.kernels.keys()]).toEqual([...before.kernels.keys()]);
});

test('a hyper that is a scalar of the kernels changes no text, whatever its value', () => {
  const before = compiled(vae());
  for (const beta of ['0', '1']) {
    const after = compiled(vae(), { hypers: { beta } });
    expect(changed(before, after)).toEqual([]);
    const { hypers, ...rest } = after.plan;
    expect(hypers).not.toEqual(before.plan.hypers);
    expect({ ...rest, hypers: before.plan.hypers }).toEqual(before.plan);
  }
  const schedule = vae().replace('beta = 2', 'beta = warmup(0 -> 1, epochs: 2)');
  expect(changed(before, compiled(schedule))).toEqual([]);
});

test('a kernel is a function of the name of its file, whatever words of WGSL a spec takes for names', () => {
  const text = vae()
    .replaceAll(/\bencoder\b/g, 'vec4f')
    .replaceAll(/\bdecoder\b/g, 'loop')
    .replaceAll(/\bprior\b/g, 'fn')
    .replaceAll(/\bbeta\b/g, 'struct')
    .replaceAll('struct: struct', 'beta: struct')
    .replaceAll(/\bsprites\b/g, 'workgroup_size');
  const { plan, kernels } = compiled(text);
  for (const { name, file } of plan.kernels) {
    expect(name).toMatch(/^(?!__)[A-Za-z_]\w+$/);
    expect(file).toBe(`${name}.wgsl`);
    expect([...kernels.get(name)!.matchAll(/^@compute.*\nfn (\w+)\(/gm)].map(([, entry]) => entry)).toEqual([name]);
  }
  const words = plan.kernels.map(({ name }) => name);
  for (const word of ['loop_dense_1', 'vec4f_dense_1', 'loop_dense_1__sample_fn']) expect(words).toContain(word);
});

describe('std/objectives with every name changed', () => {
  const words = 'elbo elbo_mc free_bits stl iwelbo iwelbo_dreg renyi kl_per_dim rate distortion active_units ess'.split(
    ' ',
  );
  const parameters = 'p q beta lambda K alpha z x k lw bound w s'.split(' ');
  const renaming = new Map([...words, ...parameters].map((word, i) => [word, `name${i}`]));
  const renamed = (text: string): string =>
    text.replaceAll(/\/\/.*/g, '').replaceAll(/(?<!")\b[a-zA-Z_]\w*\b/g, (word) => renaming.get(word) ?? word);
  const files = {
    'names.vae': renamed(readFileSync('compiler/std/objectives.vae', 'utf8')).replace('std/diagnostics', 'more.vae'),
    'more.vae': renamed(readFileSync('compiler/std/diagnostics.vae', 'utf8')),
  };
  test('none of them is left', () => {
    const left = Object.values(files)
      .join('')
      .matchAll(/(?<!")\b[a-zA-Z_]\w*\b/g);
    expect([...left].map(([word]) => word).filter((word) => renaming.has(word))).toEqual([]);
  });

  test.each([
    'elbo(p, q, beta: beta)',
    'beta * elbo_mc(p, q)',
    'beta * stl(p, q)',
    'free_bits(p, q, lambda: 0.1, beta: beta)',
    'iwelbo(p, q, K: 3) * beta',
    'iwelbo_dreg(p, q, K: 3) * beta',
    'renyi(p, q, alpha: 0.5, K: 3) * beta',
  ])('%s has the same kernels', (objective) => {
    const text = vae(objective);
    const calls = text.replaceAll(/\b([a-z_]+)\((?=[pq], [pq])([^)]*)\)/g, (_call, name: string, rest: string) => {
      return `${renaming.get(name) ?? name}(${rest.replaceAll(/(\w+):/g, (_, key: string) => `${renaming.get(key)!}:`)})`;
    });
    expect(calls).not.toBe(text);
    const [one, other] = [compiled(text), compiled(calls.replace('std/objectives', 'names.vae'), { files })];
    expect([...other.kernels]).toEqual([...one.kernels]);
    expect(other.plan.programs.map(({ dispatches }) => dispatches)).toEqual(
      one.plan.programs.map(({ dispatches }) => dispatches),
    );
  });
});
