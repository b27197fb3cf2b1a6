/** Where and when something was measured: what a reader of figures must know. */
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly gigabytes: number;
  readonly system: string;
  readonly node: string;
  /** Over the minute before: above a tenth or so, others were at work. */
  readonly load: number;
  /** `git describe` of the sources, with `-dirty` where they differ from it; a bundle knows it from where it was packed. */
  readonly revision: string;
  readonly time: string;
}

export function describeMachine(): Machine {
  const git = spawnSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' });
  return {
    processor: cpus()[0]!.model,
    cores: availableParallelism(),
    gigabytes: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    load: loadavg()[0]!,
    revision: process.env['VAEC_BENCH_REVISION'] ?? (git.status === 0 ? git.stdout.trim() : 'unknown'),
    time: new Date().toISOString(),
  };
}

/** A line for a person. */
export function machineLine({ processor, cores, system, node, load, revision }: Machine): string {
  return `${processor}, ${cores} cores, ${system}, Node ${node}, load ${load.toFixed(2)}, revision ${revision}`;
}
