/** Specs of the gallery as workloads take them: as they are, or with a part written otherwise. */
import { readFileSync } from 'node:fs';

/** The text of specs/PATH with each text that is to be replaced, everywhere. Throws an Error where one is not in it. */
export function gallerySpec(path: string, replacements: Readonly<Record<string, string>> = {}): string {
  const text = readFileSync(new URL(`../../specs/${path}`, import.meta.url), 'utf8');
  return Object.entries(replacements).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`specs/${path} has no "${from}"`);
    return changed.replaceAll(from, to);
  }, text);
}
