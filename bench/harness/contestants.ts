/** Contenders that run: started, heard for their first loss, held against the reference, told where they are left out. */
import { allContenders, type Entry } from '../contenders/list.ts';
import type { Tell } from '../measures/measure.ts';
import type { Options } from '../options.ts';
import { Child } from './child.ts';
import type { Ready } from './protocol.ts';

/** How far the numbers that a contender is checked by may be from what is right, as a part of it. */
export const agreement = 1e-4;

export interface Contestant {
  readonly entry: Entry;
  readonly child: Child;
  readonly ready: Ready;
  /** What it was checked by; and how far the worst is from what is right, as a part of it. */
  readonly numbers: readonly number[];
  readonly off: number;
}

export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** A line for each reason, of which the first line is told: stacks are for the file. */
export function leftOutLines(all: readonly LeftOut[]): readonly string[] {
  const reasons = [...new Set(all.map(({ reason }) => reason.split('\n')[0]!))];
  return reasons.map((reason) => {
    const names = all.filter((one) => one.reason.split('\n')[0] === reason).map(({ name }) => name);
    return `left out: ${names.join('; ')}: ${reason}`;
  });
}

export interface Field {
  readonly contestants: readonly Contestant[];
  readonly leftOut: readonly LeftOut[];
}

/** The contenders that are wanted for a measure of a workload. */
export function wantedContenders(options: Options, measure: string, workload: string): readonly Entry[] {
  return allContenders(options).filter(
    ({ name, place }) =>
      (options.device === undefined || options.device === place) && options.wanted(measure, workload, name),
  );
}

/** What contenders are asked before anything is timed, and the answer. */
export interface Question {
  readonly ask: 'losses' | 'pixels';
  /** Where absent, the first answer in numbers is right: they are held against each other. */
  readonly right?: readonly number[];
}

/** Where contenders find what they begin with, and what they are asked. */
export interface Setting {
  readonly folder: string;
  readonly data: string;
  readonly question: Question;
}

/** Starts contenders, has them used, and ends their processes whatever happens: each would keep this one from ending. */
export async function withField<T>(
  entries: readonly Entry[],
  setting: Setting,
  tell: Tell,
  use: (field: Field) => Promise<T>,
): Promise<T> {
  const field = await openField(entries, setting, tell);
  try {
    return await use(field);
  } finally {
    for (const { child } of field.contestants) await child.quit();
  }
}

/** Starts contenders one after the other. Those that cannot run or that compute something else are left out, with why. */
async function openField(entries: readonly Entry[], { folder, data, question }: Setting, tell: Tell): Promise<Field> {
  const contestants: Contestant[] = [];
  const leftOut: LeftOut[] = [];
  /** Why a library cannot run in a place: its variants are not tried. */
  const missing = new Map<string, string>();
  let { right } = question;
  for (const entry of entries) {
    const kind = `${entry.family} ${entry.place}`;
    const leave = (reason: string) => {
      leftOut.push({ name: entry.name, reason });
      tell(leftOutLines([{ name: entry.name, reason }])[0]!);
    };
    const known = missing.get(kind);
    if (known !== undefined) {
      leftOut.push({ name: entry.name, reason: known });
      continue;
    }
    const { child, answer } = await Child.start(entry.command(folder, data), entry.patience);
    try {
      if (answer.kind === 'missing') {
        missing.set(kind, answer.reason);
        leave(answer.reason);
      } else if (answer.kind !== 'ready') {
        leave(`it failed: ${'message' in answer ? answer.message : answer.kind}`);
      } else {
        const { numbers } = await child.ask(question.ask, 'numbers', entry.patience);
        if (!areNumbers(numbers)) throw new Error(`its first ${question.ask} are not all numbers`);
        right ??= numbers;
        const off = distance(numbers, right);
        if (off <= agreement) {
          contestants.push({ entry, child, ready: answer, numbers, off });
          const what = question.right === undefined ? "the first contender's" : 'the reference';
          tell(`${entry.name}: ${question.ask} within ${off.toExponential(1)} of ${what}`);
          continue;
        }
        const [here, there] = [numbers, right].map((values) => values.map((value) => value.toFixed(3)).join(' '));
        leave(`it computes something else: its first ${question.ask} are ${here}, and ${there} are right`);
      }
    } catch (error) {
      leave(`it failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    await child.quit();
  }
  return { contestants, leftOut };
}

/** Whether an answer may be what others are held against. JSON has null for what is not finite. */
function areNumbers(answer: readonly (number | null)[]): answer is readonly number[] {
  return answer.length > 0 && answer.every(Number.isFinite);
}

/** How far the worst number is from the right one, as a part of it; not a number where one is missing. */
export function distance(numbers: readonly number[], right: readonly number[]): number {
  return Math.max(...right.map((value, i) => Math.abs((numbers[i] ?? Number.NaN) / value - 1)));
}
