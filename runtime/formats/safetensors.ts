/** safetensors: the length of a JSON header (u64, little endian), the header, then the numbers of every tensor. */
import { UserError } from '../errors.ts';

export interface Tensor {
  readonly shape: readonly number[];
  /** F32, U32 or U8, row major. */
  readonly data: Float32Array | Uint32Array | Uint8Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The header's `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
}

const ARRAYS = { F32: Float32Array, U32: Uint32Array, U8: Uint8Array } as const;
type TensorType = keyof typeof ARRAYS;

/**
 * The bytes of a safetensors file. A function of the names, shapes, numbers and metadata alone, whatever their order:
 * wide tensors first, then by name. Numbers begin at a multiple of 8.
 */
export function encodeSafetensors(file: TensorFile): Uint8Array {
  const names = [...file.tensors.keys()].sort((a, b) => {
    const width = file.tensors.get(b)!.data.BYTES_PER_ELEMENT - file.tensors.get(a)!.data.BYTES_PER_ELEMENT;
    return width !== 0 ? width : a < b ? -1 : 1;
  });
  const header: Record<string, unknown> = {};
  if (file.metadata.size > 0) header['__metadata__'] = Object.fromEntries([...file.metadata].sort());
  let length = 0;
  for (const name of names) {
    const { shape, data } = file.tensors.get(name)!;
    header[name] = { dtype: typeOf(data), shape, data_offsets: [length, length + data.byteLength] };
    length += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const begin = Math.ceil((8 + text.length) / 8) * 8;
  const bytes = new Uint8Array(begin + length).fill(0x20, 8, begin);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(begin - 8), true);
  bytes.set(text, 8);
  let at = begin;
  for (const name of names) {
    const { data } = file.tensors.get(name)!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** The tensors and metadata of a safetensors file. Throws a UserError for a truncated or damaged one. */
export function decodeSafetensors(bytes: Uint8Array, name: string): TensorFile {
  const fail = (what: string) =>
    new UserError(
      `"${name}" is not a whole safetensors file: ${what}; copy it again, or remove it to use an earlier one`,
    );
  if (bytes.length < 8) throw fail(`it has only ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > BigInt(bytes.length - 8)) {
    throw fail(`its header should have ${headerLength} bytes, and ${bytes.length - 8} are there; it is cut short`);
  }
  const begin = 8 + Number(headerLength);
  const header = parsedHeader(bytes.subarray(8, begin));
  if (header === undefined) throw fail('its header is not JSON');
  const tensors = new Map<string, Tensor>();
  const metadata = new Map<string, string>();
  const spans: (readonly [number, number])[] = [];
  for (const [key, entry] of Object.entries(header)) {
    if (key === '__metadata__') {
      if (!isRecord(entry)) throw fail('its metadata is not a record');
      for (const [word, text] of Object.entries(entry)) metadata.set(word, String(text));
      continue;
    }
    const described = description(entry);
    if (described === undefined)
      throw fail(`its header describes tensor "${key}" wrongly, or with a type that is not F32, U32 or U8`);
    const { dtype, shape, span } = described;
    if (begin + span[1] > bytes.length) {
      throw fail(`tensor "${key}" ends at byte ${begin + span[1]}, and it has ${bytes.length}; it is cut short`);
    }
    const body = new Uint8Array(bytes.subarray(begin + span[0], begin + span[1])); // a copy, aligned
    tensors.set(key, { shape, data: new ARRAYS[dtype](body.buffer, body.byteOffset, body.length / sizeOfType(dtype)) });
    spans.push(span);
  }
  let covered = 0;
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from !== covered) throw fail('its tensors overlap or leave holes');
    covered = to;
  }
  if (begin + covered !== bytes.length)
    throw fail(`${bytes.length - begin - covered} bytes at its end belong to no tensor`);
  return { tensors, metadata };
}

function parsedHeader(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isRecord(header) ? header : undefined;
  } catch {
    return undefined;
  }
}

function description(entry: unknown) {
  if (!isRecord(entry)) return undefined;
  const { dtype, shape, data_offsets: span } = entry;
  if (typeof dtype !== 'string' || !(dtype in ARRAYS) || !isCounts(shape) || !isCounts(span)) return undefined;
  const [from, to] = span;
  const size = shape.reduce((product, extent) => product * extent, sizeOfType(dtype as TensorType));
  if (span.length !== 2 || from === undefined || to === undefined || to - from !== size) return undefined;
  return { dtype: dtype as TensorType, shape, span: [from, to] as const };
}

function typeOf(data: Tensor['data']): TensorType {
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Uint32Array ? 'U32' : 'U8';
}

function sizeOfType(dtype: TensorType): number {
  return ARRAYS[dtype].BYTES_PER_ELEMENT;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && (entry as number) >= 0);
}
