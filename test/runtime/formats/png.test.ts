import { deflateSync, inflateSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../runtime/errors.ts';
import { decodePng, encodePng } from '../../../runtime/formats/png.ts';
import { someNumbers } from '../../support/elaborated.ts';
import { hasPython, python } from '../python.ts';
import { temporaryFolder } from '../folder.ts';

const rgb = {
  width: 2,
  height: 2,
  channels: 3,
  pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7),
} as const;

/** CRC-32 by its definition, bit by bit: the reflected polynomial 0xedb88320. */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

describe('png', () => {
  it('writes chunks with right lengths, checksums and lines', () => {
    const bytes = Buffer.from(encodePng(rgb));
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
    const chunks = new Map<string, Buffer>();
    for (let at = 8; at < bytes.length;) {
      const length = bytes.readUInt32BE(at);
      const named = bytes.subarray(at + 4, at + 8 + length);
      expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc(named));
      chunks.set(named.subarray(0, 4).toString(), named.subarray(4));
      at += 12 + length;
    }
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect([...chunks.get('IHDR')!]).toEqual([0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
    expect([...inflateSync(chunks.get('IDAT')!)]).toEqual([0, 255, 0, 0, 0, 255, 0, 0, 0, 0, 255, 9, 8, 7]);
  });
});

function chunk(name: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(name, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}

interface Raw {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: number;
  readonly palette?: Uint8Array;
  readonly transparency?: Uint8Array;
}

/** A PNG of lines of bytes as they are after filtering, line y by filter y mod 5, from lines before it. */
function pngOf(raw: Raw, lines: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(raw.width, 0);
  head.writeUInt32BE(raw.height, 4);
  head.set([raw.depth, raw.type], 8);
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[raw.type]!;
  const step = Math.max(1, (samples * raw.depth) / 8);
  const filtered = lines.map((line, y) => {
    const at = (x: number, dy: number) => (x < 0 || y - dy < 0 ? 0 : lines[y - dy]![x]!);
    const foretold = (x: number): number => {
      const [a, b, c] = [at(x - step, 0), at(x, 1), at(x - step, 1)];
      // The definition: the first of left, above, corner with the least distance to a + b - c.
      const nearest = [a, b, c].reduce((best, one) =>
        Math.abs(a + b - c - one) < Math.abs(a + b - c - best) ? one : best,
      );
      return [0, a, b, Math.floor((a + b) / 2), nearest][y % 5]!;
    };
    return Uint8Array.from([y % 5, ...Array.from(line, (byte, x) => (byte - foretold(x)) & 255)]);
  });
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    ...(raw.palette ? [chunk('PLTE', raw.palette)] : []),
    ...(raw.transparency ? [chunk('tRNS', raw.transparency)] : []),
    // In two parts, as some programs write it.
    ...[0, 1].map((half) => {
      const packed = deflateSync(Buffer.concat(filtered));
      const middle = packed.length >> 1;
      return chunk('IDAT', half === 0 ? packed.subarray(0, middle) : packed.subarray(middle));
    }),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** What another decoder makes of it: red, green, blue of every pixel. */
function judged(png: Buffer, { width, height }: Raw): number[] {
  const href = `data:image/png;base64,${png.toString('base64')}`;
  const image = `<image width="${width}" height="${height}" image-rendering="optimizeSpeed" href="${href}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${image}</svg>`;
  return [...new Resvg(svg).render().pixels].filter((_, i) => i % 4 !== 3);
}

function someLines({ width, height, depth, type, palette }: Raw, seed: number): Uint8Array[] {
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[type]!;
  const stride = Math.ceil((width * samples * depth) / 8);
  return Array.from({ length: height }, (_, y) =>
    Uint8Array.from(someNumbers(stride, seed + y, 128), (value, x) => {
      const byte = Math.floor(value + 128);
      if (palette !== undefined && depth === 8) return byte % (palette.length / 3);
      const isAlpha = (type === 4 || type === 6) && Math.floor(x / (depth / 8)) % samples === samples - 1;
      return isAlpha ? 255 : byte;
    }),
  );
}

const palette = Uint8Array.from(someNumbers(3 * 256, 5, 127), (value) => value + 128);
const kinds: readonly (Omit<Raw, 'width' | 'height'> & { readonly name: string })[] = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ name: `grey of ${depth} bits`, type: 0, depth })),
  ...[8, 16].map((depth) => ({ name: `RGB of ${depth} bits`, type: 2, depth })),
  ...[1, 2, 4, 8].map((depth) => ({ name: `a palette of ${depth} bits`, type: 3, depth, palette })),
  ...[8, 16].map((depth) => ({ name: `grey with an opaque alpha of ${depth} bits`, type: 4, depth })),
  ...[8, 16].map((depth) => ({ name: `RGB with an opaque alpha of ${depth} bits`, type: 6, depth })),
];

