/** The most memory that training keeps resident: an epoch of the spec by the command line, its evaluation included. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCli, runCli } from '../harness/cli.ts';
import { type LeftOut, leftOutLines } from '../harness/contestants.ts';
import { table } from '../harness/table.ts';
import type { Options } from '../options.ts';
import { verdict } from '../targets.ts';
import type { Finding, Measure, Tell } from './measure.ts';

const spec = 'specs/vae/mnist_grey.vae';
/** Megabytes. */
const target = 400;

export const memory: Measure = {
  seconds: (options) => 25 * placesOf(options).length,
  run,
};

function placesOf(options: Options): readonly ('webgpu' | 'cpu')[] {
  return (['webgpu', 'cpu'] as const).filter(
    (place) =>
      (options.device === undefined || options.device === place) && options.wanted('memory', spec, `vaec ${place}`),
  );
}

async function run(options: Options, tell: Tell): Promise<Finding | undefined> {
  const places = placesOf(options);
  if (places.length === 0) return undefined;
  buildCli();
  const runs: { readonly name: string; readonly megabytes: number | undefined }[] = [];
  const leftOut: LeftOut[] = [];
  for (const place of places) {
    const name = `vaec train, one epoch, ${place}`;
    tell(name);
    const folder = mkdtempSync(join(tmpdir(), 'vaec-bench-'));
    try {
      const out = join(folder, 'run');
      const args = ['train', spec, '--device', place, '--data', options.data, '--out', out, '--epochs', '1'];
      runs.push({ name, megabytes: (await runCli(args)).peakMegabytes });
    } catch (error) {
      leftOut.push({ name, reason: error instanceof Error ? error.message.trim() : String(error) });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const rows = runs.map(({ name, megabytes }) => {
    return megabytes === undefined
      ? [name, 'unknown', `at most ${target}`]
      : [name, megabytes.toFixed(0), verdict(megabytes, target, `${target}`)];
  });
  const head = ['peak resident set, megabytes', '', 'target'];
  const text = [`memory: ${spec}`, table(head, rows), ...leftOutLines(leftOut)].join('\n');
  return { measure: 'memory', text, data: { runs, leftOut } };
}
