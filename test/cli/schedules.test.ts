/** What a command says of the schedules that were found for its device. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { tunedSchedules } from '../../cli/schedules.ts';
import { type AdapterReport, subgroupMatrices } from '../../runtime/device/report.ts';
import { record } from './recorder.ts';

const folder = mkdtempSync(join(tmpdir(), 'vaec-schedules-'));
vi.stubEnv('XDG_CACHE_HOME', folder);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const adapter: AdapterReport = {
  target: 'webgpu',
  description: 'M',
  vendor: 'apple',
  architecture: 'metal-3',
  device: '',
  software: false,
  features: ['subgroups'],
  profile: 'gpu',
};

test('schedules with subgroup matrices are kept apart: where there are none yet, that is told', async () => {
  const told = async (report: AdapterReport, flags = {}) => {
    const { terminal, err } = record();
    expect(await tunedSchedules(report, flags, terminal)).toEqual([]);
    return err();
  };
  const withMatrices: AdapterReport = { ...adapter, features: ['subgroups', subgroupMatrices] };
  expect(await told(adapter)).toBe('');
  expect(await told(withMatrices)).toMatch(/^note: nothing was tuned with --subgroup-matrices yet.*"vaec tune"\n$/);
  expect(await told(withMatrices, { tuned: false })).toBe('');
});
