/** NumPy's .npy: a magic string, a header that is a Python dictionary, then the numbers. */
import { UserError } from '../errors.ts';
import { readWhole } from './files.ts';

export type NpyData = Float32Array | Float64Array | Uint8Array | Int32Array | Uint32Array | BigInt64Array;

/** Which NumPy type the numbers have; b1 are booleans, one byte each, 0 or 1. */
export type NpyKind = 'f4' | 'f8' | 'u1' | 'i4' | 'u4' | 'i8' | 'b1';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly kind: NpyKind;
  /** Row major (a file in Fortran order is transposed when read). */
  readonly data: NpyData;
}

const MAGIC = '\u0093NUMPY';

const ARRAYS = {
  f4: Float32Array,
  f8: Float64Array,
  u1: Uint8Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  b1: Uint8Array,
} as const;

/** Reads a .npy file. Throws a UserError for anything else, and for types that are not in the list of NpyKind. */
export async function readNpy(path: string): Promise<NpyArray> {
  return decodeNpy(await readWhole(path), path);
}

/** The array in the bytes of a .npy file of version 1, 2 or 3; `name` is what messages call it. */
export function decodeNpy(bytes: Uint8Array, name: string): NpyArray {
  const text = new TextDecoder('latin1');
  if (bytes.length < 10 || text.decode(bytes.subarray(0, 6)) !== MAGIC) {
    throw new UserError(`"${name}" is not a whole .npy file: it does not begin with "\\x93NUMPY" and a header`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6]!;
  if (version < 1 || version > 3) {
    throw new UserError(
      `"${name}" is a .npy file of version ${version}; versions 1 to 3 are known: save it with np.save`,
    );
  }
  const sizeBytes = version === 1 ? 2 : 4;
  if (bytes.length < 8 + sizeBytes) throw cut(name, 8 + sizeBytes, bytes.length);
  const begin = 8 + sizeBytes + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < begin) throw cut(name, begin, bytes.length);
  const header = parseHeader(new TextDecoder('utf-8').decode(bytes.subarray(8 + sizeBytes, begin)), name);
  const array = ARRAYS[header.kind];
  const count = header.shape.reduce((product, extent) => product * extent, 1);
  const expected = begin + count * array.BYTES_PER_ELEMENT;
  if (bytes.length < expected) throw cut(name, expected, bytes.length);
  if (bytes.length > expected) {
    throw new UserError(`"${name}" has ${bytes.length} bytes where its header says ${expected}: it is damaged`);
  }
  const body = new Uint8Array(bytes.subarray(begin)); // a copy, aligned
  if (header.bigEndian) swap(body, array.BYTES_PER_ELEMENT);
  const data = new array(body.buffer, body.byteOffset, count);
  return {
    shape: header.shape,
    kind: header.kind,
    data: header.fortran && header.shape.length > 1 ? rowMajor(data, header.shape) : data,
  };
}

/** The bytes of a .npy file of version 1, little endian, row major; the numbers begin at a multiple of 64. */
export function encodeNpy(shape: readonly number[], data: NpyData, options: { bool?: boolean } = {}): Uint8Array {
  const kind = options.bool === true ? 'b1' : kindOf(data);
  const order = kind === 'u1' || kind === 'b1' ? '|' : '<';
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${order}${kind}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const begin = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const bytes = new Uint8Array(begin + data.byteLength);
  const head = `${MAGIC}\u0001\u0000..${dictionary.padEnd(begin - 11, ' ')}\n`;
  for (let i = 0; i < begin; i++) bytes[i] = head.charCodeAt(i);
  new DataView(bytes.buffer).setUint16(8, begin - 10, true);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), begin);
  return bytes;
}

interface Header {
  readonly kind: NpyKind;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

function parseHeader(text: string, name: string): Header {
  const descr = /'descr':\s*'([<>|=])([a-zA-Z]\d*)'/.exec(text);
  const fortran = /'fortran_order':\s*(True|False)/.exec(text);
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(text);
  if (fortran === null || shape === null)
    throw new UserError(`"${name}" has a .npy header that cannot be read: ${text}`);
  const kind = descr?.[2] ?? '';
  if (!(kind in ARRAYS)) {
    const found = descr === null ? 'records or objects' : `NumPy type "${kind}"`;
    throw new UserError(
      `"${name}" holds ${found}; it must be one of ${Object.keys(ARRAYS).join(', ')}: save it with x.astype("float32")`,
    );
  }
  return {
    kind: kind as NpyKind,
    bigEndian: descr![1] === '>',
    fortran: fortran[1] === 'True',
    shape: (shape[1]!.match(/\d+/g) ?? []).map(Number),
  };
}

function kindOf(data: NpyData): NpyKind {
  if (data instanceof Float32Array) return 'f4';
  if (data instanceof Float64Array) return 'f8';
  if (data instanceof Int32Array) return 'i4';
  if (data instanceof Uint32Array) return 'u4';
  return data instanceof BigInt64Array ? 'i8' : 'u1';
}

/** In Fortran order the first axis runs fastest: element (i, j, …) stands at i + n_0 (j + n_1 (…)). */
function rowMajor(data: NpyData, shape: readonly number[]): NpyData {
  const result = data.slice();
  const index = shape.map(() => 0);
  for (let to = 0; to < data.length; to++) {
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) from = from * shape[axis]! + index[axis]!;
    result[to] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return result;
}

function swap(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

function cut(name: string, expected: number, found: number): UserError {
  return new UserError(
    `"${name}" is cut short: ${expected} bytes are needed, but it has ${found}; copy or save it again`,
  );
}
