/**
 * The search for one kernel's schedule: from the default outwards, a few neighbours at a time, those of the best so far
 * first; with the first of them, what won before and some schedules of every other kind. A variant is timed only once its
 * result has been found to be that of the plain schedule.
 */
import { keyOf, withoutParts, type Choice } from '../../compiler/5-kernel/schedule/choice.ts';
import { fight, medianTimes, runsFor, type Stopwatch } from './race.ts';

/** A kernel by one choice, as far as a search goes. */
export interface Contestant {
  readonly choice: Choice;
  /** Contestants of the same fingerprint are one. */
  readonly fingerprint: string;
}

/** Contestants that lie ready on the device. */
export interface Heat<C> {
  /** Why the contestant may not take part: the device refuses it, or its result is wrong. Runs it once. */
  objection(contestant: C): Promise<string | undefined>;
  readonly time: Stopwatch<C>;
  /** From here on all times are by one clock, and can be compared. */
  settle(): void;
  close(): void;
}

export interface Subject<C extends Contestant> {
  readonly byDefault: C;
  /** Milliseconds of a run by default, as far as is known. */
  readonly before: number;
  readonly choices: readonly Choice[];
  /** What won a search before: it takes part first, so that nothing slower takes its place. */
  readonly known?: Choice;
  /** Undefined where the device cannot run it. */
  variant(choice: Choice): C | undefined;
  heat(contestants: readonly C[]): Promise<Heat<C>>;
  /** Whether time is up: what has been found is then tried against the default, and the search ends. */
  expired(): boolean;
}

export interface Objection {
  readonly choice: Choice;
  readonly reason: string;
}

export interface SearchResult<C> {
  /** Milliseconds of a run by default, and of the winner: the default itself where nothing beat it. */
  readonly before: number;
  readonly after: number;
  /** Absent where nothing beat the default. */
  readonly winner?: C;
  /** Contestants that were timed, the default among them. */
  readonly timed: number;
  readonly refused: readonly Objection[];
  /** Whether the search came to its own end, and not to that of its time. */
  readonly complete: boolean;
}

/** Contestants of a heat beside the default; the first heat has some more. */
const heatSize = 6;
/** Of each kind that the default is not, and of those in parts: how good those are no setting of the default tells. */
const ofEachKind = 2;
/** Heats without a better one that end the search. */
const patience = 2;
/** What takes so many times as long as the default in its first run, and 2 ms at least, is not timed again. */
const hopeless = 3;

export async function search<C extends Contestant>(subject: Subject<C>): Promise<SearchResult<C>> {
  const { byDefault } = subject;
  const seen = new Set([byDefault.fingerprint]);
  const refused: Objection[] = [];
  let left = subject.choices;
  let first = firstOf(subject);
  let best: { readonly contestant: C; readonly ratio: number } = { contestant: byDefault, ratio: 1 };
  let [before, timed, stale] = [subject.before, 1, 0];
  while (stale < patience && !subject.expired()) {
    const { taken, rest } = next(subject, left, best.contestant.choice, first, seen);
    [left, first] = [rest, []];
    if (taken.length === 0) break;
    const heat = await subject.heat([byDefault, ...taken]);
    try {
      await heat.time(byDefault, 1);
      const runs = await runsFor(byDefault, heat.time);
      heat.settle();
      const once = await heat.time(byDefault, runs);
      const admitted: C[] = [];
      for (const contestant of taken) {
        if (subject.expired()) break;
        const reason = await heat.objection(contestant);
        if (reason !== undefined) refused.push({ choice: contestant.choice, reason });
        else if ((await heat.time(contestant, 1)) < Math.max(2, (hopeless * once) / runs)) admitted.push(contestant);
        timed += reason === undefined ? 1 : 0;
      }
      const [own, ...others] = await medianTimes([byDefault, ...admitted], heat.time, { runs, rounds: 3 });
      before = own!;
      const ratios = others.map((time) => time / own!);
      const least = Math.min(...ratios);
      if (least < best.ratio) {
        best = { contestant: admitted[ratios.indexOf(least)]!, ratio: least };
        stale = 0;
      } else stale++;
    } finally {
      heat.close();
    }
  }
  const ended = { timed, refused, complete: !subject.expired() };
  if (best.contestant === byDefault) return { before, after: before, ...ended };
  const heat = await subject.heat([byDefault, best.contestant]);
  try {
    for (const contestant of [byDefault, best.contestant]) await heat.time(contestant, 1);
    const runs = await runsFor(byDefault, heat.time);
    heat.settle();
    const { holder, challenger, won } = await fight(byDefault, best.contestant, heat.time, runs);
    return won
      ? { before: holder, after: challenger, winner: best.contestant, ...ended }
      : { before: holder, after: holder, ...ended };
  } finally {
    heat.close();
  }
}

