/** Tuned schedules on disk: kept whole, by device and driver, and never a reason to fail. */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type AdapterReport, type ProcessorReport, subgroupMatrices } from '../../../runtime/device/report.ts';
import { type FoundSchedule, ScheduleCache, tunedOf, userCacheFolder } from '../../../runtime/tune/cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'vaec-schedules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const adapter: AdapterReport = {
  target: 'webgpu',
  description: 'llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)',
  vendor: 'mesa',
  architecture: '',
  device: '0x0000',
  software: true,
  subgroupSize: { min: 8, max: 8 },
  features: ['subgroups'],
  profile: 'subgroup8',
};
const processor: ProcessorReport = {
  target: 'cpu',
  description: 'EPYC',
  simd: 'relaxed',
  threads: 2,
  profile: 'cpu',
};
const won: FoundSchedule = {
  name: 'encoder_dense_1',
  kernel: 'ab12',
  before: 1.5,
  after: 0.75,
  complete: true,
  winner: { choice: { kind: 'tile', rows: 16, lanes: 8, bands: 1, subgroup: true }, text: 'cd34' },
};
const lost: FoundSchedule = { name: 'rows', kernel: 'ef56', before: 0.1, after: 0.1, complete: true };

test('what was found is read again, by the same device, driver and vaec alone', async () => {
  const cache = new ScheduleCache(adapter, '0.1.0', folder);
  expect(await cache.read()).toEqual({ found: [], notes: [] });
  await cache.keep(lost);
  await cache.keep({ ...won, after: 1 });
  await cache.keep(won);
  expect(await cache.read()).toEqual({ found: [won, lost], notes: [] });
  expect(tunedOf([won, lost])).toEqual([{ kernel: 'ab12', ...won.winner }]);
  const others = [
    new ScheduleCache({ ...adapter, description: 'llvmpipe: Mesa 25.1.0 (LLVM 15.0.6)' }, '0.1.0', folder),
    new ScheduleCache({ ...adapter, subgroupSize: { min: 4, max: 8 } }, '0.1.0', folder),
    new ScheduleCache({ ...adapter, features: [...adapter.features, subgroupMatrices] }, '0.1.0', folder),
    new ScheduleCache(adapter, '0.2.0', folder),
    new ScheduleCache(processor, '0.1.0', folder),
    new ScheduleCache({ ...processor, threads: 1 }, '0.1.0', folder),
  ];
  for (const other of others) expect(await other.read()).toEqual({ found: [], notes: [] });
  expect(new Set([cache, ...others].map((one) => one.folder)).size).toBe(7);
});

describe('a file is passed over, with a word,', () => {
  const broken = (name: string, damage: (file: string) => void) =>
    test(name, async () => {
      const cache = new ScheduleCache(adapter, '0.1.0', join(folder, name.replace(/ /g, '-')));
      await cache.keep(won);
      await cache.keep(lost);
      damage(join(cache.folder, 'ab12.json'));
      const { found, notes } = await cache.read();
      expect(found).toEqual([lost]);
      expect(notes).toEqual([expect.stringContaining('a file of tuned schedules')]);
      expect(notes[0]).toContain(cache.folder);
    });
  const edited = (edit: (value: Record<string, unknown>) => unknown) => (file: string) =>
    writeFileSync(file, JSON.stringify(edit(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));

  broken('that is cut short', (file) => writeFileSync(file, readFileSync(file).subarray(0, 100)));
  broken('that is empty', (file) => writeFileSync(file, ''));
  broken('that is no object', (file) => writeFileSync(file, 'null'));
  broken(
    'that has no choice',
    edited((value) => ({ ...value, winner: { text: 'cd34' } })),
  );
  broken(
    'that has no times',
    edited(({ before: _, ...value }) => value),
  );
  broken(
    'that is of another program',
    edited((value) => ({ ...value, format: 'other' })),
  );
  broken(
    'that is of a later version',
    edited((value) => ({ ...value, version: 2 })),
  );
  broken(
    'that was copied from another device',
    edited((value) => ({ ...value, device: { target: 'cpu' } })),
  );
  broken('that has the name of another kernel', (file) => renameSync(file, file.replace('ab12', 'ab13')));
});

test('a folder that is a file is passed over too', async () => {
  const cache = new ScheduleCache(adapter, '0.1.0', join(folder, 'file'));
  await cache.keep(won);
  rmSync(cache.folder, { recursive: true });
  writeFileSync(cache.folder, '');
  const { found, notes } = await cache.read();
  expect(found).toEqual([]);
  expect(notes).toEqual([expect.stringContaining('tuned schedules are not used')]);
});

test('nothing half-written is left or read', async () => {
  const cache = new ScheduleCache(adapter, '0.1.0', join(folder, 'whole'));
  await Promise.all([cache.keep(won), cache.keep(lost)]);
  expect(readdirSync(cache.folder).sort()).toEqual(['ab12.json', 'ef56.json']);
  writeFileSync(join(cache.folder, '.ab12.json.999999.tmp'), '{');
  expect((await cache.read()).notes).toEqual([]);
});

test('the cache lies where the system wants it', () => {
  expect(userCacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux', '/home/a')).toBe('/x');
  expect(userCacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux', '/home/a')).toBe(join('/home/a', '.cache'));
  expect(userCacheFolder({}, 'linux', '/home/a')).toBe(join('/home/a', '.cache'));
  expect(userCacheFolder({}, 'darwin', '/home/a')).toBe(join('/home/a', 'Library', 'Caches'));
  expect(userCacheFolder({ LOCALAPPDATA: 'C:\\local' }, 'win32', '/home/a')).toBe('C:\\local');
});
