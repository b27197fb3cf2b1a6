/** A finished run's declarations in another spec: frozen, as it was trained, apart from names of the spec's own. */
import { describe, expect, test } from 'vitest';
import { check, compile } from '../../compiler/compile.ts';
import { elaborateText, run64, someNumbers } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';
import { sample64 } from '../support/sample64.ts';

/** Hypers that the new spec has too, one that is a schedule, one of the kernels alone. */
const vae = `use "std/objectives"
hyper hidden = 3
hyper scale = warmup(0 -> 4, steps: 200)
data points { x : real[2]  source npy("x.npy")  split train: 0.5, test: 0.5 }
net encoder(x) = x |> dense(hidden, tanh) |> dense(2, bias: false)
param noise : positive = 0.5
model p { z ~ Normal(0, 1)[2]  x ~ Normal(scale * z, noise) }
guide q(x) { z ~ Normal(encoder(x), 1) }
train { data points.train  maximize elbo(p, q)  optimizer sgd(lr: 1)  batch 4  epochs 1 }
sample own(n = 2) { z ~ p(z)  return z }
`;

const head = `use run "runs/vae"
hyper hidden = 5
data coded = points { z = mean q(z | x)  twice = 2 * z }
net decoder(z) = z |> dense(hidden) |> dense(2)
`;
const train =
  'train { data coded.train  minimize mean_square(decoder(z) - x)  optimizer sgd(lr: 1)  batch 4  epochs 1 }\n';

const files = { 'vae.vae': vae };
const codes = (text: string, hypers = {}) =>
  check({ entry: 'test.vae', host: testSources({ ...files, 'test.vae': text }), hypers }).diagnostics.map(
    ({ code, message }) => `${code}: ${message}`,
  );

