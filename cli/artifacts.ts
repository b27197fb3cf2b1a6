/** The files of a compiled spec: a text a kernel, modules, plan.json, model.ts; written whole, or compared with what is there. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { moduleFiles } from '../compiler/5-kernel/plan.ts';
import type { Compilation } from '../compiler/compile.ts';
import { UserError } from '../runtime/errors.ts';
import { readFailure, readWhole, writeAtomic } from '../runtime/formats/files.ts';
import { encodeFrozen, frozenFile } from '../runtime/run/frozen.ts';
import { planText } from './plan-text.ts';
import { frozenOf } from './specs.ts';

/** Texts and modules by file name. */
export type Artifacts = ReadonlyMap<string, string | Uint8Array>;

/** Endings of what only a compilation writes. */
const kernelEndings = ['.wgsl', '.wat', '.wasm'];

/** The files of a compilation. Two compilations of one spec give the same bytes. */
export async function artifactsOf(compiled: Compilation): Promise<Artifacts> {
  const { plan, kernels, modules } = compiled;
  const { emitModule } = await import('../compiler/6-emit/glue.ts');
  const files = new Map<string, string | Uint8Array>();
  for (const { name, file } of plan.kernels) files.set(file, kernels.get(name)!);
  if (modules !== undefined) {
    files.set(moduleFiles.relaxed, modules.relaxed);
    files.set(moduleFiles.plain, modules.plain);
  }
  const { frozen } = await frozenOf(compiled);
  if (frozen !== undefined) files.set(frozenFile, encodeFrozen(frozen));
  files.set('plan.json', planText(plan));
  files.set('model.ts', await emitModule(plan));
  return files;
}

/** How a folder differs from what a compilation gives now. */
export interface Staleness {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  /** Kernels of an earlier compilation that are no longer made. */
  readonly left: readonly string[];
}

/** Compares a folder with the files; all three lists empty where it is up to date. */
export async function staleness(folder: string, files: Artifacts): Promise<Staleness> {
  const present = new Set(await filesIn(folder));
  const missing = [...files.keys()].filter((file) => !present.has(file));
  const changed: string[] = [];
  for (const [file, content] of files) {
    if (present.has(file) && !Buffer.from(await readWhole(join(folder, file))).equals(Buffer.from(content))) {
      changed.push(file);
    }
  }
  const left = [...present].filter((file) => kernelEndings.some((ending) => file.endsWith(ending)) && !files.has(file));
  return { changed, missing, left };
}

/**
 * Writes the files, each one whole or not at all, and removes the kernels of an earlier compilation. Files that are
 * the same already are not touched. Gives the names of those that were written.
 */
export async function writeArtifacts(folder: string, files: Artifacts): Promise<readonly string[]> {
  const { changed, missing, left } = await staleness(folder, files);
  if (left.length > 0 && !(await isBuild(folder))) {
    throw new UserError(
      `"${folder}" holds kernels that vaec did not write (${left[0] ?? ''}): choose an empty folder with --out`,
    );
  }
  const written = [...changed, ...missing];
  // plan.json comes last: it names the kernels, so a folder that holds it holds them too.
  written.sort((a, b) => Number(a === 'plan.json') - Number(b === 'plan.json'));
  for (const file of written) await writeAtomic(join(folder, file), files.get(file)!);
  for (const file of left) await rm(join(folder, file));
  return written;
}

async function isBuild(folder: string): Promise<boolean> {
  return (await filesIn(folder)).includes('plan.json');
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const failure = readFailure(folder, error);
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
      throw new UserError(`"${folder}" is a file, and a folder is needed: choose another with --out`);
    }
    throw failure;
  }
}
