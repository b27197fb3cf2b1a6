/** What `vaec tune` prints of a search. */
import { choiceText } from '../compiler/5-kernel/schedule/choice.ts';
import type { TunedKernel } from '../runtime/tune/tune.ts';

/** A table of what was searched, and of the other kernels how many were left, by the reason. */
export function foundLines(found: readonly TunedKernel[], skipped: ReadonlyMap<string, number>): readonly string[] {
  const cut = found.filter(({ complete }) => !complete).length;
  const lines: string[] = [];
  if (found.length > 0)
    lines.push(...table(found), `searched: ${kernels(found.length - cut)} to the end, ${cut} cut short`);
  if (cut > 0) {
    lines.push(
      '+: cut short; the same command searches it again, beginning with what won, after those left for lack of time',
    );
  }
  return [...lines, ...[...skipped].map(([reason, count]) => `${kernels(count)} left by default: ${reason}`)];
}

/** What came of it, the last line. `folder`: where schedules are kept. */
export function verdict(found: readonly TunedKernel[], folder: string): string {
  if (found.length === 0) return 'nothing was searched';
  const faster = found.filter(({ winner }) => winner !== undefined).length;
  if (faster === 0) return 'nothing faster than the default schedules was found';
  return `faster schedules for ${faster} of ${kernels(found.length)}, kept in ${folder}`;
}

function kernels(count: number): string {
  return `${count} kernel${count === 1 ? '' : 's'}`;
}

/** `encoder_dense_1: 1.234 ms, 0.812 ms by tile: rows 16, lanes 8, bands 1, subgroup`. */
export function foundLine({ name, before, after, winner }: TunedKernel): string {
  const own = `${name}: ${milliseconds(before)} by default`;
  return winner === undefined ? own : `${own}, ${milliseconds(after)} by ${choiceText(winner.choice)}`;
}

/** A line a kernel, the longest first; below it the variants that were not let in, and why. */
function table(found: readonly TunedKernel[]): readonly string[] {
  const rows = [
    ['kernel', 'default', 'tuned', 'timed', 'schedule'],
    ...found.map(({ name, before, after, winner, timed, complete }) => [
      name,
      milliseconds(before),
      winner === undefined ? '' : `${milliseconds(after)} (${percent(after / before)})`,
      `${timed}${complete ? '' : '+'}`,
      winner === undefined ? 'default' : choiceText(winner.choice),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const refused = found.flatMap(({ name, refused }) =>
    refused.map(({ choice, reason }) => `refused for ${name}: ${choiceText(choice)}: ${reason}`),
  );
  return [...lines, ...refused];
}

function milliseconds(time: number): string {
  return `${time.toPrecision(3)} ms`;
}

/** `-34 %`. */
function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(0)} %`;
}
