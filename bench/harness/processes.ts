/** What Linux tells of a running process; undefined elsewhere and for processes that have ended. */
import { readFileSync } from 'node:fs';

/** Ticks of a second in /proc/PID/stat: the same number on every Linux that Node runs on. */
const ticks = 100;

/** Seconds of processor time of all its threads, user and system. */
export function processorSeconds(pid: number): number | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name, in brackets, may hold blanks; state is the first field after it, user time the twelfth.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

/** The most memory that was ever resident, in megabytes (10^6 bytes): VmHWM. */
export function peakMegabytes(pid: number): number | undefined {
  const match = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`) ?? '');
  return match === null ? undefined : (Number(match[1]) * 1024) / 1e6;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
