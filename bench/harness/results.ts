/** What a race found, for a person and for a file. */
import { type Comparison } from './compare.ts';
import { type LeftOut, leftOutLines } from './contestants.ts';
import type { Timed } from './race.ts';
import { spreadOf } from './statistics.ts';
import { digits, table } from './table.ts';

/** A contender that takes more of a core than this while others have their turn disturbs them. */
const idleLimit = 0.03;

/** All that was found for one workload. */
export interface Found {
  /** `mnist-vae`: also of the chart. */
  readonly workload: string;
  /** The first line, with what was measured, of what, in how many rounds. */
  readonly head: string;
  /** What the times are: `milliseconds a step`. */
  readonly times: string;
  /** What is told beside the times, such as a rate: its title, and its text by the median in milliseconds. */
  readonly rate: readonly [title: string, of: (milliseconds: number) => string];
  /** What contenders had to answer before; absent where they were held against the first of them. */
  readonly right?: readonly number[];
  readonly timed: readonly Timed[];
  readonly compared: readonly Comparison[];
  readonly leftOut: readonly LeftOut[];
}

export function textOf({ head, times, rate, right, timed, compared, leftOut }: Found): string {
  const rows = timed.map(({ contestant, times: own, processor }) => {
    const { median, least, most } = spreadOf(own);
    return [
      contestant.entry.name,
      digits(median),
      `${digits(least)} to ${digits(most)}`,
      rate[1](median),
      Number.isFinite(processor[0]) ? digits(spreadOf(processor).median) : '',
      contestant.off.toExponential(1),
    ];
  });
  const restless = timed.filter(({ idle = 0 }) => idle > idleLimit);
  return [
    head,
    timed.length > 0
      ? table(
          [times, 'median', 'spread', rate[0], 'processor', right === undefined ? 'off the first by' : 'off by'],
          rows,
        )
      : 'nothing was measured',
    ...compared.map(({ text }) => text),
    ...whoTheyAre(timed),
    ...restless.map(({ contestant, idle }) => {
      return `careful: ${contestant.entry.name} took ${digits(100 * idle!)} % of a core between its turns`;
    }),
    ...leftOutLines(leftOut),
  ].join('\n');
}

/** A line for each library and what it ran on. */
function whoTheyAre(timed: readonly Timed[]): readonly string[] {
  const lines = timed.map(({ contestant: { entry, ready } }) => {
    return [`${entry.family} ${ready.version}`, ready.device, ...ready.notes].join(', ');
  });
  return [...new Set(lines)];
}

export function dataOf({ workload, right, timed, compared, leftOut }: Found): object {
  const contenders = timed.map(({ contestant: { entry, ready, numbers, off }, ...measured }) => {
    const { version, device, notes } = ready;
    return { name: entry.name, version, device, notes, numbers, off, ...measured };
  });
  return { workload, right, contenders, compared, leftOut };
}
