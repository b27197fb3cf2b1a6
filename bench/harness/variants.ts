/** Which of a library's variants are worth a place in the rounds. */
import type { Family, Place } from '../contenders/list.ts';
import { isNamed } from '../targets.ts';

/** How many of a library in one place. */
const most = 2;

interface Warm {
  readonly name: string;
  readonly family: Family;
  readonly place: Place;
  /** Milliseconds each when it was warm; infinite where it failed. */
  readonly pace: number;
}

/**
 * Those slower than two others of the same library in the same place. All of vaec's take part, as each is told of, and so
 * does a variant that a target names: its line would be lost.
 */
export function outrun<T extends Warm>(all: readonly T[]): readonly T[] {
  return all.filter((one) => {
    if (one.family === 'vaec' || isNamed(one)) return false;
    const faster = all.filter(({ family, place, pace }) => {
      return family === one.family && place === one.place && pace < one.pace;
    });
    return faster.length >= most;
  });
}
