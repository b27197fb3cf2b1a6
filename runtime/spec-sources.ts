/** Specs on disk for the compiler, which reads no files itself: `std/…` is the library, the rest are ordinary paths. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceHost } from '../compiler/compile.ts';
import { systemErrorCode } from './errors.ts';
import { readFailure } from './formats/files.ts';

/** The library lies beside the compiler, in the sources as in the build. */
const library = fileURLToPath(new URL('../compiler/', import.meta.url));

/**
 * Reads specs from disk, relative paths from the working folder; `std/…` below `libraryFolder`. A file that is not there
 * is `undefined`, which the compiler tells with the place that asked for it; one that cannot be read throws a UserError.
 */
export function diskSources(libraryFolder = library): SourceHost {
  return { read: (path) => readText(isLibrary(path) ? join(libraryFolder, path) : path) };
}

export function isLibrary(path: string): boolean {
  return path.startsWith('std/');
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return undefined;
    throw readFailure(path, error);
  }
}
