/** Which of a library's variants are worth a place in the rounds. */
import type { Family, Place } from '../contenders/list.ts';

/** How many of a library in one place. */
const most = 2;

interface Warm {
  readonly family: Family;
  readonly place: Place;
  /** Milliseconds each when it was warm; infinite where it failed. */
  readonly pace: number;
}

/** Those slower than two others of the same library in the same place. All of vaec's take part: each is told of. */
export function outrun<T extends Warm>(all: readonly T[]): readonly T[] {
  return all.filter(({ family, place, pace }) => {
    if (family === 'vaec') return false;
    return all.filter((other) => other.family === family && other.place === place && other.pace < pace).length >= most;
  });
}
