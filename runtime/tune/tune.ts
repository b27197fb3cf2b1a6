/**
 * Searches the schedules of a plan's kernels on a device: first the time by default of as many kernels as a quarter of the
 * budget is enough for, then those kernels in turn, the longest first, each for its share of the time that is left; and so
 * on with other kernels while there is time.
 */
import type { KernelEmitter } from '../../compiler/5-kernel/emitter.ts';
import type { PlannedKernel } from '../../compiler/5-kernel/library.ts';
import type { Plan } from '../../compiler/5-kernel/plan.ts';
import type { Profile } from '../../compiler/5-kernel/schedule/profile.ts';
import { isInSpace, plainChoice, spaceOf } from '../../compiler/5-kernel/schedule/space.ts';
import { type Variant, variantOf } from '../../compiler/5-kernel/trial.ts';
import { tensorsOf } from '../../compiler/5-kernel/walk.ts';
import type { Device } from '../device/device.ts';
import { InternalError } from '../errors.ts';
import type { Scalars } from '../execute/inputs.ts';
import { Hypers } from '../host/hypers.ts';
import { hostClock } from '../host/positions.ts';
import { scalarsOf } from '../host/scalars.ts';
import { type BenchOptions, type Expected, expectedOf, openHeat } from './bench.ts';
import type { FoundSchedule } from './cache.ts';
import { tableRows } from './inputs.ts';
import { medianTimes, runsFor } from './race.ts';
import { type Objection, search } from './search.ts';

/** What is known of a kernel after its turn. */
export interface TunedKernel extends FoundSchedule {
  /** Variants that were timed, the default among them, and those that were not let in. */
  readonly timed: number;
  readonly refused: readonly Objection[];
}

export type TuneEvent =
  /** The kernel's time by default is measured. */
  | { readonly kind: 'measure'; readonly kernel: string; readonly at: number; readonly of: number }
  | { readonly kind: 'search'; readonly kernel: string; readonly at: number; readonly of: number }
  | { readonly kind: 'found'; readonly found: TunedKernel }
  /** Nothing is searched for this kernel. */
  | { readonly kind: 'skipped'; readonly kernel: string; readonly reason: string };

export interface TuneOptions {
  readonly device: Device;
  readonly plan: Plan;
  readonly kernels: readonly PlannedKernel[];
  readonly profile: Profile;
  /** A new one for each kernel, whose variants it remembers. */
  readonly emitter: () => KernelEmitter;
  /** Seconds that the whole search may take, about. */
  readonly budget: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TuneEvent) => void;
  /** Called with what was found for each kernel, before the next one's turn. */
  readonly keep: (found: FoundSchedule) => Promise<void>;
  /** What was found before: its kernels come last, its winners take part again and give way only to what is faster. */
  readonly known?: readonly FoundSchedule[];
  /** A clock in milliseconds. */
  readonly now?: () => number;
}

/** A kernel ready to be searched. */
interface Ready {
  readonly planned: PlannedKernel;
  readonly byDefault: Variant;
  readonly expected: Expected;
  readonly bench: BenchOptions;
  /** Milliseconds of a run by default. */
  readonly before: number;
}

/** Ends when every kernel has had its turn, the budget is spent or the signal is given; what was found is kept then. */
export async function tune(options: TuneOptions): Promise<void> {
  const { budget, signal, onEvent = () => undefined, now = () => performance.now() } = options;
  const knownOf = ({ fingerprint }: PlannedKernel) => options.known?.find(({ kernel }) => kernel === fingerprint);
  // Those that had no turn yet come first: run after run, all do.
  const isKnown = (planned: PlannedKernel) => knownOf(planned) !== undefined;
  const kernels = [...options.kernels].sort((a, b) => Number(isKnown(a)) - Number(isKnown(b)));
  const end = now() + 1000 * budget;
  const over = () => signal?.aborted === true || now() >= end;
  const skip = (kernel: string, reason = 'there was no time for it') => onEvent({ kind: 'skipped', kernel, reason });
  let at = 0;
  while (at < kernels.length && !over()) {
    const measured = now() + (end - now()) * measuringShare;
    const ready: Ready[] = [];
    for (; at < kernels.length && !over() && (ready.length === 0 || now() < measured); at++) {
      const planned = kernels[at]!;
      onEvent({ kind: 'measure', kernel: planned.name, at, of: kernels.length });
      const found = await prepare(planned, options, now);
      if (typeof found === 'string') skip(planned.name, found);
      else ready.push(found);
    }
    ready.sort((a, b) => b.before - a.before);
    for (const [turn, each] of ready.entries()) {
      const kernel = each.planned.name;
      if (over()) {
        skip(kernel);
        continue;
      }
      onEvent({ kind: 'search', kernel, at: turn, of: ready.length });
      const left = ready.slice(turn).reduce((sum, { before }) => sum + before, 0);
      const until = Math.min(end, now() + Math.max(leastShare, ((end - now()) * each.before) / left));
      const known = knownOf(each.planned);
      const expired = () => signal?.aborted === true || now() >= until;
      const found = await searched(each, options.profile, known, expired);
      onEvent({ kind: 'found', found });
      if (saysMore(found, known)) await options.keep(foundOf(found));
    }
  }
  for (const { name } of kernels.slice(at)) skip(name);
}

