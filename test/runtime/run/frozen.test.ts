/** What a run takes from others: which weights it was begun with, and the vector that the kernels read. */
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FrozenLayout } from '../../../compiler/4-tensor/program.ts';
import { Hypers } from '../../../runtime/host/hypers.ts';
import { copyRun, decodeFrozen, encodeFrozen, frozenNumbers } from '../../../runtime/run/frozen.ts';
import { compareRuns, recordOf, type RunRecord } from '../../../runtime/run/record.ts';
import { tinyCompiled } from '../../support/tiny-plan.ts';
import { temporaryFolder } from '../folder.ts';

const runs = [{ name: 'vae', checkpoint: 'abc' }];
const weight = { path: 'vae:w', run: 'vae', parameter: 'w', shape: [2], offset: 64 };
const layout: FrozenLayout = { runs, tensors: [weight], length: 128 };
const given = { runs, tensors: new Map([['vae:w', { shape: [2], data: Float32Array.of(3, 4) }]]) };

describe('frozenNumbers', () => {
  test('puts each tensor at its place, zeros between', () => {
    const vector = frozenNumbers(layout, decodeFrozen(encodeFrozen(given), 'frozen.safetensors'));
    expect(vector).toHaveLength(128);
    expect([...vector.entries()].filter(([, value]) => value !== 0)).toEqual([
      [64, 3],
      [65, 4],
    ]);
  });

  test('refuses what is missing, and what has another shape', () => {
    const wide = { runs, tensors: new Map([['vae:w', { shape: [1, 2], data: Float32Array.of(3, 4) }]]) };
    expect(() => frozenNumbers(layout, wide)).toThrow('holds [1, 2] as "w", and its spec needs [2]');
    expect(() => frozenNumbers(layout, { runs, tensors: new Map() })).toThrow('holds nothing as "w"');
  });
});

test('a run does not go on with other weights of the run it uses', () => {
  const { plan } = tinyCompiled;
  const record = (checkpoint: string) => {
    const frozen = { ...layout, runs: [{ name: 'vae', checkpoint }] };
    const spec = { name: plan.spec.name, hash: checkpoint };
    const device = { target: 'cpu', profile: 'cpu', threads: 1, simd: 'plain', timed: false } as never;
    return recordOf(
      'out',
      { ...tinyCompiled, plan: { ...plan, spec, frozen } },
      device,
      { program: 'train', seed: 0, steps: 1 },
      undefined,
    );
  };
  const hypers = new Hypers(plan);
  const compare = (before: string, now: string) =>
    compareRuns('out', record(before), record(now), hypers.resolved(), hypers);
  expect(compare('abc', 'abc')).toEqual([]);
  expect(() => compare('abc', 'xyz')).toThrow('"out" was begun with other parameters of the run "vae"');
});

test.each(['', '/', '/./'])(
  'a copy of a run holds what makes it usable, also of a folder written with %j',
  async (end) => {
    const [from, to] = [temporaryFolder(), temporaryFolder()];
    const needed = ['checkpoints/final.safetensors', 'hypers.json', 'run.json', 'runs/old/run.json', 'spec/lib/a.vae'];
    for (const file of [...needed, 'metrics.jsonl', 'checkpoints/step-1.safetensors', 'runs/old/metrics.jsonl']) {
      mkdirSync(join(from, file, '..'), { recursive: true });
      writeFileSync(join(from, file), file);
    }
    const record = { format: 'vaec-run', version: 1, spec: { entry: 'a.vae', folder: '../specs' }, device: {} };
    for (const [run, data] of [
      ['.', '../data'],
      ['runs/old', '../../../other/data'],
    ] as const)
      writeFileSync(join(from, run, 'run.json'), JSON.stringify({ ...record, data }));
    await copyRun(from + end, to);
    const copied = readdirSync(to, { recursive: true, encoding: 'utf8' });
    expect(copied.filter((file) => /\.\w+$/.test(file)).sort()).toEqual(needed);
    // Wherever it lies, it finds the same data.
    const copy = join(to, 'deeper');
    await copyRun(from + end, copy);
    const foldersOf = (run: string) => {
      const { data, spec } = JSON.parse(readFileSync(join(copy, run, 'run.json'), 'utf8')) as RunRecord;
      return [data, spec.folder].map((folder) => resolve(realpathSync(join(copy, run)), folder!));
    };
    const beside = realpathSync(dirname(from));
    expect(foldersOf('.')).toEqual([join(beside, 'data'), join(beside, 'specs')]);
    expect(foldersOf('runs/old')).toEqual([join(beside, 'other/data'), join(realpathSync(from), 'runs/specs')]);
  },
);