/**
 * What takes part in the first heat beside neighbours of the default: evenly from the choices of each other kind, and from
 * those that divide the default's loop.
 */
function firstOf<C extends Contestant>({ byDefault, choices, known }: Subject<C>): readonly Choice[] {
  const whole = choices.filter(({ parts }) => parts === undefined);
  const kinds = new Set(whole.map(kindOf));
  kinds.delete(kindOf(byDefault.choice));
  const loops = keyOf(withoutParts(byDefault.choice));
  const divided = choices.filter((choice) => choice.parts !== undefined && keyOf(withoutParts(choice)) === loops);
  const sorts = [...[...kinds].map((kind) => whole.filter((choice) => kindOf(choice) === kind)), divided];
  const others = sorts.flatMap((own) => {
    const places = Array.from({ length: ofEachKind }, (_, i) => Math.floor(((i + 0.5) * own.length) / ofEachKind));
    return own.filter((_, i) => places.includes(i));
  });
  return known === undefined ? others : [known, ...others];
}

/** The kinds of which the first heat has some each. */
function kindOf(choice: Choice): string {
  if (choice.kind !== 'tile') return choice.kind;
  return choice.matrixSubgroups !== undefined ? 'matrices' : choice.depth !== undefined ? 'staged' : 'tile';
}

/** The next contestants: the first ones, then of choices not tried yet those that differ least from the best. */
function next<C extends Contestant>(
  subject: Subject<C>,
  left: readonly Choice[],
  best: Choice,
  first: readonly Choice[],
  seen: Set<string>,
): { readonly taken: readonly C[]; readonly rest: readonly Choice[] } {
  const others = left
    .filter((choice) => !first.includes(choice))
    .map((choice) => ({ choice, distance: distance(choice, best) }))
    .sort((a, b) => a.distance - b.distance);
  const inOrder = [...first, ...others.map(({ choice }) => choice)];
  const taken: C[] = [];
  let used = 0;
  for (const choice of inOrder) {
    if (taken.length === heatSize + first.length) break;
    used++;
    const variant = subject.variant(choice);
    if (variant === undefined || seen.has(variant.fingerprint)) continue;
    seen.add(variant.fingerprint);
    taken.push(variant);
  }
  return { taken, rest: inOrder.slice(used) };
}

/** How far apart two choices are: the settings that differ, numbers by their ratio; another kind is farther than any. */
export function distance(one: Choice, other: Choice): number {
  if (one.kind !== other.kind) return 100;
  const [a, b] = [one, other] as unknown as readonly Readonly<Record<string, unknown>>[];
  return [...new Set([...Object.keys(a!), ...Object.keys(b!)])].reduce((sum, name) => {
    if (a![name] === b![name]) return sum;
    // A number is absent where there is nothing to divide or to stage: one part, one position.
    const [value, wanted] = [a![name] ?? 1, b![name] ?? 1];
    return sum + 1 + (typeof value === 'number' ? Math.abs(Math.log2(value / (wanted as number))) / 4 : 0);
  }, 0);
}
