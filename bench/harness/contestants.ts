/** Contenders that run: started, heard for their first loss, held against the reference, told where they are left out. */
import { allContenders, type Entry } from '../contenders/list.ts';
import type { Tell } from '../measures/measure.ts';
import type { Options } from '../options.ts';
import { Child } from './child.ts';
import type { FixtureIndex } from './fixture.ts';
import type { Ready } from './protocol.ts';

/** How far the losses of the first steps may be from the reference, as a part of it. */
export const agreement = 1e-4;

export interface Contestant {
  readonly entry: Entry;
  readonly child: Child;
  readonly ready: Ready;
  /** Of its first steps, in nats a row; and how far the worst is from the reference, as a part of it. */
  readonly losses: readonly number[];
  readonly off: number;
}

export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/** The reason's first line: stacks are for the file. */
export function leftOutLine({ name, reason }: LeftOut): string {
  return `${name} is left out: ${reason.split('\n')[0]}`;
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

/** Starts contenders one after the other. Those that cannot run or that compute something else are left out, with why. */
export async function openField(
  entries: readonly Entry[],
  { folder, index, data }: { readonly folder: string; readonly index: FixtureIndex; readonly data: string },
  tell: Tell,
): Promise<Field> {
  const contestants: Contestant[] = [];
  const leftOut: LeftOut[] = [];
  for (const entry of entries) {
    const { child, answer } = await Child.start(entry.command(folder, data));
    const leave = async (reason: string) => {
      leftOut.push({ name: entry.name, reason });
      tell(leftOutLine({ name: entry.name, reason }));
      await child.quit();
    };
    if (answer.kind !== 'ready') {
      await leave(
        answer.kind === 'missing' ? answer.reason : `it failed: ${'message' in answer ? answer.message : ''}`,
      );
      continue;
    }
    try {
      const { losses } = await child.ask('losses', 'losses');
      const off = Math.max(...index.losses.map((right, step) => Math.abs((losses[step] ?? Number.NaN) / right - 1)));
      if (off <= agreement) {
        contestants.push({ entry, child, ready: answer, losses, off });
        tell(`${entry.name}: its first ${losses.length} losses are within ${off.toExponential(1)} of the reference`);
      } else {
        const [here, right] = [losses, index.losses].map((values) => values.map((value) => value.toFixed(3)).join(' '));
        await leave(`it computes something else: its first losses are ${here}, and ${right} are right`);
      }
    } catch (error) {
      await leave(`it failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { contestants, leftOut };
}

export async function closeField({ contestants }: Field): Promise<void> {
  for (const { child } of contestants) await child.quit();
}
