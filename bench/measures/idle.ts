/** Processor time that vaec takes while it has nothing to do: a model that was trained some steps and waits. */
import type { Entry } from '../contenders/list.ts';
import { wantedContenders, withField } from '../harness/contestants.ts';
import { withFixture } from '../harness/fixture.ts';
import { processorSeconds } from '../harness/processes.ts';
import { digits, table } from '../harness/table.ts';
import type { Options } from '../options.ts';
import { mnistVae as workload } from '../workloads/mnist-vae/workload.ts';
import type { Measure } from './measure.ts';

/** Seconds of looking, and before it for what still ends after the last step. */
const seconds = 5;
const settling = 1;

export const idle: Measure = {
  seconds: (options) => (contendersOf(options).length === 0 ? 0 : 5 * contendersOf(options).length + seconds),

  async run(options, tell) {
    const entries = contendersOf(options);
    if (entries.length === 0) return undefined;
    const data = await withFixture(workload, options, async ({ folder }) => {
      const setting = { folder, data: options.data, question: { ask: 'losses' } } as const;
      return withField(entries, setting, tell, async ({ contestants }) => {
        for (const { child } of contestants) await child.ask('steps 20', 'time');
        await pause(settling);
        const used = contestants.map(({ child }) => processorSeconds(child.pid ?? -1));
        await pause(seconds);
        return contestants.map(({ child, entry }, i) => {
          const [before, after] = [used[i], processorSeconds(child.pid ?? -1)];
          const percent = before === undefined || after === undefined ? undefined : (100 * (after - before)) / seconds;
          return { name: entry.name, percent };
        });
      });
    });
    const rows = data.map(({ name, percent }) => [name, percent === undefined ? 'unknown' : digits(percent)]);
    const text = `idle: a model that waits, for ${seconds} s\n${table(['percent of a core', ''], rows)}`;
    return { measure: 'idle', text, data };
  },
};

function contendersOf(options: Options): readonly Entry[] {
  return wantedContenders(options, 'idle', workload.name).filter(({ family }) => family === 'vaec');
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * time));
}
