import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { vaec } from './recorder.ts';

test('the version and the help end with 0 on standard output', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await vaec('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  const help = await vaec('--help');
  expect(help.code).toBe(0);
  for (const command of ['check', 'fmt', 'explain', 'compile', 'train', 'eval', 'sample', 'data', 'devices']) {
    expect(help.out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  }
});

test.each([
  [['chek', 'a.vae'], 'Did you mean check?'],
  [['check'], "missing required argument 'spec'"],
  [['train', 'a.vae', '--epoch', '3'], 'Did you mean --epochs?'],
  [['train', 'a.vae', '--epochs', 'three'], 'a whole number of at least 1 is needed'],
  [['train', 'a.vae', '--set', 'latent'], 'NAME=value'],
  [['train', 'a.vae', '--threads', '0'], 'a whole number of at least 1 is needed'],
  [['train', 'a.vae', '--device', 'gpu'], 'use auto, webgpu or cpu'],
  [['eval', 'a', '--device', 'webgpu', '--threads', '2'], '--threads is for the processor'],
  [['train', 'a.vae', '--subgroup-matrices'], '--subgroup-matrices is for GPUs'],
  [['eval', 'a', '--subgroup-matrices'], '--subgroup-matrices is for GPUs'],
  [['sample', 'a', '--subgroup-matrices'], '--subgroup-matrices is for GPUs'],
  [['tune', 'a.vae', '--subgroup-matrices'], '--subgroup-matrices is for GPUs'],
  [['compile', 'a.vae'], 'one of --out DIR, --check DIR and --dump STAGE'],
  [['compile', 'a.vae', '--out', 'x', '--check', 'x'], 'one of --out DIR, --check DIR and --dump STAGE'],
  [['data', 'mnist'], "required option '--dir <dir>' not specified"],
])('a wrong command line is told and ends with 2: %j', async (args, message) => {
  const { code, out, err } = await vaec(...args);
  expect(err).toContain(message);
  expect(code).toBe(2);
  expect(out).toBe('');
});
