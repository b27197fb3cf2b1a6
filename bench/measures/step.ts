/** Milliseconds a training step, side by side: vaec beside its peers, in rounds, after their first losses agree. */
import { rmSync } from 'node:fs';
import { type Comparison, comparisons } from '../harness/compare.ts';
import { closeField, type LeftOut, leftOutLine, openField, wantedContenders } from '../harness/contestants.ts';
import { exportFixture } from '../harness/fixture.ts';
import { race, type Timed } from '../harness/race.ts';
import { spreadOf } from '../harness/statistics.ts';
import { digits, table } from '../harness/table.ts';
import { workloads } from '../workloads/list.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Measure } from './measure.ts';

/** A contender that takes more of a core than this while others have their turn disturbs them. */
const idleLimit = 0.03;

/** All that was found for one workload. */
interface Found {
  readonly workload: Workload;
  readonly rounds: number;
  /** The first steps' losses in float64, in nats a row. */
  readonly reference: readonly number[];
  readonly timed: readonly Timed[];
  readonly compared: readonly Comparison[];
  readonly leftOut: readonly LeftOut[];
}

export const measureStep: Measure = async (options, tell) => {
  const found: Found[] = [];
  for (const workload of workloads) {
    const entries = wantedContenders(options, 'step', workload.name);
    if (entries.length === 0) continue;
    const { folder, index } = await exportFixture(workload, options.data);
    try {
      const field = await openField(entries, { folder, index, data: options.data }, tell);
      const { timed, lost } = await race(field.contestants, options, tell);
      await closeField(field);
      const compared = comparisons(timed);
      const leftOut = [...field.leftOut, ...lost];
      found.push({ workload, rounds: options.rounds, reference: index.losses, timed, compared, leftOut });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (found.length === 0) return undefined;
  return { measure: 'step', text: found.map(textOf).join('\n\n'), data: found.map(dataOf) };
};

function textOf({ workload, rounds, timed, compared, leftOut }: Found): string {
  const rows = timed.map(({ contestant, times, processor }) => {
    const { median, least, most } = spreadOf(times);
    return [
      contestant.entry.name,
      digits(median),
      `${digits(least)} to ${digits(most)}`,
      digits(workload.flops / median / 1e6),
      Number.isFinite(processor[0]) ? digits(spreadOf(processor).median) : '',
      contestant.off.toExponential(1),
    ];
  });
  const head = ['milliseconds a step', 'median', 'spread', 'GFLOP/s', 'processor', 'losses off by'];
  const restless = timed.filter(({ idle = 0 }) => idle > idleLimit);
  return [
    `step: ${workload.title}, rounds: ${rounds}`,
    timed.length > 0 ? table(head, rows) : 'nothing was measured',
    ...compared.map(({ text }) => text),
    ...whoTheyAre(timed),
    ...restless.map(({ contestant, idle }) => {
      return `careful: ${contestant.entry.name} took ${digits(100 * idle!)} % of a core between its turns`;
    }),
    ...leftOut.map(leftOutLine),
  ].join('\n');
}

/** A line for each library and what it ran on. */
function whoTheyAre(timed: readonly Timed[]): readonly string[] {
  const lines = timed.map(({ contestant: { entry, ready } }) => {
    return [`${entry.family} ${ready.version}`, ready.device, ...ready.notes].join(', ');
  });
  return [...new Set(lines)];
}

function dataOf({ workload, reference, timed, compared, leftOut }: Found): object {
  const contenders = timed.map(({ contestant: { entry, ready, losses, off }, ...measured }) => {
    const { version, device, notes } = ready;
    return { name: entry.name, version, device, notes, losses, off, ...measured };
  });
  return { workload: workload.name, flops: workload.flops, reference, contenders, compared, leftOut };
}