describe('png read', () => {
  it.each(kinds)('$name, every filter, as another decoder reads it', ({ name: _, ...kind }) => {
    for (const [width, height] of [
      [1, 1],
      [7, 11],
      [16, 5],
    ] as const) {
      const raw = { ...kind, width, height };
      const png = pngOf(raw, someLines(raw, 10 * width));
      const found = decodePng(png, 'a.png');
      expect([found.width, found.height]).toEqual([width, height]);
      expect(found.channels).toBe(kind.type === 0 || kind.type === 4 ? 1 : 3);
      const rgbs = Array.from({ length: 3 * width * height }, (_, i) =>
        found.channels === 3 ? found.pixels[i]! : found.pixels[Math.floor(i / 3)]!,
      );
      expect(rgbs).toEqual(judged(png, raw));
    }
  });

  it('gives back what was written', () => {
    expect(decodePng(encodePng(rgb), 'a.png')).toEqual(rgb);
  });

  it('refuses what is damaged, with its name, wherever it is cut or changed', () => {
    const whole = encodePng(rgb);
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodePng(whole.subarray(0, length), 'cut.png')).toThrow(/^"cut\.png" is not a whole PNG file: /);
    }
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 0x55;
      expect(() => decodePng(changed, 'odd.png'), `byte ${at}`).toThrow(UserError);
    }
  });

  it('refuses what is interlaced or transparent, and says what to do', () => {
    const raw = { width: 3, height: 2, depth: 8, type: 6 };
    const lines = someLines(raw, 1);
    lines[1]![7] = 254;
    expect(() => decodePng(pngOf(raw, lines), 'a.png')).toThrow(/^"a\.png" is transparent in places.*save it opaque$/);
    const grey = { width: 3, height: 2, depth: 8, type: 0 };
    const keyed = pngOf({ ...grey, transparency: Uint8Array.of(0, 3) }, someLines(grey, 2));
    expect(() => decodePng(keyed, 'a.png')).toThrow(/transparent/);
    const interlaced = Buffer.from(encodePng(rgb));
    interlaced[28] = 1;
    interlaced.writeUInt32BE(crc(interlaced.subarray(12, 29)), 29);
    expect(() => decodePng(interlaced, 'a.png')).toThrow('"a.png" is interlaced: save it without');
  });
});

describe.skipIf(!hasPython('PIL'))('png with PIL as the judge', () => {
  it('is read back', () => {
    const path = join(temporaryFolder(), 'a.png');
    const read = () =>
      JSON.parse(
        python(
          'import sys, json; from PIL import Image; i = Image.open(sys.argv[1]); print(json.dumps([i.mode, i.size, list(i.tobytes())]))',
          [path],
        ),
      ) as unknown;
    writeFileSync(path, encodePng(rgb));
    expect(read()).toEqual(['RGB', [2, 2], [...rgb.pixels]]);
    writeFileSync(path, encodePng({ width: 3, height: 1, channels: 1, pixels: Uint8Array.of(0, 128, 255) }));
    expect(read()).toEqual(['L', [3, 1], [0, 128, 255]]);
  });
});
