/** A run used by another spec, from the command line, on either target; and every folder that cannot be used. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { CpuDevice } from '../../runtime/cpu/device.ts';
import { openModel, readCompiled } from '../../runtime/index.ts';
import { readNpy } from '../../runtime/formats/npy.ts';
import { decodeSafetensors } from '../../runtime/formats/safetensors.ts';
import { openTestDevice } from '../support/device.ts';
import { vaec } from './recorder.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const hasDevice = (await openTestDevice()) !== undefined;
const folder = mkdtempSync(join(tmpdir(), 'vaec-use-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const vae = `use "std/objectives"
hyper hidden = 8
data mixture {
  x : real[2]
  source gaussian_mixture(n: 600, seed: 1, centers: [[2, 2], [-2, 0]], stds: [0.3, 0.4])
  split train: 0.8, test: 0.2
}
net encoder(x) = x |> dense(hidden, silu) |> dense(2)
net decoder(z) = z |> dense(hidden, silu) |> dense(2)
model p { z ~ Normal(0, 1)[2]  x ~ Normal(decoder(z), 0.5) }
guide q(x) { z ~ Normal(encoder(x), 0.2) }
train { data mixture.train  maximize elbo(p, q)  optimizer adam(lr: 1e-2)  batch 50  epochs 2  ema 0.9 }
sample prior(n = 5) { z ~ p(z)  x ~ p(x | z)  return x }
`;
const latent = `use run "runs/vae"
use "std/diffusion"
data latents = mixture { z = mean q(z | x) }
schedule noise = linear(5, beta: 0.1 -> 0.5)
net eps(x: real[2], t: step(5)) = concat(x, sinusoidal(t, 4)) |> dense(8, silu) |> dense(2)
objective denoise = E[t ~ Uniform(1..noise.T), e ~ Normal(0, 1) like z](
  mean_square(e - eps(sqrt(noise.abar[t]) * z + noise.sigma[t] * e, t)))
train { data latents.train  minimize denoise  optimizer adam(lr: 1e-2)  batch 50  epochs 2 }
evaluate { data latents.test  report denoise }
sample decoded(n = 6) { z ~ ancestral(eps, noise, variance: noise.beta)  return mean p(x | z) }
sample coded(a: latents.test) { return a.z }
`;
const at = (...parts: string[]) => join(folder, ...parts);
const final = (run: string) => readFileSync(join(run, 'checkpoints', 'final.safetensors'));
const tensorsOf = (run: string) => decodeSafetensors(final(run), run).tensors;

beforeAll(async () => {
  writeFileSync(at('vae.vae'), vae);
  writeFileSync(at('latent.vae'), latent);
  const { code } = await vaec('train', at('vae.vae'), '--out', at('runs/vae'), '--device', 'cpu', '--set', 'hidden=6');
  expect(code).toBe(0);
});

describe.each(['webgpu', 'cpu'])('on %s', (device) => {
  const test = it.skipIf(device === 'webgpu' && !hasDevice);
  const on = ['--device', device];
  const run = at(`latent-${device}`);

  test('a spec is trained over what a frozen net makes of the data', async () => {
    const { code, err } = await vaec('train', at('latent.vae'), '--out', run, ...on);
    expect([code, err.includes('error')]).toEqual([0, false]);
    // Its own parameters alone, and the optimizer's slots for them.
    const own = [...tensorsOf(run).keys()].filter((path) => !path.includes('/'));
    expect(own).toEqual(['eps.dense_1.bias', 'eps.dense_1.weight', 'eps.dense_2.bias', 'eps.dense_2.weight']);
  });

  test('the derived field holds the code of its row, by the averaged weights', async () => {
    const drawn = async (name: string, ...more: string[]) => {
      const file = at(`${name}-${device}.npy`);
      expect((await vaec('sample', run, name, ...on, '--out', file, ...more)).code).toBe(0);
      return (await readNpy(file)).data as Float32Array;
    };
    const code = await drawn('coded', '--seed', '3');
    const weights = tensorsOf(at('runs/vae'));
    const { plan, sources, modules } = await compiled();
    const cpu = new CpuDevice({ threads: 1 });
    const sets = await openModel({ plan, sources, modules: modules!, device: cpu, frozen: (await compiled()).frozen! });
    const test = (await sets.data()).get('latents')!.splits.get('test')!;
    sets.close();
    cpu.close();
    const [x, z] = ['x', 'z'].map((name) => test.fields.get(name)!.values);
    const read = (path: string) => weights.get(`ema/encoder.${path}`)!.data;
    const coded = (row: number) => {
      const h = Array.from({ length: 6 }, (_, j) => {
        const a = x![2 * row]! * read('dense_1.weight')[j]! + x![2 * row + 1]! * read('dense_1.weight')[6 + j]!;
        const b = a + read('dense_1.bias')[j]!;
        return b / (1 + Math.exp(-b));
      });
      return [0, 1].map((i) =>
        h.reduce((sum, v, j) => sum + v * read('dense_2.weight')[2 * j + i]!, read('dense_2.bias')[i]!),
      );
    };
    // Sums of a few products near 1 in f32.
    for (let row = 0; row < test.rows; row++) {
      coded(row).forEach((value, i) => expect(Math.abs(z![2 * row + i]! - value)).toBeLessThan(1e-5));
    }
    const chosen = Array.from({ length: test.rows }, (_, row) => row).some(
      (row) => Math.abs(z![2 * row]! - code[0]!) + Math.abs(z![2 * row + 1]! - code[1]!) < 1e-5,
    );
    expect(chosen).toBe(true);
    expect(await drawn('decoded')).toHaveLength(12);
  });

  test('the run is whole by itself: without the one it used it is evaluated, drawn from, and goes on', async () => {
    const copy = at(`whole-${device}`);
    cpSync(run, copy, { recursive: true });
    renameSync(at('runs/vae'), at('away'));
    try {
      const evaluation = await vaec('eval', copy, ...on, '--json');
      expect(evaluation).toMatchObject({ code: 0 });
      const file = at(`copied-${device}.npy`);
      expect((await vaec('sample', copy, 'decoded', ...on, '--out', file)).code).toBe(0);
      const before = (await readNpy(at(`decoded-${device}.npy`))).data;
      expect((await readNpy(file)).data).toEqual(before);
      const resumed = await vaec('train', at('latent.vae'), '--out', copy, '--resume', '--epochs', '3', ...on);
      expect([resumed.code, resumed.err.includes('error')]).toEqual([0, false]);
    } finally {
      renameSync(at('away'), at('runs/vae'));
    }
    const whole = at(`three-${device}`);
    expect((await vaec('train', at('latent.vae'), '--out', whole, '--epochs', '3', ...on)).code).toBe(0);
    expect(final(copy).equals(final(whole))).toBe(true);
  });
});

/** `vaec compile` of the latent spec, once. */
let build: ReturnType<typeof readCompiled> | undefined;
function compiled(): ReturnType<typeof readCompiled> {
  return (build ??= vaec('compile', at('latent.vae'), '--target', 'cpu', '--out', at('build')).then(({ code }) => {
    expect(code).toBe(0);
    return readCompiled(at('build'));
  }));
}

