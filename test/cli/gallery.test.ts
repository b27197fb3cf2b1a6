/** Every spec of the gallery checks, is laid out as fmt does, trains as it stands and draws its samples. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileSpec } from '../../cli/specs.ts';
import { openModel } from '../../runtime/open-model.ts';
import { sharedData, sharedPath } from '../shared-data.ts';
import { openTestDevice } from '../support/device.ts';
import { openTestProcessor } from '../support/targets.ts';
import { record, vaec } from './recorder.ts';

const adapter = await openTestDevice();
const processor = openTestProcessor();
const folder = fileURLToPath(new URL('../../specs/vae/', import.meta.url));
const specs = readdirSync(folder).filter((name) => name.endsWith('.vae'));
const hasMnist = sharedPath('mnist') !== undefined;
const needsMnist = (spec: string) => !['mixture.vae', 'mixed_items.vae', 'sprites.vae'].includes(spec);

test('the gallery holds the family', () => {
  expect(specs).toEqual([
    'categorical_decoder.vae',
    'conv_mnist.vae',
    'gaussian_decoder.vae',
    'mixed_items.vae',
    'mixture.vae',
    'mnist.vae',
    'mnist_annealed.vae',
    'mnist_grey.vae',
    'mnist_iwae.vae',
    'mnist_rounded.vae',
    'mnist_stl.vae',
    'sprites.vae',
  ]);
});

test.each(specs)('%s checks, and only grey values under a Bernoulli are remarked on', async (spec) => {
  const { code, out } = await vaec('check', '--json', join(folder, spec));
  expect(code).toBe(0);
  const isGrey = ['mnist_annealed.vae', 'mnist_grey.vae'].includes(spec);
  expect(out).toMatch(isGrey ? /^\{"severity":"warning","code":"grey-bernoulli"[^\n]*\n$/ : /^$/);
});

test('the gallery and the library are laid out as fmt does', async () => {
  const library = fileURLToPath(new URL('../../compiler/std/', import.meta.url));
  expect(await vaec('fmt', '--check', folder, library)).toEqual({ code: 0, out: '', err: '' });
});

const runs = specs.flatMap((spec) => (['webgpu', 'cpu'] as const).map((target) => ({ spec, target })));

test.for(runs)('$spec trains on $target as it stands, and draws', { timeout: 240_000 }, async (run, { skip }) => {
  const { spec, target } = run;
  const device = target === 'cpu' ? processor : adapter;
  if (device === undefined || (needsMnist(spec) && !hasMnist)) return skip();
  const { profile } = device.report;
  const { plan, kernels, modules } = compileSpec(join(folder, spec), { profile, quiet: true }, record().terminal);
  const model = await openModel({
    plan,
    sources: kernels,
    ...(modules && { modules }),
    device,
    data: { folder: sharedData },
  });
  try {
    const objectives: number[] = [];
    const onEvent = (event: { kind: string; objective?: number }) => {
      if (event.kind === 'progress') objectives.push(event.objective!);
    };
    const outcome = await model.train({ steps: 12, onEvent });
    expect(outcome).toMatchObject({ step: 12, finished: true });
    expect(objectives.length).toBeGreaterThan(1);
    // Twelve steps of Adam are enough for every spec here to leave its start behind.
    expect(objectives.at(-1)!).toBeGreaterThan(objectives[0]!);
    for (const name of model.programs('sample')) {
      const { values } = await model.sample(name);
      expect(values.every(Number.isFinite), name).toBe(true);
      expect(new Set(values).size, name).toBeGreaterThan(1);
    }
  } finally {
    model.close();
  }
});
