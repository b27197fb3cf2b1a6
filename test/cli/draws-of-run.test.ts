/** A spec trained on what another run has drawn, from the command line: where the draws are looked for, and asked for. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readNpy } from '../../runtime/formats/npy.ts';
import { vaec } from './recorder.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'vaec-draws-of-run-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...parts: string[]) => join(folder, ...parts);

/** Its draws are one number each, near 3. */
const teacher = `param mean : real[1] = 3
model p { x ~ Normal(mean, 0.01) }
data d { x : real[1]  source gaussian_mixture(n: 8, seed: 1, centers: [[3]], stds: [0.01]) }
train { data d  maximize log p(x)  optimizer sgd(lr: 0)  batch 8  epochs 1 }
sample draws(n = 6) { x ~ p(x)  return x }
`;
/** Learns the mean of the draws: one step of sgd on half their mean square, at rate 1, ends there. */
const pupil = `use "lib/sets"
param mean : real[1] = 0
train { data drawn  minimize 0.5 * mean_square(x - mean)  optimizer sgd(lr: 1)  batch 6  epochs 1 }
evaluate { data drawn  report mean_square(x - mean) }
`;
const sets = 'data drawn { x : real[1]  source run("../runs/teacher", x: "draws").samples }\n';
const on = ['--device', 'cpu'];

beforeAll(async () => {
  mkdirSync(at('lib'));
  for (const [name, text] of Object.entries({ teacher, pupil, 'lib/sets': sets }))
    writeFileSync(at(`${name}.vae`), text);
  expect((await vaec('train', at('teacher.vae'), '--out', at('runs/teacher'), ...on)).code).toBe(0);
});

test('draws that are missing are asked for; then the spec is trained on them, and its run evaluated', async () => {
  const [run, draws] = [at('runs/pupil'), at('runs/teacher/samples/draws.npy')];
  const missing = await vaec('train', at('pupil.vae'), '--out', run, ...on);
  expect(missing.code).toBe(1);
  const command = ['sample', at('runs/teacher'), 'draws', '--out', draws];
  expect(missing.err.replaceAll(/\s+/g, ' ')).toContain(`draw it with "vaec ${command.join(' ')}"`);

  const drawn = await vaec(...command, ...on);
  expect(drawn.code).toBe(0);
  const trained = await vaec('train', at('pupil.vae'), '--out', run, ...on);
  expect([trained.code, trained.err.includes('error')]).toEqual([0, false]);
  const evaluated = await vaec('eval', run, '--json', ...on);
  expect(evaluated.code).toBe(0);
  const numbers = [...((await readNpy(draws)).data as Float32Array)];
  const meanOf = (all: readonly number[]) => all.reduce((sum, x) => sum + x, 0) / all.length;
  const mean = meanOf(numbers);
  const variance = meanOf(numbers.map((x) => (x - mean) ** 2));
  // The mean of single numbers is printed, with its standard error from the unbiased variance.
  const [, printed, printedError] = /6 draws of draws, mean (\S+) ± (\S+)\n/.exec(drawn.out)!;
  const standardError = Math.sqrt(variance / 5);
  // Two digits of the error, so each is off by half of the second at most.
  expect(Math.abs(Number(printed) - mean)).toBeLessThan(0.051 * standardError);
  expect(printedError).toBe(standardError.toPrecision(2));
  const told = await vaec(...command, ...on, '--json');
  const sampled = JSON.parse(told.out.trim().split('\n').at(-1)!) as { mean: { value: number } };
  expect(sampled.mean.value).toBeCloseTo(mean, 12);
  const report = JSON.parse(evaluated.out.trim().split('\n').at(-1)!) as { rows: number; value: number };
  expect(report.rows).toBe(6);
  // The mean is a sum of six numbers near 3 in f32, off by 1e-5 at most, which adds its square to the variance of 1e-5.
  expect(variance).toBeGreaterThan(1e-6);
  expect(Math.abs(report.value - variance)).toBeLessThan(2e-10);
});
