/**
 * Milliseconds a training step, side by side. Every contender has a turn in each round, so that a machine whose speed
 * drifts slows all of them; ratios are taken round by round.
 */
import { rmSync } from 'node:fs';
import {
  closeField,
  type Contestant,
  type Field,
  leftOutLine,
  openField,
  wantedContenders,
} from '../harness/contestants.ts';
import { exportFixture } from '../harness/fixture.ts';
import { processorSeconds } from '../harness/processes.ts';
import { comparisons } from '../harness/compare.ts';
import { spreadOf } from '../harness/statistics.ts';
import { digits, table } from '../harness/table.ts';
import { workloads } from '../workloads/list.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Finding, Measure, Tell } from './measure.ts';
import type { Options } from '../options.ts';

/** A turn takes about so many milliseconds at most; a contender that is slower does fewer steps, five at least. */
const longestTurn = 4000;
const fewestSteps = 5;

/** A contender that takes more of a core than this while others have their turn disturbs them. */
const idleLimit = 0.03;

/** What was measured of one contender: milliseconds a step, a round each. */
export interface Timed {
  readonly contestant: Contestant;
  readonly times: readonly number[];
  readonly stepsOfTurn: number;
  /** Part of a core that it took between its turns. */
  readonly idle: number | undefined;
}

export const measureStep: Measure = async (options, tell) => {
  const findings: Finding[] = [];
  for (const workload of workloads) {
    const entries = wantedContenders(options, 'step', workload.name);
    if (entries.length === 0) continue;
    const { folder, index } = await exportFixture(workload, options.data);
    try {
      const field = await openField(entries, { folder, index, data: options.data }, tell);
      const timed = await race(field, options, tell);
      await closeField(field);
      findings.push(findingOf(workload, index.loss, field, timed, options));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (findings.length === 0) return undefined;
  return {
    measure: 'step',
    text: findings.map(({ text }) => text).join('\n\n'),
    data: findings.map(({ data }) => data),
  };
};

/** Warms every contender up, then the rounds; each begins with another contender. */
async function race({ contestants }: Field, { rounds, steps }: Options, tell: Tell): Promise<readonly Timed[]> {
  const turns = new Map<Contestant, number>();
  for (const contestant of contestants) {
    await contestant.child.ask(`steps ${fewestSteps}`, 'steps');
    const { milliseconds } = await contestant.child.ask(`steps ${fewestSteps}`, 'steps');
    turns.set(contestant, Math.max(fewestSteps, Math.min(steps, Math.floor(longestTurn / milliseconds))));
  }
  const times = new Map(contestants.map((contestant) => [contestant, [] as number[]]));
  const begin = performance.now();
  const busy = new Map(contestants.map((contestant) => [contestant, { seconds: 0, processor: 0 }]));
  const before = new Map(contestants.map((contestant) => [contestant, processorOf(contestant)]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const contestant = contestants[(i + round) % contestants.length]!;
      const [started, processor] = [performance.now(), processorOf(contestant)];
      const { milliseconds } = await contestant.child.ask(`steps ${turns.get(contestant)!}`, 'steps');
      times.get(contestant)!.push(milliseconds);
      const used = busy.get(contestant)!;
      used.seconds += (performance.now() - started) / 1000;
      used.processor += processorOf(contestant) - processor;
    }
    tell(`round ${round + 1} of ${rounds}`);
  }
  const seconds = (performance.now() - begin) / 1000;
  return contestants.map((contestant) => {
    const used = busy.get(contestant)!;
    const waited = seconds - used.seconds;
    const idle = (processorOf(contestant) - before.get(contestant)! - used.processor) / waited;
    return {
      contestant,
      times: times.get(contestant)!,
      stepsOfTurn: turns.get(contestant)!,
      idle: Number.isFinite(idle) && waited > 1 ? idle : undefined,
    };
  });
}

function processorOf({ child }: Contestant): number {
  return processorSeconds(child.pid ?? -1) ?? Number.NaN;
}

function findingOf(
  workload: Workload,
  reference: number,
  { leftOut }: Field,
  timed: readonly Timed[],
  { rounds }: Options,
): Finding {
  const rows = timed.map(({ contestant, times }) => {
    const { median, least, most } = spreadOf(times);
    const off = Math.abs(contestant.loss / reference - 1);
    return [
      contestant.entry.name,
      digits(median),
      `${digits(least)} to ${digits(most)}`,
      digits(workload.flops / median / 1e6),
      off.toExponential(1),
    ];
  });
  const head = ['milliseconds a step', 'median', 'spread', 'GFLOP/s', 'first loss off by'];
  const compared = comparisons(timed);
  const restless = timed.filter(({ idle }) => idle !== undefined && idle > idleLimit);
  const text = [
    `step: ${workload.title}, ${rounds} rounds`,
    timed.length > 0 ? table(head, rows) : 'nothing was measured',
    ...compared.map(({ text }) => text),
    ...restless.map(({ contestant, idle }) => {
      return `careful: ${contestant.entry.name} took ${digits(100 * idle!)} % of a core between its turns`;
    }),
    ...leftOut.map(leftOutLine),
  ].join('\n');
  const data = {
    workload: workload.name,
    flops: workload.flops,
    reference,
    contenders: timed.map(({ contestant, ...measured }) => {
      const { version, device, notes } = contestant.ready;
      return { name: contestant.entry.name, version, device, notes, loss: contestant.loss, ...measured };
    }),
    comparisons: compared,
    leftOut,
  };
  return { measure: 'step', text, data };
}
