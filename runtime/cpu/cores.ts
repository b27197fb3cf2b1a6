/** How many cores this process may use: those of the machine, or what a container is held to. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * At least 1. A container's quota counts too, which Node itself does not look at: more threads than it allows would be
 * stopped for most of the time, all at once. `read` gives the text of a file, undefined where there is none.
 */
export function coresToUse(
  machine: number = availableParallelism(),
  read: (path: string) => string | undefined = textOf,
): number {
  return Math.max(1, Math.min(machine, Math.floor(quota(read) ?? machine)));
}

/** Cores that Linux's control groups allow, by version 2 or 1; undefined where they set no bound. */
function quota(read: (path: string) => string | undefined): number | undefined {
  const folder = '/sys/fs/cgroup';
  const [allowed, period] =
    read(`${folder}/cpu.max`)?.trim().split(/\s+/) ??
    ['quota', 'period'].map((name) => read(`${folder}/cpu/cpu.cfs_${name}_us`)?.trim());
  const cores = Number(allowed) / Number(period);
  return cores > 0 && Number.isFinite(cores) ? cores : undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
