/** "Did you mean": how a message offers the known name that was meant. */
import { closest } from './spelling.ts';

/** What papers and other libraries call what the language has under another name. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['DoubleExponential', 'Laplace'],
  ['Gaussian', 'Normal'],
  ['Multinoulli', 'Categorical'],
  ['expit', 'sigmoid'],
  ['gaussian', 'Normal'],
  ['logistic', 'sigmoid'],
  ['swish', 'silu'],
]);

/** The same, or where no name is near all that there are: `; it takes 'lr', 'betas', 'eps'`. */
export function didYouMeanOf(name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  return near !== '' || known.length === 0 ? near : `; it takes ${known.map((one) => `'${one}'`).join(', ')}`;
}

/** `; did you mean 'x'?` of the nearest name, or of one that means the same; nothing where there is none. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = closest(name, names) ?? sameMeaning(name, names);
  return near === undefined ? '' : `; did you mean '${near}'?`;
}

function sameMeaning(name: string, known: readonly string[]): string | undefined {
  const meant = otherNames.get(name);
  return meant !== undefined && known.includes(meant) ? meant : undefined;
}
