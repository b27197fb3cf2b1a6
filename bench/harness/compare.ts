/** vaec beside its peers, each by its fastest variant, and by threads; ratios of rounds, with the target beside them. */
import type { Entry } from '../contenders/list.ts';
import type { Timed } from './race.ts';
import { isOurs, isTheirs, type Target, targets, verdict } from '../targets.ts';
import { ratiosOf, type Spread, spreadOf } from './statistics.ts';
import { digits } from './table.ts';

export interface Comparison {
  readonly ours: string;
  readonly theirs: string;
  /** Our time divided by theirs. */
  readonly ratio: Spread;
  readonly atMost?: number;
  readonly text: string;
}

/** `aimed`: whether the targets are for what was timed. */
export function comparisons(timed: readonly Timed[], aimed: boolean): readonly Comparison[] {
  const beside = targets.flatMap((target): Comparison[] => {
    const ours = fastest(timed, (entry) => isOurs(target, entry));
    const theirs = fastest(timed, (entry) => isTheirs(target, entry));
    if (ours === undefined || theirs === undefined) return [];
    const applies = aimed && (!target.software || isSoftware(ours.contestant.ready.device));
    return [compared(ours, theirs, applies ? target : {})];
  });
  return [...beside, ...byThreads(timed)];
}

/** Whether a WebGPU adapter of that name computes on the processor. */
function isSoftware(device: string): boolean {
  return /llvmpipe|lavapipe|swiftshader/i.test(device);
}

/** vaec with more threads beside vaec with one. */
function byThreads(timed: readonly Timed[]): readonly Comparison[] {
  const own = timed.filter(({ contestant: { entry } }) => entry.family === 'vaec' && entry.threads !== undefined);
  const single = own.find(({ contestant: { entry } }) => entry.threads === 1);
  if (single === undefined) return [];
  return own.filter((one) => one !== single).map((one) => compared(one, single, {}));
}

function fastest(timed: readonly Timed[], belongs: (entry: Entry) => boolean): Timed | undefined {
  const among = timed.filter(({ contestant }) => belongs(contestant.entry));
  const median = ({ times }: Timed) => spreadOf(times).median;
  return among.reduce<Timed | undefined>(
    (best, one) => (best === undefined || median(one) < median(best) ? one : best),
    undefined,
  );
}

function compared(ours: Timed, theirs: Timed, bound: Pick<Target, 'atMost' | 'goal'>): Comparison {
  const ratio = ratiosOf(ours.times, theirs.times);
  const [a, b] = [ours.contestant.entry.name, theirs.contestant.entry.name];
  const faster =
    ratio.median < 1 ? `${digits(1 / ratio.median)} times faster` : `${digits(ratio.median)} times the time`;
  const spread = `${digits(ratio.least)} to ${digits(ratio.most)}`;
  const { atMost, goal } = bound;
  const target =
    atMost === undefined
      ? ''
      : `; target ${verdict(ratio.median, atMost)}${goal === undefined ? '' : `, goal ${verdict(ratio.median, goal)}`}`;
  const text = `${a} / ${b}: ${digits(ratio.median)} (${spread}), ${faster}${target}`;
  return { ours: a, theirs: b, ratio, ...(atMost !== undefined && { atMost }), text };
}
