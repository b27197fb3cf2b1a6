/** Where a run finds its data: from any folder, and also when it and they have been moved together. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { encodeNpy } from '../../runtime/formats/npy.ts';
import type { RunRecord } from '../../runtime/run/record.ts';
import { vaec } from './recorder.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const started = process.cwd();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vaec-data-of-run-')));
afterEach(() => process.chdir(started));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...parts: string[]) => join(folder, ...parts);

/** Reads one file below --data, and one beside the spec. */
const spec = `param mean : real[2] = 0
model p { x ~ Normal(mean, 1) }
data d { x : real[2]  source npy("x.npy") }
data beside { x : real[2]  source npy("beside.npy") }
train { data d  maximize log p(x)  optimizer sgd(lr: 0.1)  batch 4  epochs 1 }
evaluate { data beside  report log p(x) }
sample draws(n = 4) { x ~ p(x)  return x }
`;
const on = ['--device', 'cpu', '--threads', '1'];
const recordOf = (run: string) => JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunRecord;

beforeAll(async () => {
  const rows = encodeNpy(
    [8, 2],
    Float32Array.from({ length: 16 }, (_, i) => i / 16),
  );
  for (const each of ['home/specs', 'home/data', 'other']) mkdirSync(at(each), { recursive: true });
  writeFileSync(at('home/specs/points.vae'), spec);
  writeFileSync(at('home/specs/beside.npy'), rows);
  writeFileSync(at('home/data/x.npy'), rows);
  process.chdir(at('home'));
  const { code, err } = await vaec('train', 'specs/points.vae', '--data', 'data', '--out', 'runs/points', ...on);
  process.chdir(started);
  expect(code, err).toBe(0);
});

test('run.json names its folders relative to the run', () => {
  const { data, spec } = recordOf(at('home/runs/points'));
  expect([data, spec.folder]).toEqual(['../../data', '../../specs']);
});

test.each([
  ['other', '../home/runs/points'],
  ['home/runs/points', '.'],
])('from %s its data are found, by eval and by sample', async (from, run) => {
  process.chdir(at(from));
  const evaluated = await vaec('eval', run, ...on);
  expect(evaluated.code, evaluated.err).toBe(0);
  expect(evaluated.out).toContain('beside, 8 rows');
  const drawn = await vaec('sample', run, ...on);
  expect(drawn.code, drawn.err).toBe(0);
  expect(drawn.err).not.toContain('stand alone');
});

test('it goes on from another folder, by itself and with the same folder named from there', async () => {
  process.chdir(at('other'));
  const run = '../home/runs/points';
  const before = recordOf(run);
  const resume = ['train', '../home/specs/points.vae', '--out', run, '--resume', ...on];
  expect(await vaec(...resume, '--epochs', '2')).toMatchObject({ code: 0 });
  expect(await vaec(...resume, '--epochs', '3', '--data', '../home/data')).toMatchObject({ code: 0 });
  expect(recordOf(run)).toEqual({ ...before, steps: 6 });
});

test('moved with its data it finds them; moved alone it says where it looked, and takes and keeps --data', async () => {
  cpSync(at('home'), at('moved'), { recursive: true });
  rmSync(at('moved/runs/points/samples'), { recursive: true, force: true });
  renameSync(at('home'), at('away'));
  try {
    expect(await vaec('eval', at('moved/runs/points'), ...on)).toMatchObject({ code: 0 });
    renameSync(at('moved/runs/points'), at('alone'));
    const drawn = await vaec('sample', at('alone'), ...on);
    expect(drawn.code).toBe(0);
    expect(drawn.err.replaceAll(/\s+/g, ' ')).toContain('the draws stand alone, because the data cannot be read');
    const lost = await vaec('eval', at('alone'), ...on);
    expect(lost.code).toBe(1);
    expect(lost.err).toContain('name the folder that holds it with --data DIR');
    const data = at('moved/data');
    const specs = at('moved/specs/points.vae');
    const resume = ['train', specs, '--out', at('alone'), '--resume', '--data', data, '--epochs', '4', ...on];
    expect(await vaec(...resume)).toMatchObject({ code: 0 });
    expect(recordOf(at('alone')).data).toBe('../moved/data');
  } finally {
    renameSync(at('away'), at('home'));
  }
});

test('a run and data that are reached by links are found too', async () => {
  mkdirSync(at('deep/in/disk'), { recursive: true });
  mkdirSync(at('linked'));
  symlinkSync(at('deep/in/disk'), at('linked/runs'));
  symlinkSync(at('home/data'), at('linked/data'));
  process.chdir(at('linked'));
  const specs = at('home/specs/points.vae');
  expect(await vaec('train', specs, '--data', 'data', '--out', 'runs/points', ...on)).toMatchObject({ code: 0 });
  expect(recordOf('runs/points').data).toBe('../../../../linked/data');
  process.chdir(folder);
  for (const run of ['linked/runs/points', 'deep/in/disk/points']) {
    const drawn = await vaec('sample', run, ...on);
    expect(drawn).toMatchObject({ code: 0, err: expect.not.stringContaining('stand alone') as string });
  }
});
