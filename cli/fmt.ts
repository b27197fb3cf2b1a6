/** `vaec fmt`: puts specs in the one layout, or with --check names those that are not in it. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnostic } from '../compiler/diagnostics/diagnostic.ts';
import { parse } from '../compiler/1-syntax/build.ts';
import { readFailure, readWhole, writeAtomic } from '../runtime/formats/files.ts';
import { tellDiagnostics } from './diagnostics.ts';
import { ToldError } from './failure.ts';
import type { Terminal } from './terminal.ts';

export interface FmtFlags {
  readonly check?: true;
}

/**
 * Formats each file, and each .vae file below each folder, in place. With `check` nothing is written and a file that
 * would change is an error. A file that does not parse is told and left as it is; then a ToldError is thrown at the end.
 */
export async function fmtCommand(paths: readonly string[], flags: FmtFlags, terminal: Terminal): Promise<void> {
  const [prettier, plugin] = await Promise.all([
    import('prettier/standalone'),
    import('../compiler/1-syntax/format.ts'),
  ]);
  let failed = false;
  for (const path of await specsBelow(paths)) {
    const text = Buffer.from(await readWhole(path)).toString('utf8');
    const errors = syntaxErrors(path, text);
    if (errors.length > 0) {
      failed = true;
      tell(path, text, errors, terminal);
      continue;
    }
    const formatted = await prettier.format(text, { parser: 'vae', plugins: [plugin], printWidth: 120 });
    if (formatted === text) continue;
    if (flags.check) {
      failed = true;
      terminal.err(`${path}: not formatted; run "vaec fmt ${path}"`);
    } else {
      await writeAtomic(path, formatted);
      terminal.out(`${path}: formatted`);
    }
  }
  if (failed) throw new ToldError(1);
}

function syntaxErrors(path: string, text: string): readonly Diagnostic[] {
  return parse(path, text).diagnostics.filter(({ severity }) => severity === 'error');
}

function tell(path: string, text: string, diagnostics: readonly Diagnostic[], terminal: Terminal): void {
  try {
    tellDiagnostics({ diagnostics, sources: new Map([[path, text]]) }, terminal);
  } catch (failure) {
    if (!(failure instanceof ToldError)) throw failure;
  }
}

/** Files as they are named; folders as the .vae files below them, sorted. */
async function specsBelow(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const isFolder = await lstat(path).then(
      (stats) => stats.isDirectory(),
      (error: unknown) => {
        throw readFailure(path, error);
      },
    );
    if (!isFolder) {
      found.push(path);
      continue;
    }
    const entries = await readdir(path, { recursive: true });
    found.push(
      ...entries
        .filter((entry) => entry.endsWith('.vae'))
        .map((entry) => join(path, entry))
        .sort(),
    );
  }
  return found;
}
