/** Tuned schedules for the commands that compute: where they are kept, and what is said of them. */
import type { Plan } from '../compiler/5-kernel/plan.ts';
import type { TunedSchedule } from '../compiler/5-kernel/tuned.ts';
import { type DeviceReport, subgroupMatrices } from '../runtime/device/report.ts';
import { ScheduleCache, tunedOf } from '../runtime/tune/cache.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

export interface ScheduleFlags {
  /** False for --no-tuned. */
  readonly tuned?: boolean;
  readonly json?: true;
}

/** What `vaec tune` has found on this machine for the device; none with --no-tuned. */
export async function tunedSchedules(
  report: DeviceReport,
  { tuned = true }: ScheduleFlags,
  terminal: Terminal,
): Promise<readonly TunedSchedule[]> {
  if (!tuned) return [];
  const { found, notes } = await cacheFor(report).read();
  for (const note of notes) terminal.err(`note: ${note}`);
  if (found.length === 0 && report.target === 'webgpu' && report.features.includes(subgroupMatrices)) {
    terminal.err(
      'note: nothing was tuned with --subgroup-matrices yet, and what was tuned without is not used: run "vaec tune"',
    );
  }
  return tunedOf(found);
}

export function cacheFor(report: DeviceReport): ScheduleCache {
  return new ScheduleCache(report, version());
}

/** Says how many kernels run by tuned schedules, where any does. */
export function tellSchedules({ tuned = [], kernels }: Plan, { json }: ScheduleFlags, terminal: Terminal): void {
  const names = new Set(tuned.map(({ name }) => name));
  if (names.size === 0) return;
  if (json) terminal.out(JSON.stringify({ kind: 'schedules', tuned: names.size, kernels: kernels.length }));
  else terminal.err(`schedules: ${names.size} of ${kernels.length} kernels tuned`);
}
