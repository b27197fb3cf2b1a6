/** Processor time that vaec takes while it has nothing to do: a model that was trained some steps and waits. */
import { rmSync } from 'node:fs';
import { closeField, openField, wantedContenders } from '../harness/contestants.ts';
import { exportFixture } from '../harness/fixture.ts';
import { processorSeconds } from '../harness/processes.ts';
import { digits, table } from '../harness/table.ts';
import { workloads } from '../workloads/list.ts';
import type { Measure } from './measure.ts';

/** Seconds of looking, and before it for what still ends after the last step. */
const seconds = 5;
const settling = 1;

export const measureIdle: Measure = async (options, tell) => {
  const [workload] = workloads;
  const entries = wantedContenders(options, 'idle', workload!.name).filter(({ family }) => family === 'vaec');
  if (entries.length === 0) return undefined;
  const { folder, index } = await exportFixture(workload!, options.data);
  try {
    const field = await openField(entries, { folder, index, data: options.data }, tell);
    for (const { child } of field.contestants) await child.ask('steps 20', 'steps');
    await pause(settling);
    const used = field.contestants.map(({ child }) => processorSeconds(child.pid ?? -1));
    await pause(seconds);
    const data = field.contestants.map(({ child, entry }, i) => {
      const [before, after] = [used[i], processorSeconds(child.pid ?? -1)];
      const percent = before === undefined || after === undefined ? undefined : (100 * (after - before)) / seconds;
      return { name: entry.name, percent };
    });
    await closeField(field);
    const rows = data.map(({ name, percent }) => [name, percent === undefined ? 'unknown' : digits(percent)]);
    const text = `idle: a model that waits, for ${seconds} s\n${table(['percent of a core', ''], rows)}`;
    return { measure: 'idle', text, data };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 * time));
}
