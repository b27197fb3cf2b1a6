/** What to say after a name that is not known. */
import { didYouMean } from '../../compiler/diagnostics/suggest.ts';

/** The nearest of the names, or all of them when none is near. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = didYouMean(word, known);
  return near !== '' || known.length === 0 ? near : `; there is ${known.map((name) => `"${name}"`).join(', ')}`;
}
