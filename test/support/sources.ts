/** Specs for tests: the library from the compiler's folder, the rest by path or from memory; runs from disk. */
import { existsSync, readFileSync } from 'node:fs';
import type { SourceHost } from '../../compiler/compile.ts';
import { diskSources } from '../../runtime/spec-sources.ts';

/** Reads from `files` first, then from disk. */
export function testSources(files: Readonly<Record<string, string>> = {}): SourceHost {
  return {
    read(path) {
      const held = files[path];
      if (held !== undefined) return held;
      const onDisk = path.startsWith('std/') ? `compiler/${path}` : path;
      return existsSync(onDisk) ? readFileSync(onDisk, 'utf8') : undefined;
    },
    run: diskSources().run!,
  };
}
