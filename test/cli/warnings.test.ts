/** A spec's warnings are told where a run begins, and not again by what is done with the run. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { vaec } from './recorder.ts';

const folder = mkdtempSync(join(tmpdir(), 'vaec-warnings-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('grey values under a Bernoulli are told of once', async () => {
  const spec = join(folder, 'grey.vae');
  cpSync('test/fixtures/bad/grey-bernoulli.vae', spec);
  const run = ['--out', join(folder, 'run'), '--device', 'cpu'];
  const begun = await vaec('train', spec, ...run, '--epochs', '1');
  expect(begun.code, begun.err).toBe(0);
  expect(begun.err.split('warning[grey-bernoulli]')).toHaveLength(2);
  const resumed = await vaec('train', spec, ...run, '--resume', '--epochs', '2');
  expect(resumed.code, resumed.err).toBe(0);
  expect(resumed.err).not.toContain('warning');
});
