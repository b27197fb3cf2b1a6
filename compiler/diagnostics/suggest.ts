/** "Did you mean": how a message offers the nearest of the known names. */
import { closest } from './spelling.ts';

/** The same, or where no name is near all that there are: `; it takes 'lr', 'betas', 'eps'`. */
export function didYouMeanOf(name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  return near !== '' || known.length === 0 ? near : `; it takes ${known.map((one) => `'${one}'`).join(', ')}`;
}

/** `; did you mean 'x'?`, or nothing where no name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = closest(name, known);
  return near === undefined ? '' : `; did you mean '${near}'?`;
}