describe('use run', () => {
  const { programs } = elaborateText(head + train, files);
  const named = (name: string) => programs.programs.find((program) => program.name === name)!;

  test('brings no program and trains none of its parameters', () => {
    expect(programs.programs.map(({ name }) => name)).toEqual(['derive.coded', 'train']);
    expect(programs.layout.parameters.map(({ path }) => path)).toEqual([
      'decoder.dense_1.weight',
      'decoder.dense_1.bias',
      'decoder.dense_2.weight',
      'decoder.dense_2.bias',
    ]);
    expect(programs.frozen!.tensors.map(({ path, parameter, shape }) => [path, parameter, shape])).toEqual([
      ['vae:encoder.dense_1.weight', 'encoder.dense_1.weight', [2, 3]],
      ['vae:encoder.dense_1.bias', 'encoder.dense_1.bias', [3]],
      ['vae:encoder.dense_2.weight', 'encoder.dense_2.weight', [3, 2]],
    ]);
    // A hyper of the run is a number by now: what the plan lets change is the spec's own.
    expect(programs.hypers.map(({ name }) => name)).toEqual(['hidden']);
  });

  test('a derived field is what the frozen net makes of its row', () => {
    const [weight1, bias, weight2] = [someNumbers(6, 1), someNumbers(3, 2), someNumbers(6, 3)];
    const x = someNumbers(128 * 2, 4, 2);
    const results = run64(named('derive.coded').function, elaborateText(head + train, files), {
      parameters: {
        'vae:encoder.dense_1.weight': weight1,
        'vae:encoder.dense_1.bias': bias,
        'vae:encoder.dense_2.weight': weight2,
      },
      uniforms: { rows: 128 },
      tables: { x },
    });
    const z = results.get('z')!;
    for (let row = 0; row < 128; row++) {
      const h = [0, 1, 2].map((j) =>
        Math.tanh(x[2 * row]! * weight1[j]! + x[2 * row + 1]! * weight1[3 + j]! + bias[j]!),
      );
      for (const i of [0, 1]) {
        const wanted = h.reduce((sum, value, j) => sum + value * weight2[2 * j + i]!, 0);
        expect(z[2 * row + i]).toBeCloseTo(wanted, 12);
        expect(results.get('twice')![2 * row + i]).toBeCloseTo(2 * wanted, 12);
      }
    }
  });

  test('a frozen net leaves nothing out where another is trained; that one does, with a function of the run too', () => {
    const run = (rate: number) => `data points { x : real[2]  source npy("x.npy") }
function thinned(h) = h |> dropout(${rate})
net feature(x) = x |> tanh |> dropout(${rate})
`;
    const trained = (net: string, rate: number) => {
      const text = `use run "runs/features"\nparam shift : real = 1\nnet own(h) = ${net}
train { data points  minimize mean_square(own(feature(x)) - shift)  optimizer sgd(lr: 1)  batch 8  steps 1 }`;
      const spec = elaborateText(text, { 'features.vae': run(rate) });
      const uniforms = { step: 3, seed: 7, rows: 8 };
      const { function: step } = spec.programs.programs.find(({ kind }) => kind === 'train')!;
      return [...run64(step, spec, { parameters: { shift: [1] }, uniforms, tables: { x: someNumbers(16, 5) } })];
    };
    expect(trained('2 * h', 0.5)).toEqual(trained('2 * h', 0));
    expect(trained('thinned(h)', 0.5)).not.toEqual(trained('thinned(h)', 0));
  });

  test('a hyper that is a schedule has the value that the run ended with', () => {
    const spec = elaborateText(`use run "runs/vae"\nsample at { return mean p(x | z = [1, 2]) }`, files);
    // 100 steps of the warm-up's 200: half of 4.
    expect([...sample64(spec, 'at').values]).toEqual([2, 4]);
  });

  test('the explanation says what is frozen, and from where', () => {
    const { compiled } = compile({ entry: 'test.vae', host: testSources({ ...files, 'test.vae': head + train }) });
    const { lines } = compiled!.explanation;
    expect(lines).toContain('derive.coded: z, twice of coded, once before training, 128 rows at a time');
    expect(lines).toContain('15 frozen parameters, of the run "runs/vae"');
    expect([...compiled!.runs]).toEqual([['vae', 'runs/vae']]);
  });

  test('other weights are another spec', () => {
    const hashOf = (checkpoint: string) => {
      const host = testSources({ ...files, 'test.vae': head + train });
      const run = (folder: string) => ({ ...host.run!(folder), checkpoint });
      return compile({ entry: 'test.vae', host: { ...host, run } }).compiled!.plan.spec.hash;
    };
    expect(hashOf('one')).toBe(hashOf('one'));
    expect(hashOf('one')).not.toBe(hashOf('other'));
  });

  test('names of the spec hide those of the run, with a note; its hypers are not to be set', () => {
    expect(codes(head + train)).toEqual([`shadowed-import: 'hidden' replaces the one from the run "runs/vae"`]);
    expect(codes(`use run "runs/vae"\nuse run "runs/vae"\nsample s { z ~ p(z)  return z }`)).toEqual([]);
    expect(codes('use run "runs/vae"\nsample s { z ~ p(z)  return z }', { scale: '2' })).toEqual([
      `unknown-hyper: --set: the spec has no hyper 'scale' to set: it is the run 'vae' that has one, which is done`,
    ]);
  });

  test('two runs of one name are told apart by nobody', () => {
    expect(codes(`use run "runs/vae"\nuse run "old/vae"\nsample s { z ~ p(z)  return z }`)).toEqual([
      `unusable-run: cannot use the run "old/vae": "runs/vae" is called 'vae' too; rename one of the two folders`,
    ]);
  });

  test('a set of the run that a set of the spec hides keeps a name of its own', () => {
    const text = `use run "runs/vae"
data points { x : real[3]  source npy("y.npy") }
data more = halves where twice < 1
net f(x) = dense(x, 3)
train { data points  minimize mean_square(f(x))  optimizer sgd(lr: 1)  batch 4  epochs 1 }
`;
    const run = vae + 'data halves = points { twice = sum(x) }\n';
    const { programs } = elaborateText(text, { 'vae.vae': run });
    expect(programs.data.map(({ name, from }) => [name, from])).toEqual([
      ['points', []],
      ['vae:points', []],
      ['halves', ['vae:points']],
      ['more', ['halves']],
    ]);
  });

  test('a run of a run brings both, each under its own name', () => {
    const latent = `use run "runs/vae"\nnet up(z) = dense(z, 2)\n`;
    const text = 'use run "runs/latent"\nsample s(n = 2) { z ~ p(z)  return up(encoder(z)) }';
    const { frozen } = elaborateText(text, { ...files, 'latent.vae': latent }).programs;
    expect(frozen!.runs.map(({ name }) => name)).toEqual(['latent', 'latent:vae']);
    expect(frozen!.tensors.map(({ path, run }) => [path, run])).toEqual([
      ['latent:vae:encoder.dense_1.weight', 'latent:vae'],
      ['latent:vae:encoder.dense_1.bias', 'latent:vae'],
      ['latent:vae:encoder.dense_2.weight', 'latent:vae'],
      ['latent:up.dense_1.weight', 'latent'],
      ['latent:up.dense_1.bias', 'latent'],
    ]);
  });
});

