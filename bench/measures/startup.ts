/** What a person waits for: a check, a compilation, the first training step, from the start of a process; kernels in one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCli, runCli } from '../harness/cli.ts';
import { leftOutLines } from '../harness/contestants.ts';
import { spreadOf } from '../harness/statistics.ts';
import { table } from '../harness/table.ts';
import type { Options } from '../options.ts';
import { verdict } from '../targets.ts';
import type { Finding, Measure, Tell } from './measure.ts';

const spec = 'specs/vae/mnist_grey.vae';
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Case {
  readonly name: string;
  readonly place?: 'cpu' | 'webgpu';
  /** Milliseconds, of one process each; `folder` is empty and of this run. */
  measure(folder: string): Promise<number>;
  /** Milliseconds. */
  readonly target?: number;
}

function casesOf(data: string): readonly Case[] {
  const cli = async (args: readonly string[]) => (await runCli(args)).milliseconds;
  const train =
    (device: string, coldDriver: boolean) =>
    async (folder: string): Promise<number> => {
      const args = ['train', spec, '--device', device, '--data', data, '--out', join(folder, 'run'), '--json'];
      // Where Mesa and NVIDIA's driver keep compiled kernels.
      const cache = join(folder, 'driver');
      const env = coldDriver ? { MESA_SHADER_CACHE_DIR: cache, __GL_SHADER_DISK_CACHE_PATH: cache } : {};
      return (await runCli(args, { until: 'progress', env })).milliseconds;
    };
  const name = 'vaec train to its first report';
  return [
    { name: 'spec to kernels in process, the first', measure: async () => compiling(1)[0]!, target: 300 },
    { name: 'spec to kernels in process, warm', measure: async () => spreadOf(compiling(10).slice(5)).median },
    { name: 'vaec check', measure: () => cli(['check', '--quiet', spec]), target: 400 },
    { name: 'vaec compile', measure: (folder) => cli(['compile', spec, '--out', join(folder, 'compiled')]) },
    { name: `${name}, webgpu`, place: 'webgpu', measure: train('webgpu', false) },
    { name: `${name}, webgpu, cold driver cache`, place: 'webgpu', measure: train('webgpu', true), target: 5000 },
    { name: `${name}, cpu`, place: 'cpu', measure: train('cpu', false) },
  ];
}

/** Milliseconds of compilations one after the other in a new process. */
function compiling(times: number): readonly number[] {
  const args = [here('../contenders/compiling.mjs'), here('../../dist'), spec, 'portable', `${times}`];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as number[];
}

/** Runs of each case; a cold start takes seconds. */
const mostRounds = 5;

export const startup: Measure = {
  seconds: (options) => 3 * wantedCases(options).length * Math.min(mostRounds, options.rounds),
  run,
};

function wantedCases(options: Options): readonly Case[] {
  return casesOf(options.data).filter(
    ({ name, place }) =>
      (options.device === undefined || place === undefined || place === options.device) &&
      options.wanted('startup', spec, name),
  );
}

async function run(options: Options, tell: Tell): Promise<Finding | undefined> {
  const cases = wantedCases(options);
  if (cases.length === 0) return undefined;
  buildCli();
  const times = new Map(cases.map((one) => [one, [] as number[]]));
  const failed = new Map<Case, string>();
  for (let round = 0; round < Math.min(mostRounds, options.rounds); round++) {
    for (const one of cases) {
      if (failed.has(one)) continue;
      const folder = mkdtempSync(join(tmpdir(), 'vaec-bench-'));
      try {
        times.get(one)!.push(await one.measure(folder));
      } catch (error) {
        failed.set(one, error instanceof Error ? error.message.trim() : String(error));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    tell(`startup, round ${round + 1}`);
  }
  const done = cases.filter((one) => !failed.has(one));
  const rows = done.map((one) => {
    const { median, least, most } = spreadOf(times.get(one)!);
    const target = one.target === undefined ? '' : verdict(median, one.target, `${one.target}`);
    return [one.name, median.toFixed(0), `${least.toFixed(0)} to ${most.toFixed(0)}`, target];
  });
  const head = ['milliseconds', 'median', 'spread', 'target'];
  const leftOut = [...failed].map(([{ name }, reason]) => ({ name, reason }));
  const text = [`startup: ${spec}, from the start of a process`, table(head, rows), ...leftOutLines(leftOut)].join(
    '\n',
  );
  const data = { cases: done.map((one) => ({ name: one.name, target: one.target, times: times.get(one)! })), leftOut };
  return { measure: 'startup', text, data };
}
