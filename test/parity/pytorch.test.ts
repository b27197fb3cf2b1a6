/**
 * Twenty training steps on the device beside PyTorch on the CPU: the same weights, batches and noise, the same objective
 * at every step. Rows and noise are pure functions of (seed, step, row), so they are computed from the spec's own nodes
 * in float64 and handed to PyTorch, which knows nothing of vaec.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { TrainProgram } from '../../compiler/4-tensor/program.ts';
import { loadDataSets } from '../../runtime/data/load.ts';
import { splitNamed } from '../../runtime/data/dataset.ts';
import { openModel } from '../../runtime/index.ts';
import { hasPython } from '../runtime/python.ts';
import { openTestDevice } from '../support/device.ts';
import { drawsOfSteps } from '../support/draws.ts';
import { elaborateText } from '../support/elaborated.ts';
import { testSources } from '../support/sources.ts';

const steps = 20;
const batch = 96;
const rows = 500;
const seed = 3;
const lr = 1e-3;

const spec = (objective: string): string => `use "std/objectives"
data sprites {
  x : unit[16, 16]
  source shapes(n: ${rows}, seed: 1, size: 16)
  binarize x at 0.5
}
net encoder(x) {
  h = x |> flatten |> dense(100, relu) |> dense(100, relu)
  return mu: dense(h, 10), logvar: dense(h, 10)
}
net decoder(z) = z |> dense(100, relu) |> dense(100, relu) |> dense(256) |> reshape(16, 16)
model p {
  z ~ Normal(0, 1)[10]
  x ~ Bernoulli(logits: decoder(z))
}
guide q(x) {
  mu, logvar = encoder(x)
  z ~ Normal(mu, exp(logvar / 2))
}
train { data sprites  maximize ${objective}  optimizer adam(lr: ${lr})  batch ${batch}  steps ${steps}  seed ${seed} }
`;

const device = await openTestDevice();
const torch = hasPython('torch');

describe.skipIf(device === undefined || !torch)('twenty steps beside PyTorch', () => {
  test.each([
    ['elbo', 'elbo(p, q)'],
    ['stl', 'stl(p, q)'],
    ['iwelbo', 'iwelbo(p, q, K: 5)'],
  ])('%s: every step within 1e-4', { timeout: 240_000 }, async (name, objective) => {
    const text = spec(objective);
    const program = elaborateText(text).programs.programs.find(({ kind }) => kind === 'train') as TrainProgram;
    const { index, noise } = drawsOfSteps(program, { steps, rows, seed });
    const { shape, values } = noise[0]!;
    const { compiled } = compile({
      entry: 'test.vae',
      host: testSources({ 'test.vae': text }),
      profile: device!.report.profile,
    });
    const sets = await loadDataSets(compiled!.plan.data, { folder: '.' });
    const pixels = splitNamed(sets, 'sprites').fields.get('x')!.values;
    const x = index.flatMap((found) => found.flatMap((row) => Array.from(pixels.subarray(row * 256, (row + 1) * 256))));
    const model = await openModel({ plan: compiled!.plan, sources: compiled!.kernels, sets, device: device! });
    const parameters = [...(await model.parameters())].map(([path, { data, shape: extents }]) => {
      return [path, { data: Array.from(data as Float32Array), shape: extents }];
    });
    const here: number[] = [];
    for (let step = 1; step <= steps; step++) {
      await model.train({
        steps: step,
        onEvent: (event) => event.kind === 'progress' && event.step === step && here.push(event.objective),
      });
    }
    model.close();
    const there = inPyTorch({
      objective: name,
      lr,
      parameters: Object.fromEntries(parameters) as object,
      x: { data: x, shape: [steps, batch, 256] },
      noise: { data: values.flat(), shape: [steps, ...shape] },
    });
    expect(here.length).toBe(steps);
    const worst = Math.max(...here.map((value, step) => Math.abs(value / there[step]! - 1)));
    expect(worst, `${here.join(' ')}\n${there.join(' ')}`).toBeLessThan(1e-4);
    // The loss must have moved: twenty steps that do nothing would agree too.
    expect(here.at(-1)! - here[0]!).toBeGreaterThan(10);
  });
});

function inPyTorch(given: object): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'vaec-parity-'));
  try {
    const file = join(folder, 'case.json');
    writeFileSync(file, JSON.stringify(given));
    const run = spawnSync('/usr/bin/python3', ['test/parity/parity.py', file], {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    if (run.status !== 0) throw new Error(run.stderr);
    return JSON.parse(run.stdout) as number[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
