/** `--profile`: a table for people, lines for programs, a trace in a file; on the processor, which every machine has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/folder.ts';
import { vaec } from './recorder.ts';

const cpu = ['--device', 'cpu', '--threads', '2'] as const;
const spans = (file: string) => {
  const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: { ph: string; name: string }[] };
  return traceEvents.filter(({ ph }) => ph === 'X').map(({ name }) => name);
};

test('--profile times what a command runs', { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const run = join(folder, 'run');

  // Some seconds of training: the first are left to the warm-up.
  const train = await vaec('train', 'specs/vae/mixture.vae', ...cpu, '--out', run, '--epochs', '50', '--profile');
  expect(train.code, train.err).toBe(0);
  expect(train.out).toMatch(/^train.*, each kernel timed alone\nkernel .* ms .*\n(.*\n)+all .*100\.0 %/m);
  expect(spans(join(run, 'trace.train.json'))).toEqual(expect.arrayContaining(['submit', 'adam_update']));

  const evaluated = await vaec('eval', run, ...cpu, '--profile');
  expect(evaluated.code, evaluated.err).toBe(0);
  expect(evaluated.out).toMatch(
    /^evaluate.*, the mean of \d+ runs, each kernel timed alone\nkernel .* ms .*\n(.*\n)+all .*100\.0 %/m,
  );
  expect(evaluated.out).toMatch(/^the device's peak: \d.* GFLOP\/s of multiply-adds in registers, \d.* GB\/s/m);
  expect(evaluated.err).toContain(`${join(run, 'trace.evaluate.json')}: the trace`);
  expect(spans(join(run, 'trace.evaluate.json'))).toEqual(expect.arrayContaining(['upload', 'submit', 'read back']));

  const trace = join(folder, 'mine.json');
  const sampled = await vaec('sample', run, 'prior', ...cpu, '--json', '--profile', trace);
  expect(sampled.code, sampled.err).toBe(0);
  const lines = sampled.out.trim().split('\n').map((line) => JSON.parse(line) as { kind: string }); // prettier-ignore
  const profile = lines.find(({ kind }) => kind === 'profile') as unknown as {
    readonly kernels: readonly { readonly kernel: string; readonly milliseconds: number }[];
  };
  expect(profile).toMatchObject({
    program: 'sample.prior',
    runs: 1,
    trace,
    ceiling: { gigaflops: expect.any(Number) as number },
  });
  for (const { kernel, milliseconds } of profile.kernels) {
    expect(milliseconds).toBeGreaterThan(0);
    expect(spans(trace)).toContain(kernel);
  }
});
