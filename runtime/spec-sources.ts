/** Specs on disk for the compiler, which reads no files itself: `std/…` is the library, the rest are ordinary paths. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runName } from '../compiler/2-check/paths.ts';
import type { SourceHost, UsedRun } from '../compiler/compile.ts';
import { systemErrorCode, UserError } from './errors.ts';
import { readFailure, sha256 } from './formats/files.ts';
import { decodeSafetensors } from './formats/safetensors.ts';
import { hostClock } from './host/positions.ts';
import { headOf } from './run/checkpoint.ts';
import { finalCheckpoint, keptRuns } from './run/layout.ts';
import { decodeHypers, decodeRecord } from './run/record.ts';

/** The library lies beside the compiler, in the sources as in the build. */
const library = fileURLToPath(new URL('../compiler/', import.meta.url));

/**
 * Reads specs and runs from disk, relative paths from the working folder. A file that is not there is `undefined`, which
 * the compiler tells with the place that asked for it; one that cannot be read throws a UserError.
 */
export function diskSources(): SourceHost {
  return { read: (path) => readText(isLibrary(path) ? join(library, path) : path), run: usedRun };
}

/** The same for the spec that a run folder holds: the library and the runs are those that were copied there with it. */
export function copiedSources(run: string): SourceHost {
  return {
    read: readText,
    library: `${run}/spec/`,
    run: (folder) => usedRun(keptCopy(run, folder)),
  };
}

/**
 * The same as on disk for a spec that a run goes on with, but the runs it uses are those that the run was begun with,
 * wherever the first ones are by now. One that it was not begun with is the disk's: that the spec is another is told
 * when the two are compared.
 */
export function resumedSources(run: string): SourceHost {
  return {
    ...diskSources(),
    run: (folder) => usedRun(existsSync(keptCopy(run, folder)) ? keptCopy(run, folder) : folder),
  };
}

/** Where a run keeps its copy of one that it uses. */
function keptCopy(run: string, used: string): string {
  return `${run}/${keptRuns}/${runName(used)}`;
}

export function isLibrary(path: string): boolean {
  return path.startsWith('std/');
}

/** The finished run in a folder; or what stands against using it, with what to do. */
function usedRun(folder: string): UsedRun | { readonly problem: string } {
  try {
    if (!existsSync(folder)) return { problem: `there is no folder "${folder}"; train it first, with --out ${folder}` };
    return finishedRun(folder);
  } catch (error) {
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  }
}

function finishedRun(folder: string): UsedRun {
  const record = decodeRecord(
    demand(`${folder}/run.json`, `"${folder}" is not a run folder`),
    `${folder}/run.json`,
    folder,
  );
  const { entry, hash } = record.spec;
  if (entry === undefined) throw new UserError(`"${folder}" was begun by a compiled module and holds no spec`);
  const path = `${folder}/${finalCheckpoint}`;
  const goOn = `it has not been trained to its end; go on with "vaec train … --out ${folder} --resume"`;
  const bytes = demand(path, goOn);
  const { step, steps, batch, rows, spec } = headOf(decodeSafetensors(bytes, path), path);
  if (step < record.steps) throw new UserError(goOn);
  if (spec.hash !== hash) throw new UserError(`"${path}" is a checkpoint of another spec: it was put there by hand`);
  const hypersPath = `${folder}/hypers.json`;
  const lost = `"${hypersPath}" is missing, with what the run's hypers were: copy it from where the run was trained, or train it again`;
  const hypers = Object.entries(decodeHypers(demand(hypersPath, lost), hypersPath));
  const numbers = hypers.filter(([, value]) => typeof value === 'number').map(([name, value]) => [name, String(value)]);
  return {
    folder,
    spec: `${folder}/spec/${entry}`,
    host: copiedSources(folder),
    settings: { ...record.settings, ...(Object.fromEntries(numbers) as Record<string, string>) },
    clock: hostClock(step, batch, rows, steps),
    checkpoint: sha256(bytes),
  };
}

/** The bytes of a file that must be there; `missing` says what it means that it is not. */
function demand(path: string, missing: string): Uint8Array {
  const bytes = readBytes(path);
  if (bytes === undefined) throw new UserError(missing);
  return bytes;
}

function readText(path: string): string | undefined {
  const bytes = readBytes(path);
  return bytes && new TextDecoder().decode(bytes);
}

function readBytes(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return undefined;
    throw readFailure(path, error);
  }
}
