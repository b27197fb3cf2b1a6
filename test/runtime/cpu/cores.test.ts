import { expect, test } from 'vitest';
import { coresToUse } from '../../../runtime/cpu/cores.ts';

const cores = (machine: number, files: Readonly<Record<string, string>>) => coresToUse(machine, (path) => files[path]);
const v1 = (quota: string, period: string) => ({
  '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': quota,
  '/sys/fs/cgroup/cpu/cpu.cfs_period_us': period,
});

test("a container's quota counts, whole cores of it and at least one", () => {
  expect(cores(64, { '/sys/fs/cgroup/cpu.max': '200000 100000\n' })).toBe(2);
  expect(cores(64, { '/sys/fs/cgroup/cpu.max': '250000 100000\n' })).toBe(2);
  expect(cores(64, { '/sys/fs/cgroup/cpu.max': '50000 100000\n' })).toBe(1);
  expect(cores(64, v1('400000\n', '100000\n'))).toBe(4);
});

test('without one there are as many as the machine has', () => {
  expect(cores(16, {})).toBe(16);
  expect(cores(16, { '/sys/fs/cgroup/cpu.max': 'max 100000\n' })).toBe(16);
  expect(cores(16, { '/sys/fs/cgroup/cpu.max': '6400000 100000\n' })).toBe(16);
  expect(cores(16, v1('-1\n', '100000\n'))).toBe(16);
});
