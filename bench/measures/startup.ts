/** From the start of a process to what a person waits for: a check, a compilation, the first training step. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCli, runCli } from '../harness/cli.ts';
import { leftOutLine } from '../harness/contestants.ts';
import { spreadOf } from '../harness/statistics.ts';
import { table } from '../harness/table.ts';
import { workloads } from '../workloads/list.ts';
import type { Measure } from './measure.ts';

interface Case {
  readonly name: string;
  /** `folder` is empty and of this run. */
  readonly args: (folder: string) => readonly string[];
  readonly until?: string;
  /** Where the driver keeps compiled kernels, so that a cold start can be had. */
  readonly coldDriver?: true;
  /** Milliseconds. */
  readonly target?: number;
}

function casesOf(spec: string, data: string): readonly (Case & { readonly place?: 'cpu' | 'webgpu' })[] {
  const train = (device: string) => (folder: string) => [
    'train',
    spec,
    '--device',
    device,
    '--data',
    data,
    '--out',
    join(folder, 'run'),
    '--json',
  ];
  return [
    { name: 'vaec check', args: () => ['check', '--quiet', spec], target: 400 },
    { name: 'vaec compile', args: (folder) => ['compile', spec, '--out', join(folder, 'compiled')] },
    { name: 'vaec train to its first report, webgpu', place: 'webgpu', args: train('webgpu'), until: 'progress' },
    {
      name: 'vaec train to its first report, webgpu, cold driver cache',
      place: 'webgpu',
      args: train('webgpu'),
      until: 'progress',
      coldDriver: true,
      target: 5000,
    },
    { name: 'vaec train to its first report, cpu', place: 'cpu', args: train('cpu'), until: 'progress' },
  ];
}

/** Runs of each case; a cold start takes seconds. */
const mostRounds = 5;

export const measureStartup: Measure = async (options, tell) => {
  const [workload] = workloads;
  const cases = casesOf(workload!.spec, options.data).filter(
    ({ name, place }) =>
      (options.device === undefined || place === undefined || place === options.device) &&
      options.wanted('startup', workload!.name, name),
  );
  if (cases.length === 0) return undefined;
  buildCli();
  const times = new Map(cases.map((one) => [one, [] as number[]]));
  const failed = new Map<Case, string>();
  for (let round = 0; round < Math.min(mostRounds, options.rounds); round++) {
    for (const one of cases) {
      if (failed.has(one)) continue;
      const folder = mkdtempSync(join(tmpdir(), 'vaec-bench-'));
      try {
        const env = one.coldDriver && { MESA_SHADER_CACHE_DIR: join(folder, 'driver') };
        const run = await runCli(one.args(folder), { ...(one.until && { until: one.until }), ...(env && { env }) });
        times.get(one)!.push(run.milliseconds);
      } catch (error) {
        failed.set(one, error instanceof Error ? error.message.trim() : String(error));
        tell(leftOutLine({ name: one.name, reason: failed.get(one)! }));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    tell(`startup, round ${round + 1}`);
  }
  const done = cases.filter((one) => !failed.has(one));
  const rows = done.map((one) => {
    const { median, least, most } = spreadOf(times.get(one)!);
    const target = one.target === undefined ? '' : `at most ${one.target}`;
    return [one.name, median.toFixed(0), `${least.toFixed(0)} to ${most.toFixed(0)}`, target];
  });
  const head = ['milliseconds from a cold process', 'median', 'spread', 'target'];
  const leftOut = [...failed].map(([{ name }, reason]) => ({ name, reason }));
  const text = [`startup: ${workload!.spec}`, table(head, rows), ...leftOut.map(leftOutLine)].join('\n');
  const data = { cases: done.map((one) => ({ name: one.name, target: one.target, times: times.get(one)! })), leftOut };
  return { measure: 'startup', text, data };
};
