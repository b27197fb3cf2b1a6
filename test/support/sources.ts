/** Specs for tests: the library from the compiler's folder, the rest by path or from memory. */
import { existsSync, readFileSync } from 'node:fs';
import { runName } from '../../compiler/2-check/paths.ts';
import type { SourceHost } from '../../compiler/compile.ts';
import { diskSources } from '../../runtime/spec-sources.ts';

/** Reads from `files` first, then from disk. The run `runs/vae` is that of the file `vae.vae`, after 100 steps of 100. */
export function testSources(files: Readonly<Record<string, string>> = {}): SourceHost {
  const host: SourceHost = {
    read(path) {
      const held = files[path];
      if (held !== undefined) return held;
      const onDisk = path.startsWith('std/') ? `compiler/${path}` : path;
      return existsSync(onDisk) ? readFileSync(onDisk, 'utf8') : undefined;
    },
    run(folder) {
      const spec = `${runName(folder)}.vae`;
      if (files[spec] === undefined) return diskSources().run!(folder);
      const clock = { step: 100, epoch: 10, steps: 100, rows: 1000, iteration: 0 };
      return { folder, spec, host, settings: {}, clock, checkpoint: 'some weights' };
    },
  };
  return host;
}
