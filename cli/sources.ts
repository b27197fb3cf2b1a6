/** From the sources of a spec to what a run folder keeps of them. */
import { basename, dirname, relative, resolve, sep } from 'node:path';
import type { Compilation } from '../compiler/compile.ts';
import type { SpecCopy } from '../runtime/run/record.ts';
import { isLibrary } from '../runtime/spec-sources.ts';
import type { Settings } from './options.ts';

/** What a run folder keeps of a compilation: its texts below their common folder, the library under `std/`; its runs. */
export function copyOf(
  entry: string,
  { texts, runs }: Pick<Compilation, 'texts' | 'runs'>,
  settings: Settings,
): SpecCopy {
  const own = [...texts.keys()].filter((path) => !isLibrary(path));
  const common = own.map((path) => dirname(resolve(path))).reduce(commonFolder, dirname(resolve(entry)));
  const nameOf = (path: string) => relative(common, resolve(path)).split(sep).join('/');
  const files = new Map([...texts].map(([path, text]) => [isLibrary(path) ? path : nameOf(path), text] as const));
  // A run within a run comes along with it.
  const direct = new Map([...runs].filter(([name]) => !name.includes(':')));
  return { entry: nameOf(entry) || basename(entry), folder: dirname(entry), files, settings, runs: direct };
}

function commonFolder(a: string, b: string): string {
  const [left, right] = [a.split(sep), b.split(sep)];
  const end = left.findIndex((part, i) => part !== right[i]);
  return left.slice(0, end === -1 ? undefined : end).join(sep) || sep;
}
