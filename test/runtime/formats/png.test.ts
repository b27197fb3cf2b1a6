import { inflateSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../runtime/formats/png.ts';
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
