/** IDX, the format of MNIST: a big-endian header (type, rank, extents), then the numbers. Plain or gzipped. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { UserError } from '../errors.ts';
import { readWhole } from './files.ts';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;
}

/** The third byte of the magic number: the kind of number, its name, its size in bytes. */
const KINDS: ReadonlyMap<number, readonly [name: string, size: number]> = new Map([
  [0x08, ['u8', 1]],
  [0x09, ['i8', 1]],
  [0x0b, ['i16', 2]],
  [0x0c, ['i32', 4]],
  [0x0d, ['f32', 4]],
  [0x0e, ['f64', 8]],
]);

/** Reads an IDX file, gunzipping it where it begins like a gzip file. Throws a UserError for anything that is not IDX. */
export async function readIdx(path: string): Promise<IdxArray> {
  return decodeIdx(await readWhole(path), path);
}

/** The array in the bytes of an IDX file, plain or gzipped; `name` is what messages call it. */
export function decodeIdx(bytes: Uint8Array, name: string): IdxArray {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipped(bytes, name) : bytes;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  if (plain.length < 4) throw notIdx(name, `it has only ${plain.length} bytes`);
  const magic = view.getUint32(0);
  const kind = KINDS.get((magic >>> 8) & 0xff);
  if (magic >>> 16 !== 0 || kind === undefined) {
    throw notIdx(name, `it begins with ${hex(magic)}, where an IDX file of bytes begins with 0x000008`);
  }
  const rank = magic & 0xff;
  const begin = 4 + 4 * rank;
  if (plain.length < begin) throw truncated(name, begin, plain.length);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, extent) => product * extent, 1);
  const expected = begin + count * kind[1];
  if (plain.length < expected) throw truncated(name, expected, plain.length, shape);
  if (plain.length > expected) {
    throw notIdx(name, `its header says ${shape.join(' x ')}, ${expected} bytes, but it has ${plain.length}`);
  }
  return { shape, data: numbers(view, kind[0], begin, count) };
}

/** The bytes of an IDX file of u8 numbers; `gzip` compresses them. */
export function encodeIdx(shape: readonly number[], data: Uint8Array, options: { gzip?: boolean } = {}): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  shape.forEach((extent, axis) => view.setUint32(4 + 4 * axis, extent));
  bytes.set(data, 4 + 4 * shape.length);
  return options.gzip === true ? gzipSync(bytes) : bytes;
}

function numbers(view: DataView, kind: string, begin: number, count: number): IdxArray['data'] {
  switch (kind) {
    case 'i8':
      return Int8Array.from({ length: count }, (_, i) => view.getInt8(begin + i));
    case 'i16':
      return Int16Array.from({ length: count }, (_, i) => view.getInt16(begin + 2 * i));
    case 'i32':
      return Int32Array.from({ length: count }, (_, i) => view.getInt32(begin + 4 * i));
    case 'f32':
      return Float32Array.from({ length: count }, (_, i) => view.getFloat32(begin + 4 * i));
    case 'f64':
      return Float64Array.from({ length: count }, (_, i) => view.getFloat64(begin + 8 * i));
    default:
      return new Uint8Array(view.buffer, view.byteOffset + begin, count);
  }
}

/** The most that deflate makes of a byte, so that a damaged length asks for no more memory than there may be numbers. */
const mostPerByte = 1032;

function gunzipped(bytes: Uint8Array, name: string): Uint8Array {
  // A gzip file ends with its length: in one piece of that (and a byte, which says that nothing follows), zlib holds the
  // numbers once; in pieces of its own size twice while it joins them.
  const length = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, true);
  const chunkSize = Math.max(64, Math.min(length, mostPerByte * bytes.length) + 1);
  try {
    return gunzipSync(bytes, { chunkSize });
  } catch (error) {
    throw new UserError(
      `"${name}" cannot be gunzipped (${(error as Error).message}): it is cut short or damaged; fetch or copy it again`,
      { cause: error },
    );
  }
}

function notIdx(name: string, found: string): UserError {
  return new UserError(
    `"${name}" is not a whole IDX file: ${found}; check that it is the right file, or fetch it again`,
  );
}

function truncated(name: string, expected: number, found: number, shape?: readonly number[]): UserError {
  const header = shape === undefined ? 'its header needs' : `its header says ${shape.join(' x ')},`;
  return new UserError(
    `"${name}" is cut short: ${header} ${expected} bytes, but it has ${found}; fetch or copy it again`,
  );
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`;
}
