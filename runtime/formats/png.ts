/** PNG pictures: 8-bit grey or RGB, written; of any bit depth and colour type, read. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { UserError } from '../errors.ts';
import { readWhole } from './files.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1: grey. 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** [height, width, channels], row major. */
  readonly pixels: Uint8Array;
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** The bytes of a PNG file. */
export function encodePng(picture: Picture): Uint8Array {
  const { width, height, channels, pixels } = picture;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, channels === 1 ? 0 : 2, 0, 0, 0], 8);
  // Every line begins with its filter: 0, none.
  const stride = width * channels;
  const lines = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    lines.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  }
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Length, name, data, and the CRC of name and data. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** Samples a pixel by colour type: grey, RGB, an index into a palette, grey with alpha, RGB with alpha. */
const samplesOf: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly type: number;
}

/** Reads a PNG file. Throws a UserError for one that is damaged, interlaced, or not opaque everywhere. */
export async function readPng(path: string): Promise<Picture> {
  return decodePng(await readWhole(path), path);
}

/**
 * The picture in the bytes of a PNG file; `name` is what messages call it. Grey stays grey, a palette becomes RGB, 16
 * bits lose their lower 8, fewer than 8 are spread over 0 .. 255. Source: PNG specification, third edition (W3C, 2023).
 */
export function decodePng(bytes: Uint8Array, name: string): Picture {
  const fail = (what: string) => new UserError(`"${name}" is not a whole PNG file: ${what}; save or copy it again`);
  if (Buffer.compare(bytes.subarray(0, 8), signature) !== 0) throw fail('it does not begin as one');
  const chunks = chunksOf(bytes, fail);
  const head = chunks.get('IHDR')?.[0];
  if (head?.length !== 13) throw fail('its header is missing');
  const view = new DataView(head.buffer, head.byteOffset, 13);
  const header = { width: view.getUint32(0), height: view.getUint32(4), depth: head[8]!, type: head[9]! };
  const samples = samplesOf.get(header.type);
  if (samples === undefined || ![1, 2, 4, 8, 16].includes(header.depth)) throw fail('its header is damaged');
  if (head[12] !== 0) throw new UserError(`"${name}" is interlaced: save it without`);
  const lines = unfiltered(inflated(chunks.get('IDAT') ?? [], fail), header, samples, fail);
  const values = header.depth === 8 ? lines : asBytes(lines, header, samples);
  return picture(values, header, chunks, name, fail);
}

type Fail = (what: string) => UserError;

/** The bodies of the chunks by name, in order; a name may stand several times. */
function chunksOf(bytes: Uint8Array, fail: Fail): ReadonlyMap<string, readonly Uint8Array[]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array[]>();
  for (let at = 8; !chunks.has('IEND');) {
    if (at + 12 > bytes.length || at + 12 + view.getUint32(at) > bytes.length) throw fail('it is cut short');
    const length = view.getUint32(at);
    const named = bytes.subarray(at + 4, at + 8 + length);
    if (crc32(named) !== view.getUint32(at + 8 + length)) throw fail('a checksum is wrong');
    const chunk = Buffer.from(named.subarray(0, 4)).toString('latin1');
    chunks.set(chunk, [...(chunks.get(chunk) ?? []), named.subarray(4)]);
    at += 12 + length;
  }
  return chunks;
}

function inflated(parts: readonly Uint8Array[], fail: Fail): Uint8Array {
  try {
    return inflateSync(Buffer.concat(parts));
  } catch {
    throw fail('its pixels cannot be unpacked');
  }
}

/** Takes back each line's filter: what was stored is the difference from what the neighbours foretell. */
function unfiltered(stored: Uint8Array, { width, height, depth }: Header, samples: number, fail: Fail): Uint8Array {
  const stride = Math.ceil((width * samples * depth) / 8);
  const step = Math.max(1, (samples * depth) / 8);
  if (stored.length !== height * (stride + 1)) throw fail('it has too few or too many pixels');
  const result = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = stored[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x < step ? 0 : result[at - step]!;
      const above = y === 0 ? 0 : result[at - stride]!;
      const corner = x < step || y === 0 ? 0 : result[at - stride - step]!;
      const foretold = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      if (foretold === undefined) throw fail('a line has an unknown filter');
      result[at] = stored[y * (stride + 1) + 1 + x]! + foretold;
    }
  }
  return result;
}

/** The neighbour that is nearest to left + above - corner (Paeth, 1991). */
function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? above : corner;
}

/** Samples of another depth as one byte each: the higher byte of 16 bits; less than 8 spread over 0 .. 255. */
function asBytes(lines: Uint8Array, { width, height, depth, type }: Header, samples: number): Uint8Array {
  const count = width * samples;
  const result = new Uint8Array(height * count);
  const stride = Math.ceil((count * depth) / 8);
  // An index into a palette stays what it is.
  const scale = type === 3 ? 1 : 255 / (2 ** depth - 1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < count; x++) {
      const bit = x * depth;
      const byte = lines[y * stride + (bit >> 3)]!;
      const value = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
      result[y * count + x] = depth === 16 ? byte : value * scale;
    }
  }
  return result;
}

function picture(
  values: Uint8Array,
  { width, height, type }: Header,
  chunks: ReadonlyMap<string, readonly Uint8Array[]>,
  name: string,
  fail: Fail,
): Picture {
  const pixels = width * height;
  if (chunks.has('tRNS')) throw transparent(name);
  if (type === 0) return { width, height, channels: 1, pixels: values };
  if (type === 2) return { width, height, channels: 3, pixels: values };
  if (type === 3) {
    const palette = chunks.get('PLTE')?.[0] ?? new Uint8Array();
    if (values.some((index) => 3 * index + 2 >= palette.length)) throw fail('its palette is too short');
    const colours = Uint8Array.from(
      { length: 3 * pixels },
      (_, i) => palette[3 * values[Math.floor(i / 3)]! + (i % 3)]!,
    );
    return { width, height, channels: 3, pixels: colours };
  }
  const channels = type === 4 ? 1 : 3;
  const opaque = new Uint8Array(channels * pixels);
  for (let i = 0; i < pixels; i++) {
    if (values[i * (channels + 1) + channels] !== 255) throw transparent(name);
    for (let c = 0; c < channels; c++) opaque[i * channels + c] = values[i * (channels + 1) + c]!;
  }
  return { width, height, channels, pixels: opaque };
}

function transparent(name: string): UserError {
  return new UserError(`"${name}" is transparent in places, which no number of a field stands for: save it opaque`);
}
