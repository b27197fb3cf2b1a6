/** A run from the command line: trained, interrupted, resumed, evaluated, drawn from, on either target. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, test, vi } from 'vitest';
import { readNpy } from '../../runtime/formats/npy.ts';
import { openTestDevice } from '../support/device.ts';
import { vaec } from './recorder.ts';

// The first run on a machine compiles every kernel: the driver keeps them for the next time.
vi.setConfig({ testTimeout: 240_000 });

const hasDevice = (await openTestDevice()) !== undefined;
const folder = mkdtempSync(join(tmpdir(), 'vaec-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const spec = fileURLToPath(new URL('../../specs/vae/mixture.vae', import.meta.url));
const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const finalOf = (run: string) => readFileSync(join(run, 'checkpoints', 'final.safetensors'));

describe.each(['webgpu', 'cpu'])('on %s', (device) => {
  const test = it.skipIf(device === 'webgpu' && !hasDevice);
  const on = ['--device', device];
  const small = [...on, '--set', 'hidden=8', '--epochs', '4'];
  const whole = join(folder, `whole-${device}`);

  test('a spec is trained into a run folder, and --json prints nothing but JSON lines', async () => {
    const { code, out } = await vaec('train', spec, '--out', whole, ...small, '--json');
    expect(code).toBe(0);
    const events = jsonLines(out);
    expect(events[0]).toMatchObject({ kind: 'device', target: device });
    expect(events.slice(1, 5)).toMatchObject([
      { kind: 'warm-up', stage: 'data' },
      { kind: 'memory' },
      { kind: 'warm-up', stage: 'kernels' },
      { kind: 'begin', step: 0, steps: 160, resumed: false },
    ]);
    expect(events.at(-1)).toMatchObject({ kind: 'end', run: whole, step: 160, steps: 160, finished: true });
    expect(readdirSync(whole).sort()).toEqual(['checkpoints', 'hypers.json', 'metrics.jsonl', 'run.json', 'spec']);
    expect(readFileSync(join(whole, 'spec', 'mixture.vae'), 'utf8')).toBe(readFileSync(spec, 'utf8'));
    expect(existsSync(join(whole, 'spec', 'std', 'objectives.vae'))).toBe(true);
  });

  test('a folder that holds a run is not overwritten', async () => {
    const before = finalOf(whole);
    const { code, err } = await vaec('train', spec, '--out', whole, ...small);
    expect(code).toBe(1);
    expect(err).toContain('holds a run already');
    expect(finalOf(whole).equals(before)).toBe(true);
  });

  test('Ctrl-C keeps a checkpoint and exits with 130; --resume ends with the same bytes', async () => {
    const run = join(folder, `interrupted-${device}`);
    const child = spawn(process.execPath, ['--import', 'tsx', main, 'train', spec, '--out', run, ...small, '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('"progress"')) child.kill('SIGINT');
    }
    const code = child.exitCode ?? (await new Promise((resolve) => child.on('exit', resolve)));
    expect(code).toBe(130);
    expect(existsSync(join(run, 'checkpoints', 'final.safetensors'))).toBe(false);
    // The settings, the seed and the data folder are those that the run was begun with.
    const resumed = await vaec('train', spec, '--out', run, '--resume', ...on, '--json');
    expect(resumed.code).toBe(0);
    const [begin] = jsonLines(resumed.out).filter(({ kind }) => kind === 'begin');
    expect(begin).toMatchObject({ steps: 160, resumed: true });
    expect(finalOf(run).equals(finalOf(whole))).toBe(true);
  });

  test('a run is evaluated from its folder alone', async () => {
    const { code, out } = await vaec('eval', whole, ...on, '--json');
    expect(code).toBe(0);
    const reports = jsonLines(out);
    const elbo = reports.find(({ name }) => name === 'elbo') as unknown as { value: number; standardError: number };
    const iwelbo = reports.find(({ name }) => name === 'iwelbo') as unknown as { value: number };
    expect(elbo.value).toBeLessThan(iwelbo.value);
    expect(elbo.standardError).toBeGreaterThan(0);
    const table = await vaec('eval', whole, ...on);
    expect(table.out).toMatch(
      /^mixture\.test, 2000 rows, after 160 steps\n {2}elbo\(p, q\) +-\d+\.\d+ ± \d\.\d+ nats$/m,
    );
  });

  test('points are drawn as an SVG in the run folder, and as .npy where asked', async () => {
    const drawn = await vaec('sample', whole, ...on);
    expect(drawn.code).toBe(0);
    expect(readFileSync(join(whole, 'samples', 'prior.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\s*$/s);
    const file = join(folder, `few-${device}.npy`);
    expect((await vaec('sample', whole, ...on, 'prior', '--n', '5', '--out', file)).code).toBe(0);
    expect((await readNpy(file)).shape).toEqual([5, 2]);
    expect((await vaec('sample', whole, ...on, 'priors')).err).toContain('there is prior');
    expect((await vaec('sample', whole, ...on, '--out', join(folder, 'x.png'))).err).toContain('write .svg or .npy');
  });
});

test('a run keeps what fusion was left out of it, and says so where it goes on with other kernels', async () => {
  const run = join(folder, 'without');
  const small = ['--device', 'cpu', '--set', 'hidden=8'];
  const begun = await vaec('train', spec, '--out', run, ...small, '--epochs', '1', '--without', 'in-place,epilogues');
  expect(begun.code).toBe(0);
  const record = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as { plan: { without?: string[] } };
  expect(record.plan.without).toEqual(['epilogues', 'in-place']);
  const whole = join(folder, 'with-all');
  expect((await vaec('train', spec, '--out', whole, ...small, '--epochs', '1')).code).toBe(0);
  for (const command of ['eval', 'sample'] as const)
    expect(await kernelsOf(command, run)).toBeGreaterThan(await kernelsOf(command, whole));
  const same = await vaec('train', spec, '--out', run, '--resume', '--epochs', '2', '--device', 'cpu');
  expect(same).toMatchObject({ code: 0, err: expect.not.stringContaining('same bits') as string });
  const other = ['--resume', '--epochs', '3', '--device', 'cpu', '--without', 'prologues'];
  expect((await vaec('train', spec, '--out', run, ...other)).err).toContain(
    'the resumed run will not have the same bits: its kernels were compiled with fusion without epilogues, in-place, and ' +
      'these with fusion without prologues',
  );
});

/** How many kernels a command of a run takes. */
async function kernelsOf(command: 'eval' | 'sample', run: string): Promise<number> {
  const { code, out, err } = await vaec(
    command,
    run,
    '--device',
    'cpu',
    '--json',
    '--profile',
    join(run, 'trace.json'),
  );
  expect(code, err).toBe(0);
  const lines = out.trim().split('\n').map((line) => JSON.parse(line) as { kind: string; kernels: unknown[] }); // prettier-ignore
  return lines.find(({ kind }) => kind === 'profile')!.kernels.length;
}