test('a build holds the frozen parameters; other ones are refused', async () => {
  const { frozen, ...kernels } = await compiled();
  const device = new CpuDevice({ threads: 1 });
  await expect(openModel({ ...kernels, device })).rejects.toThrow('whose parameters were not handed in');
  const other = { ...frozen!, runs: [{ name: 'vae', checkpoint: 'another' }] };
  await expect(openModel({ ...kernels, device, frozen: other })).rejects.toThrow('are of another training');
  device.close();
});

test('a run goes on with the weights it was begun with, also where the run has been trained again', async () => {
  const run = at('again');
  const on = ['--device', 'cpu'];
  expect((await vaec('train', at('latent.vae'), '--out', run, ...on, '--epochs', '1')).code).toBe(0);
  cpSync(at('runs/vae'), at('first'), { recursive: true });
  const more = await vaec('train', at('vae.vae'), '--out', at('runs/vae'), '--resume', '--epochs', '3', ...on);
  expect(more.code).toBe(0);
  const resumed = await vaec('train', at('latent.vae'), '--out', run, '--resume', '--epochs', '2', ...on);
  rmSync(at('runs/vae'), { recursive: true });
  renameSync(at('first'), at('runs/vae'));
  expect([resumed.code, resumed.err.includes('error')]).toEqual([0, false]);
  expect(final(run).equals(final(at('latent-cpu')))).toBe(true);
  // Put there by hand, they are no longer those.
  writeFileSync(join(run, 'runs/vae/checkpoints/final.safetensors'), final(at('latent-cpu')));
  const changed = await vaec('eval', run, ...on);
  expect(changed).toMatchObject({ code: 1 });
  expect(changed.err).toContain('is a checkpoint of another spec');
});

describe('a spec that uses another run now', () => {
  const resume = async (use: string) => {
    const run = at('of-vae');
    rmSync(run, { recursive: true, force: true });
    cpSync(at('latent-cpu'), run, { recursive: true });
    writeFileSync(at('moved/latent.vae'), latent.replace('"runs/vae"', `"${use}"`));
    const { code, err } = await vaec('train', at('moved/latent.vae'), '--out', run, '--resume', '--device', 'cpu');
    expect(code).toBe(1);
    expect(final(run).equals(final(at('latent-cpu')))).toBe(true);
    return err.replaceAll(/\s+/g, ' ');
  };
  beforeAll(() => cpSync(at('runs/vae'), at('moved/runs/other'), { recursive: true }));

  test('is told to be another, where there is that run', async () => {
    expect(await resume('runs/other')).toContain('/of-vae" is a run of another spec');
  });

  test('is told where it is not', async () => {
    expect(await resume('runs/none')).toContain(`there is no folder "${at('moved/runs/none')}"`);
  });
});

