/**
 * What a spec takes from finished runs: their parameters, read from the last checkpoint, and a copy of each run in the
 * folder of the new one, so that it is whole by itself.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { FrozenLayout } from '../../compiler/4-tensor/program.ts';
import { UserError } from '../errors.ts';
import { asJson, makeFolder, readFailure, readWhole, sha256, writeAtomic } from '../formats/files.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, type TensorFile } from '../formats/safetensors.ts';
import { finalCheckpoint, keptRuns } from './layout.ts';
import { copiedRecord, readRecord } from './record.ts';

/** The tensors of runs by their frozen paths, and the fingerprints of the checkpoints that they come from. */
export interface FrozenTensors {
  readonly runs: FrozenLayout['runs'];
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * Reads what a plan takes from runs, whose folders are given by name: an averaged tensor where the run has averaged.
 * Throws a UserError for a run that has changed since the spec was compiled.
 */
export async function readFrozen(
  { runs, tensors }: FrozenLayout,
  folders: ReadonlyMap<string, string>,
): Promise<FrozenTensors> {
  const found = new Map<string, Tensor>();
  for (const { name, checkpoint } of runs) {
    const path = join(folders.get(name)!, finalCheckpoint);
    const bytes = await readWhole(path);
    if (sha256(bytes) !== checkpoint)
      throw new UserError(`"${path}" has changed while the spec was compiled: try again`);
    const file = decodeSafetensors(bytes, path);
    for (const { run, parameter, path: frozen } of tensors) {
      const tensor = file.tensors.get(`ema/${parameter}`) ?? file.tensors.get(parameter);
      if (run === name && tensor !== undefined) found.set(frozen, tensor);
    }
  }
  return { runs, tensors: found };
}

/**
 * The vector 'frozen' of a plan. Throws a UserError where tensors are missing, of another shape, or of other runs than
 * the plan was compiled with.
 */
export function frozenNumbers(layout: FrozenLayout, given: FrozenTensors | undefined): Float32Array {
  for (const { name, checkpoint } of layout.runs) {
    const other = given?.runs.find((run) => run.name === name);
    if (other?.checkpoint === checkpoint) continue;
    const what =
      other === undefined ? 'were not handed in' : 'are of another training than the one it was compiled with';
    throw new UserError(`the spec uses the run "${name}", whose parameters ${what}: compile the spec again`);
  }
  const vector = new Float32Array(layout.length);
  for (const { path, run, parameter, shape, offset } of layout.tensors) {
    const tensor = given?.tensors.get(path);
    const wanted = `[${shape.join(', ')}]`;
    if (tensor === undefined || tensor.data.length !== sizeOf(shape) || `[${tensor.shape.join(', ')}]` !== wanted) {
      const found = tensor === undefined ? 'nothing' : `[${tensor.shape.join(', ')}]`;
      throw new UserError(
        `the run "${run}" holds ${found} as "${parameter}", and its spec needs ${wanted}: train it again`,
      );
    }
    vector.set(tensor.data, offset);
  }
  return vector;
}

/** The file beside a compiled plan. */
export const frozenFile = 'frozen.safetensors';

export function encodeFrozen({ runs, tensors }: FrozenTensors): Uint8Array {
  return encodeSafetensors({ tensors, metadata: new Map([['runs', JSON.stringify(runs)]]) });
}

export function decodeFrozen(bytes: Uint8Array, path: string): FrozenTensors {
  const { tensors, metadata }: TensorFile = decodeSafetensors(bytes, path);
  return { runs: JSON.parse(metadata.get('runs') ?? '[]') as FrozenLayout['runs'], tensors };
}

/** Copies what makes a run usable: its record, its hypers, its spec, its last checkpoint, and the runs that it keeps. */
export async function copyRun(from: string, to: string): Promise<void> {
  for (const file of await filesBelow(from)) {
    const [path, copy] = [join(from, file), join(to, file)];
    await makeFolder(dirname(copy));
    await writeAtomic(copy, basename(file) === 'run.json' ? await recordFor(copy, path) : await readWhole(path));
  }
}

/** The record in `path`, as it is to be in `copy`. */
async function recordFor(copy: string, path: string): Promise<string> {
  const from = dirname(path);
  return asJson(copiedRecord(await readRecord(path, from), from, dirname(copy)));
}

async function filesBelow(run: string): Promise<readonly string[]> {
  try {
    const all = await readdir(run, { recursive: true, withFileTypes: true });
    const files = all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    return files.map((file) => relative(run, file)).filter(isNeeded);
  } catch (error) {
    throw readFailure(run, error);
  }
}

/** By the path within the run, or within one that it keeps. */
function isNeeded(path: string): boolean {
  const own = path.split(sep);
  while (own[0] === keptRuns) own.splice(0, 2);
  const file = own.join('/');
  return file === 'run.json' || file === 'hypers.json' || file === finalCheckpoint || own[0] === 'spec';
}