test('a run keeps the memory that its steps were to take, and goes on with the same bits', async () => {
  const run = join(folder, 'memory');
  const train = ['train', spec, '--out', run, '--device', 'cpu', '--set', 'hidden=8'];
  const begun = await vaec(...train, '--epochs', '1', '--memory', '1KiB');
  expect(begun.code, begun.err).toBe(0);
  expect(begun.err).toMatch(/note: computed anew in the backward pass: \d+ contractions/);
  expect(begun.err).toMatch(/note: a step's buffers take .* at the least, more than the 1 KiB they were to take/);
  const same = await vaec(...train, '--resume', '--epochs', '2');
  expect(same).toMatchObject({ code: 0, err: expect.not.stringContaining('same bits') as string });
  expect((await vaec(...train, '--resume', '--epochs', '3', '--memory', '1GiB')).err).toContain(
    'the resumed run will not have the same bits: its steps were to take 1 KiB at most, and these what they need',
  );
});

test('what is no run is told', async () => {
  const { code, err } = await vaec('eval', join(folder, 'nowhere'));
  expect(code).toBe(1);
  expect(err).toContain('is not a run folder');
});

test.skipIf(!hasDevice)(
  'a run of one target is evaluated and goes on by the other, which says that the bits differ',
  async () => {
    const run = join(folder, 'both');
    const begun = await vaec('train', spec, '--out', run, '--device', 'cpu', '--set', 'hidden=8', '--epochs', '1');
    expect(begun.code).toBe(0);
    expect(begun.err).toMatch(/^computing on the processor: .*\n/);
    const valueOf = async (device: string) => {
      const { out } = await vaec('eval', run, '--device', device, '--json');
      return (jsonLines(out).find(({ name }) => name === 'elbo') as unknown as { value: number }).value;
    };
    // The same draws, and sums of f32 in another order.
    expect(await valueOf('webgpu')).toBeCloseTo(await valueOf('cpu'), 3);
    const resumed = await vaec('train', spec, '--out', run, '--resume', '--epochs', '2', '--device', 'webgpu');
    expect(resumed.code).toBe(0);
    expect(resumed.err).toMatch(/note: the resumed run will not have the same bits: it was begun on the processor/);
  },
);
