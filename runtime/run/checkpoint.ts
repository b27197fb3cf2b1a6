/**
 * A checkpoint: all that a run needs to go on, as a safetensors file. Parameters stand under their paths without
 * padding, an optimizer's slots as `adam.m/<path>`, small states as `state/<name>`. Its bytes are a function of the
 * run's step alone: no time, no machine, so an interrupted and resumed run ends with the same bytes.
 */
import type { ParameterLayout } from '../../compiler/4-tensor/program.ts';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { UserError } from '../errors.ts';
import type { Numbers } from '../execute/results.ts';
import { readWhole } from '../formats/files.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, type TensorFile } from '../formats/safetensors.ts';
import type { WindowState } from '../train/window.ts';

export const checkpointVersion = 1;

/** What was trained, and how far. */
export interface CheckpointHead {
  readonly spec: { readonly name: string; readonly hash: string };
  /** The training program. */
  readonly program: string;
  /** Steps done, and steps of the whole run. */
  readonly step: number;
  readonly steps: number;
  readonly batch: number;
  /** Rows of the training data. */
  readonly rows: number;
  readonly seed: number;
  /** The metrics' open window. */
  readonly window: WindowState;
}

export interface Checkpoint {
  readonly head: CheckpointHead;
  /** 'parameters' and the carried vectors, flat and padded as the layout says. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly states: ReadonlyMap<string, Numbers>;
}

const stateMark = 'state/';

/** The bytes of a checkpoint's file. */
export function encodeCheckpoint({ head, vectors, states }: Checkpoint, layout: ParameterLayout): Uint8Array {
  const tensors = new Map<string, Tensor>();
  for (const [vector, values] of vectors) {
    for (const [path, tensor] of splitVector(values, layout)) {
      tensors.set(vector === 'parameters' ? path : `${vector}/${path}`, tensor);
    }
  }
  for (const [name, data] of states) tensors.set(`${stateMark}${name}`, { shape: [data.length], data });
  const metadata = new Map([
    ['format', 'vaec-checkpoint'],
    ['version', String(checkpointVersion)],
    ['head', JSON.stringify(head)],
  ]);
  return encodeSafetensors({ tensors, metadata });
}

export async function readCheckpoint(path: string, layout: ParameterLayout): Promise<Checkpoint> {
  return decodeCheckpoint(await readWhole(path), path, layout);
}

/**
 * The checkpoint in the bytes of a file. Throws a UserError for a file that is none, one of a newer format, and one
 * whose parameters are not the layout's.
 */
export function decodeCheckpoint(bytes: Uint8Array, path: string, layout: ParameterLayout): Checkpoint {
  const file = decodeSafetensors(bytes, path);
  const head = headOf(file, path);
  const names = new Set<string>();
  const states = new Map<string, Numbers>();
  for (const [name, { data }] of file.tensors) {
    if (name.startsWith(stateMark)) {
      if (!(data instanceof Uint8Array)) states.set(name.slice(stateMark.length), data);
      continue;
    }
    const slash = name.indexOf('/');
    names.add(slash === -1 ? 'parameters' : name.slice(0, slash));
  }
  // The parameters first: they are what a message about another spec should name.
  const order = [...names].sort((a, b) => Number(b === 'parameters') - Number(a === 'parameters') || (a < b ? -1 : 1));
  const vectors = new Map(order.map((name) => [name, joinVector(file, name, path, layout)]));
  return { head, vectors, states };
}

/** What a checkpoint says of itself. Throws a UserError when it is none, or of a newer format. */
export function headOf({ metadata }: TensorFile, path: string): CheckpointHead {
  if (metadata.get('format') !== 'vaec-checkpoint') {
    throw new UserError(`"${path}" is a safetensors file, but not a checkpoint that vaec wrote`);
  }
  const version = Number(metadata.get('version'));
  if (version !== checkpointVersion) {
    throw new UserError(
      `"${path}" is a checkpoint of format ${metadata.get('version') ?? 'unknown'}, and this vaec reads format ` +
        `${checkpointVersion}: ${version > checkpointVersion ? 'use the vaec that wrote it, or a newer one' : 'train it again'}`,
    );
  }
  try {
    return JSON.parse(metadata.get('head') ?? '') as CheckpointHead;
  } catch {
    throw new UserError(`"${path}" does not say what it is a checkpoint of: its head is missing or damaged`);
  }
}

/** The tensors of a flat vector by path, in the order of the layout, without the padding: views of it, no copies. */
export function splitVector(values: Float32Array, layout: ParameterLayout): ReadonlyMap<string, Tensor> {
  return new Map(
    layout.parameters.map(({ path, shape, offset }) => [
      path,
      { shape, data: values.subarray(offset, offset + sizeOf(shape)) },
    ]),
  );
}

function joinVector(file: TensorFile, vector: string, path: string, layout: ParameterLayout): Float32Array {
  const values = new Float32Array(layout.length);
  for (const parameter of layout.parameters) {
    const name = vector === 'parameters' ? parameter.path : `${vector}/${parameter.path}`;
    const tensor = file.tensors.get(name);
    const wanted = `[${parameter.shape.join(', ')}]`;
    if (tensor === undefined || !(tensor.data instanceof Float32Array)) {
      throw otherSpec(path, `it has no "${name}", which should be ${wanted}`);
    }
    if (tensor.data.length !== sizeOf(parameter.shape) || `[${tensor.shape.join(', ')}]` !== wanted) {
      throw otherSpec(path, `its "${name}" is [${tensor.shape.join(', ')}], and here it is ${wanted}`);
    }
    values.set(tensor.data, parameter.offset);
  }
  return values;
}

function otherSpec(path: string, difference: string): UserError {
  return new UserError(
    `"${path}" is a checkpoint of another spec: ${difference}; use the spec and the settings that it was trained with`,
  );
}