test('a run named with a slash at its end is kept whole too', async () => {
  writeFileSync(at('slash.vae'), latent.replace('"runs/vae"', '"runs/vae/"'));
  const run = at('slash');
  expect((await vaec('train', at('slash.vae'), '--out', run, '--device', 'cpu', '--epochs', '1')).code).toBe(0);
  expect((await vaec('eval', run, '--device', 'cpu')).code).toBe(0);
});

test('draws come with the data they should look like, and schedules are drawn', async () => {
  const sampled = await vaec('sample', at('latent-cpu'), 'decoded', '--device', 'cpu');
  expect(sampled.out).toBe(`${at('latent-cpu/samples/decoded.svg')}: 6 draws of decoded\n`);
  const svg = readFileSync(at('latent-cpu/samples/decoded.svg'), 'utf8');
  // Six of each: the first rows of the training set, grey, and the draws.
  const dots = [...svg.matchAll(/<path d="((?:M[\d. -]+h0)+)" stroke="(#\w+)"/g)];
  expect(dots.map(([, d, colour]) => [colour, d!.split('M').length - 1])).toEqual([
    ['#b8b8b8', 6],
    ['#0072b2', 6],
  ]);
  // A code has no field of its name to stand beside: z is computed, but what is returned is a member of a row.
  const coded = await vaec('sample', at('latent-cpu'), 'coded', '--device', 'cpu');
  expect(coded.code).toBe(0);
  expect(readFileSync(at('latent-cpu/samples/coded.svg'), 'utf8')).not.toContain('#b8b8b8');
  const explained = await vaec('explain', at('latent.vae'), '--pictures', at('pictures'));
  expect(explained.code).toBe(0);
  expect(explained.out).toContain(`of the run "${at('runs/vae')}"`);
  const curves = readFileSync(at('pictures/noise.svg'), 'utf8');
  for (const table of ['beta', 'alpha', 'abar', 'sigma', 'posterior_variance']) expect(curves).toContain(`>${table}<`);
});

describe('a folder that is no finished run', () => {
  const useOf = async (change: (run: string) => void) => {
    rmSync(at('bad'), { recursive: true, force: true });
    cpSync(at('runs/vae'), at('bad'), { recursive: true });
    change(at('bad'));
    writeFileSync(at('bad.vae'), latent.replace('runs/vae', 'bad'));
    return vaec('check', at('bad.vae'));
  };
  const edit = (file: string, from: RegExp, to: string) => (run: string) => {
    const text = readFileSync(join(run, file), 'utf8');
    expect(text).toMatch(from);
    writeFileSync(join(run, file), text.replace(from, to));
  };

  test.each([
    ['missing', (run: string) => rmSync(run, { recursive: true }), 'train it first, with --out'],
    ['foreign', (run: string) => rmSync(join(run, 'run.json')), 'is not a run folder'],
    ['damaged', (run: string) => writeFileSync(join(run, 'run.json'), '{'), 'run.json" is not a JSON object'],
    ['of nothing', (run: string) => writeFileSync(join(run, 'run.json'), 'null'), 'run.json" is not a JSON object'],
    ['of damaged hypers', (run: string) => writeFileSync(join(run, 'hypers.json'), '{'), 'hypers.json" is not a JSON'],
    ['of other hypers', (run: string) => writeFileSync(join(run, 'hypers.json'), '[6]'), 'hypers.json" is not a JSON'],
    ['without hypers', (run: string) => rmSync(join(run, 'hypers.json')), 'hypers.json" is missing'],
    ['newer', edit('run.json', /"version": 1/, '"version": 9'), 'is a run of format 9'],
    ['unfinished', (run: string) => rmSync(join(run, 'checkpoints'), { recursive: true }), 'to its end; go on with'],
    ['to be longer', edit('run.json', /"steps": \d+/, '"steps": 5000'), 'to its end; go on with'],
    ['without a spec', edit('run.json', /,\s*"entry": "vae.vae"/, ''), 'holds no spec'],
  ])('%s: %s', async (_, change, message) => {
    const { code, err } = await useOf(change);
    expect(code).toBe(1);
    expect(err).toContain('error[unusable-run]');
    expect(err.replaceAll(/\s+/g, ' ')).toContain(message);
  });

  test('a run whose hypers are damaged does not go on', async () => {
    const run = at('damaged');
    cpSync(at('runs/vae'), run, { recursive: true });
    writeFileSync(join(run, 'hypers.json'), '{');
    const { code, err } = await vaec('train', at('vae.vae'), '--out', run, '--resume', '--device', 'cpu');
    expect(code).toBe(1);
    expect(err.replaceAll(/\s+/g, ' ')).toContain('hypers.json" is not a JSON object: it was changed by hand');
  });

  test('nothing is begun where it is asked for', async () => {
    mkdirSync(at('empty'), { recursive: true });
    writeFileSync(at('bad.vae'), latent.replace('runs/vae', 'empty'));
    expect((await vaec('train', at('bad.vae'), '--out', at('never'), '--device', 'cpu')).code).toBe(1);
    expect(existsSync(at('never'))).toBe(false);
  });
});