describe('a derived field', () => {
  test.each([
    ['data d = points { z = sum(x)  where z < 1 }', 'ask this of a set that derives from this one'],
    ['data d = points { x = 2 * x }', 'declared twice'],
    ['data d = points { z = [x * i for i in 0..2] }', 'one value a row'],
  ])('%s is refused', (text, message) => {
    expect(codes(`use run "runs/vae"\n${text}`).join()).toContain(message);
  });
});

describe('a sampler in a sample program', () => {
  const sampler = `function f(x: real[2], t) = x / 2
sample halved(f: function, n = 100, steps = 3) {
  carry x = [8, 16]
  for i in 1..steps { x = f(x, i) }
  return x
}
sample noisy(f: function, n = 100) { x ~ Normal(0, 1)  return f([x, x], 1) }
`;

  test('runs where it is called, as often as the caller draws', () => {
    const spec = elaborateText(`${sampler}sample s(n = 2) { z ~ halved(f, steps: 2)  return z + 1 }`);
    expect([...sample64(spec, 's').values]).toEqual([3, 5, 3, 5]);
  });

  test('draws by streams of its own', () => {
    const body = 'x ~ Normal(0, 1)  a ~ noisy(f)  b ~ noisy(f)  return [x, sum(a), sum(b)]';
    const spec = elaborateText(`${sampler}sample s(n = 50) { ${body} }`);
    const { values } = sample64(spec, 's');
    expect(new Set(values).size).toBe(150);
  });

  test.each([
    ['z ~ halved(f, n: 3)', "'n' in a call"],
    ['z ~ halved()', "needs 'f'"],
  ])('%s is refused', (call, message) => {
    expect(codes(`${sampler}sample s(n = 2) { ${call}  return z }`).join()).toContain(message);
  });

  test.each([
    ['a', 'sample a(f: net, n = 2) { z ~ a(f)  return z }'],
    ['b', 'sample a(f: net, n = 2) { z ~ b(f)  return z }\nsample b(f: net, n = 2) = a(f)'],
    ['a', 'sample a(f: net, n = 2) { z ~ b(f)  return z }\nsample b(f: net, n = 2) { z ~ a(f)  return z }'],
  ])("'%s' that calls itself is refused: %s", (name, text) => {
    const net = 'net g(x) = dense(x, 1)\n';
    const found = codes(`${text}\n${net}sample s(n = 2) { z ~ a(g)  return z }`);
    expect(found.join()).toContain(`recursive-call: '${name}' calls itself`);
  });
});
