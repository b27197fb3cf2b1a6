/** Where vaec's step goes, kernel by kernel: `--profile`. */
import { kernelTable } from '../../runtime/profile/report.ts';
import type { Entry } from '../contenders/list.ts';
import { leftOutLines, wantedContenders, withField } from '../harness/contestants.ts';
import { withFixture } from '../harness/fixture.ts';
import { peakOfCore } from '../harness/peak.ts';
import { digits } from '../harness/table.ts';
import type { Options } from '../options.ts';
import { workloads } from '../workloads/list.ts';
import type { Measure } from './measure.ts';

export const profile: Measure = {
  seconds: (options) => workloads.reduce((sum, { name }) => sum + 10 * contendersOf(options, name).length, 0),

  async run(options, tell) {
    const texts: string[] = [];
    const data: object[] = [];
    const peak = await peakOfCore();
    for (const workload of workloads) {
      const entries = contendersOf(options, workload.name).map(timed);
      if (entries.length === 0) continue;
      await withFixture(workload, options, async ({ folder }) => {
        const setting = { folder, data: options.data, question: { ask: 'losses' } } as const;
        await withField(entries, setting, tell, async ({ contestants, leftOut }) => {
          for (const { entry, child } of contestants) {
            const { kernels } = await child.ask('profile', 'profile');
            const found = kernels.length === 0 ? 'the device has no timestamps' : kernelTable(kernels);
            texts.push(`profile: ${workload.title}, ${entry.name}\n${found}`);
            if (entry.place === 'cpu') texts.push(`one core's peak in vectors of four: ${digits(peak)} GFLOP/s`);
            data.push({ workload: workload.name, name: entry.name, peakOfCore: peak, kernels });
          }
          texts.push(...leftOutLines(leftOut));
        });
      });
    }
    return texts.length === 0 ? undefined : { measure: 'profile', text: texts.join('\n\n'), data };
  },
};

function contendersOf(options: Options, workload: string): readonly Entry[] {
  return wantedContenders(options, 'profile', workload).filter(({ family }) => family === 'vaec');
}

/** Opened so that it can tell the time of each kernel. */
function timed(entry: Entry): Entry {
  return {
    ...entry,
    command: (fixture, data) => {
      const command = entry.command(fixture, data);
      return { ...command, args: [...command.args, 'timed'] };
    },
  };
}
