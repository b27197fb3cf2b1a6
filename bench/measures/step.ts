/** Milliseconds a training step, side by side: vaec beside its peers, in rounds, after their first losses agree. */
import { comparisons } from '../harness/compare.ts';
import { wantedContenders, withField } from '../harness/contestants.ts';
import { withFixture } from '../harness/fixture.ts';
import { longestTurn, race } from '../harness/race.ts';
import { referenceLosses } from '../harness/reference.ts';
import { dataOf, type Found, textOf } from '../harness/results.ts';
import { digits } from '../harness/table.ts';
import type { Options } from '../options.ts';
import { aimedAt } from '../targets.ts';
import { workloads } from '../workloads/list.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Measure, Tell } from './measure.ts';

export const step: Measure = {
  seconds(options) {
    return workloads.reduce((sum, workload) => {
      const { length } = wantedContenders(options, 'step', workload.name);
      return sum + (length === 0 ? 0 : secondsOfReference(workload) + secondsOfRace(options, length));
    }, 0);
  },

  async run(options, tell) {
    const found: Found[] = [];
    for (const workload of workloads) {
      if (wantedContenders(options, 'step', workload.name).length === 0) continue;
      tell(`step: ${workload.title}`);
      found.push(await stepsOf(workload, options, tell));
    }
    if (found.length === 0) return undefined;
    return { measure: 'step', text: found.map(textOf).join('\n\n'), data: found.map(dataOf) };
  },
};

function stepsOf(workload: Workload, options: Options, tell: Tell): Promise<Found> {
  const { data, rounds } = options;
  return withFixture(workload, { data }, async ({ folder, subject }) => {
    const right = workload.reference === 'float64' ? referenceLosses(subject, workload.checked) : undefined;
    const entries = wantedContenders(options, 'step', workload.name);
    const setting = { folder, data, question: { ask: 'losses', ...(right && { right }) } } as const;
    return withField(entries, setting, tell, async ({ contestants, leftOut }): Promise<Found> => {
      const { timed, lost } = await race(contestants, rounds, { ask: 'steps', most: options.steps }, tell);
      return {
        workload: workload.name,
        head: `step: ${workload.title}, rounds: ${rounds}`,
        times: 'milliseconds a step',
        rate: ['GFLOP/s', (milliseconds) => digits(workload.flops / milliseconds / 1e6)],
        ...(right && { right }),
        timed,
        compared: comparisons(timed, aimedAt.includes(workload.name)),
        leftOut: [...leftOut, ...lost],
      };
    });
  });
}

function secondsOfReference({ checked, flops, reference }: Workload): number {
  return reference === 'float64' ? (1.5 * checked * flops) / 1e9 : 0;
}

/** Every contender starts, is checked and warms up; about ten have turns in the rounds, most of which are shorter. */
export function secondsOfRace({ rounds }: Options, contenders: number): number {
  return 4 * contenders + (0.7 * rounds * Math.min(contenders, 10) * longestTurn) / 1000;
}