/** Of the time that is left, what measuring kernels by default may take before some of them are searched. */
const measuringShare = 1 / 4;

/** A kernel's share of the budget at least, in milliseconds. */
const leastShare = 500;

/** The kernel with what it must compute and its time by default, or in words why it is left as it is. */
async function prepare(planned: PlannedKernel, options: TuneOptions, now: () => number): Promise<Ready | string> {
  const { device, plan, profile } = options;
  const emitter = options.emitter();
  const scalars = scalarsFor(planned, plan);
  const bench: BenchOptions = { device, plan, emitter, kernel: planned.kernel, scalars, now };
  const make = (choice: Variant['choice']) => variantOf(planned, choice, profile, emitter, device.limits);
  const byDefault = make(planned.choice);
  if (byDefault === undefined) throw new InternalError(`the device cannot run ${planned.name} by default`);
  const plain = make(plainChoice(profile));
  if (plain === undefined) return 'the device cannot run the plain schedule, which others are checked against';
  const expected = await expectedOf(plain, bench);
  if (typeof expected === 'string') return expected;
  const heat = await openHeat([byDefault], expected, bench);
  try {
    const reason = await heat.objection(byDefault);
    if (reason !== undefined)
      return `by default, ${reason}: this is a fault of vaec or of the driver, please report it`;
    const runs = await runsFor(byDefault, heat.time);
    heat.settle();
    const [before] = await medianTimes([byDefault], heat.time, { runs, rounds: 1 });
    return { planned, byDefault, expected, bench, before: before! };
  } finally {
    heat.close();
  }
}

async function searched(
  { planned, byDefault, expected, bench, before }: Ready,
  profile: Profile,
  known: FoundSchedule | undefined,
  expired: () => boolean,
): Promise<TunedKernel> {
  const { limits } = bench.device;
  const wonBefore = known?.winner?.choice;
  const isKnown = wonBefore !== undefined && isInSpace(wonBefore, planned.kernel, profile);
  const { winner, ...result } = await search<Variant>({
    byDefault,
    before,
    choices: spaceOf(planned.kernel, profile, limits),
    ...(isKnown && { known: wonBefore }),
    variant: (choice) => variantOf(planned, choice, profile, bench.emitter, limits),
    heat: (variants) => openHeat(variants, expected, bench),
    expired,
  });
  const found = { name: planned.name, kernel: planned.fingerprint, ...result };
  return winner === undefined ? found : { ...found, winner: { choice: winner.choice, text: winner.fingerprint } };
}

/**
 * Whether what was found takes the place of what is known. A search that was cut short and found nothing says nothing but
 * that it was, nor does one that found the same again: it may have been searched to the end before.
 */
export function saysMore({ complete, winner }: FoundSchedule, known?: FoundSchedule): boolean {
  return complete || known === undefined || (winner !== undefined && winner.text !== known.winner?.text);
}

function foundOf({ name, kernel, before, after, complete, winner }: TunedKernel): FoundSchedule {
  return { name, kernel, before, after, complete, ...(winner && { winner }) };
}

/** Some moment in the middle of a run: what kernels read beside their tensors. */
function scalarsFor({ kernel }: PlannedKernel, plan: Plan): Scalars {
  const tables = tensorsOf(kernel).filter(({ role }) => role.kind === 'table');
  const rows = Math.min(8192, ...tables.map(tableRows));
  const clock = { step: 1, epoch: 0, offset: 0, rows, first: 0, seed: 1 };
  return scalarsOf(plan, new Hypers(plan))({ clock, host: hostClock(1, 1, rows, 1000), row: () => 0 });
}
