/** Contenders as the harness sees them: processes that answer, fail or say nothing, and always end. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Entry } from '../../bench/contenders/list.ts';
import { type Field, withField } from '../../bench/harness/contestants.ts';

const greeting = `console.log('{"kind":"ready","version":"1","device":"none","notes":[]}');`;

/** A contender that gives the same answer to every question. */
function answering(name: string, answer: object): Entry {
  const line = JSON.stringify(JSON.stringify(answer));
  const answers = `require('readline').createInterface({ input: process.stdin })
    .on('line', (line) => (line === 'quit' ? process.exit() : console.log(${line})));`;
  return running(name, greeting + answers);
}

function running(name: string, script: string, patience?: number): Entry {
  return {
    name,
    family: 'PyTorch',
    place: 'cpu',
    ...(patience !== undefined && { patience }),
    command: () => ({ file: process.execPath, args: ['-e', script] }),
  };
}

function withAll<T>(entries: readonly Entry[], use: (field: Field) => Promise<T>): Promise<T> {
  const setting = { folder: '', data: '', question: { ask: 'losses' } } as const;
  return withField(entries, setting, () => undefined, use);
}

test('their processes end where what they are used for fails', async () => {
  let pid = 0;
  const used = withAll([answering('one', { kind: 'numbers', numbers: [1] })], async ({ contestants }) => {
    const { child } = contestants[0]!;
    pid = child.pid!;
    process.kill(pid, 0);
    await child.ask('profile', 'profile');
  });
  await expect(used).rejects.toThrow('"profile" was answered by numbers');
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('JAX computes in the place of its name, whatever the environment says', ({ skip }) => {
  const file = 'python3';
  if (spawnSync(file, ['--version']).status !== 0) skip('there is no python3');
  const folder = mkdtempSync(join(tmpdir(), 'vaec-bench-'));
  try {
    // In JAX's place: it tells what it is to compute on.
    writeFileSync(join(folder, 'jax.py'), 'import os, sys\nprint(os.environ["JAX_PLATFORMS"])\nsys.exit()\n');
    const env = { ...process.env, PYTHONPATH: folder, JAX_PLATFORMS: 'cpu' };
    const { stdout } = spawnSync(file, ['bench/contenders/jax_jit.py', '', '', 'cuda'], { env, encoding: 'utf8' });
    expect(stdout.trim()).toBe('cuda');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('one that never says that it is ready is left out', async () => {
  const mute = running('mute', 'setInterval(() => undefined, 1000)', 0.01);
  const leftOut = await withAll([mute], (field) => Promise.resolve(field.leftOut));
  expect(leftOut).toEqual([{ name: 'mute', reason: 'it failed: starting took it more than 0.01 s' }]);
});

test('what is no number is never what others are held against', async () => {
  const entries = [
    answering('lost', { kind: 'numbers', numbers: [Number.NaN, 1] }),
    answering('silent', { kind: 'numbers', numbers: [] }),
    answering('first', { kind: 'numbers', numbers: [2, 1] }),
    answering('second', { kind: 'numbers', numbers: [2, 1] }),
    answering('other', { kind: 'numbers', numbers: [2, 2] }),
  ];
  const { contestants, leftOut } = await withAll(entries, (field) => Promise.resolve(field));
  expect(contestants.map(({ entry }) => entry.name)).toEqual(['first', 'second']);
  expect(leftOut.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
    'lost: it failed: its first losses are not all numbers',
    'silent: it failed: its first losses are not all numbers',
    'other: it computes something else: its first losses are 2.000 2.000, and 2.000 1.000 are right',
  ]);
});
