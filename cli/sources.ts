/** The sources of a spec between the disk and a run folder. */
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { SourceHost } from '../compiler/compile.ts';
import type { SpecCopy } from '../runtime/run/record.ts';
import { diskSources, isLibrary } from '../runtime/spec-sources.ts';
import type { Settings } from './options.ts';

export { diskSources };

/** The specs of a run folder, with the library as it was when the run began. */
export function copiedSources(run: string): SourceHost {
  return diskSources(join(run, 'spec'));
}

/** All sources of a compilation as a run folder keeps them: below their common folder, the library under `std/`. */
export function copyOf(entry: string, sources: ReadonlyMap<string, string>, settings: Settings): SpecCopy {
  const own = [...sources.keys()].filter((path) => !isLibrary(path));
  const common = own.map((path) => dirname(resolve(path))).reduce(commonFolder, dirname(resolve(entry)));
  const nameOf = (path: string) => relative(common, resolve(path)).split(sep).join('/');
  const files = new Map([...sources].map(([path, text]) => [isLibrary(path) ? path : nameOf(path), text] as const));
  return { entry: nameOf(entry) || basename(entry), files, settings };
}

function commonFolder(a: string, b: string): string {
  const [left, right] = [a.split(sep), b.split(sep)];
  const end = left.findIndex((part, i) => part !== right[i]);
  return left.slice(0, end === -1 ? undefined : end).join(sep) || sep;
}
