/** Where vaec's step goes, kernel by kernel: `--profile`. */
import { rmSync } from 'node:fs';
import { closeField, leftOutLine, openField, wantedContenders } from '../harness/contestants.ts';
import { exportFixture } from '../harness/fixture.ts';
import { peakOfCore } from '../harness/peak.ts';
import type { KernelTime } from '../harness/protocol.ts';
import { digits, table } from '../harness/table.ts';
import { workloads } from '../workloads/list.ts';
import type { Measure } from './measure.ts';

export const measureKernels: Measure = async (options, tell) => {
  const texts: string[] = [];
  const data: object[] = [];
  const peak = await peakOfCore();
  const peakLine = `one core's peak in vectors of four: ${digits(peak)} GFLOP/s`;
  for (const workload of workloads) {
    const entries = wantedContenders(options, 'profile', workload.name).filter(({ family }) => family === 'vaec');
    if (entries.length === 0) continue;
    const { folder, index } = await exportFixture(workload, options.data);
    try {
      const timed = entries.map((entry) => ({
        ...entry,
        command: (fixture: string, place: string) => {
          const command = entry.command(fixture, place);
          return { ...command, args: [...command.args, 'timed'] };
        },
      }));
      const field = await openField(timed, { folder, index, data: options.data }, tell);
      for (const { entry, child } of field.contestants) {
        const { kernels } = await child.ask('profile', 'profile');
        texts.push(`profile: ${workload.title}, ${entry.name}\n${kernelTable(kernels)}`);
        if (entry.place === 'cpu') texts.push(peakLine);
        data.push({ workload: workload.name, name: entry.name, peakOfCore: peak, kernels });
      }
      texts.push(...field.leftOut.map(leftOutLine));
      await closeField(field);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return texts.length === 0 ? undefined : { measure: 'profile', text: texts.join('\n\n'), data };
};

/** The dispatches of a step in order, and their sum. */
function kernelTable(kernels: readonly KernelTime[]): string {
  if (kernels.length === 0) return 'the device has no timestamps';
  const sum = (part: (one: KernelTime) => number) => kernels.reduce((total, one) => total + part(one), 0);
  const all: KernelTime = {
    kernel: 'all',
    milliseconds: sum((one) => one.milliseconds),
    flops: sum((one) => one.flops),
    bytes: sum((one) => one.bytes),
  };
  const rows = [...kernels, all].map(({ kernel, milliseconds, flops, bytes }) => [
    kernel,
    milliseconds.toFixed(3),
    `${((100 * milliseconds) / all.milliseconds).toFixed(1)} %`,
    digits(flops / milliseconds / 1e6),
    digits(bytes / milliseconds / 1e6),
  ]);
  return table(['kernel', 'ms', 'of all', 'GFLOP/s', 'GB/s'], rows);
}
