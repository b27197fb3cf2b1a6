/** "Did you mean": how a message offers the nearest of the known names. */
import { closest } from './spelling.ts';

/** `; did you mean 'x'?`, or nothing where no name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = closest(name, known);
  return near === undefined ? '' : `; did you mean '${near}'?`;
}
