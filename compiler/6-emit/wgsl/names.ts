/** Names of variables and bindings as WGSL allows them. */
import { reservedWords } from '../../5-kernel/reserved.ts';

/** The name where WGSL allows it, else the name with an underscore behind it. */
export function legalName(name: string): string {
  const word = name
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/^__+/, '_')
    .replace(/^(\d)/, '_$1');
  return reservedWords.has(word) || word === '_' ? `${word}_` : word;
}
