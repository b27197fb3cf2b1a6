import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../runtime/errors.ts';
import { decodeIdx, encodeIdx, readIdx } from '../../../runtime/formats/idx.ts';
import { sharedPath } from '../../shared-data.ts';
import { temporaryFolder } from '../folder.ts';

const small = encodeIdx([2, 3], Uint8Array.of(0, 1, 2, 253, 254, 255));

describe('idx', () => {
  it('reads the bytes that the format prescribes', () => {
    const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9);
    expect(decodeIdx(bytes, 'a')).toEqual({ shape: [1, 2], data: Uint8Array.of(7, 9) });
    const words = Uint8Array.of(0, 0, 12, 1, 0, 0, 0, 1, 255, 255, 255, 254);
    expect(decodeIdx(words, 'a')).toEqual({ shape: [1], data: Int32Array.of(-2) });
    const floats = Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0xc0, 0x20, 0, 0);
    expect(decodeIdx(floats, 'a')).toEqual({ shape: [1], data: Float32Array.of(-2.5) });
  });

  it('round trips, plain and gzipped, through a file', async () => {
    const path = join(temporaryFolder(), 'a.gz');
    for (const gzip of [false, true]) {
      writeFileSync(path, encodeIdx([2, 3], Uint8Array.of(0, 1, 2, 253, 254, 255), { gzip }));
      const { shape, data } = await readIdx(path);
      expect(shape).toEqual([2, 3]);
      expect([...data]).toEqual([0, 1, 2, 253, 254, 255]);
    }
  });

  it('refuses every truncation with a message that names the file', () => {
    for (const whole of [small, encodeIdx([2, 3], Uint8Array.of(0, 1, 2, 253, 254, 255), { gzip: true })]) {
      for (let length = 0; length < whole.length; length++) {
        const read = () => decodeIdx(whole.subarray(0, length), 'cut.idx');
        expect(read).toThrow(UserError);
        expect(read).toThrow(/"cut\.idx"/);
      }
    }
  });

  it('says what it found', () => {
    expect(() => decodeIdx(new TextEncoder().encode('lon,lat,count'), 'q.csv')).toThrow(
      '"q.csv" is not a whole IDX file: it begins with 0x6c6f6e2c, where an IDX file of bytes begins with 0x000008; ' +
        'check that it is the right file, or fetch it again',
    );
    expect(() => decodeIdx(small.subarray(0, 15), 'm')).toThrow(
      '"m" is cut short: its header says 2 x 3, 18 bytes, but it has 15; fetch or copy it again',
    );
    expect(() => decodeIdx(Uint8Array.of(...small, 0), 'm')).toThrow(/says 2 x 3, 18 bytes, but it has 19/);
    const damaged = gzipSync(small);
    damaged[20]! ^= 0xff;
    expect(() => decodeIdx(damaged, 'm.gz')).toThrow(/"m\.gz" cannot be gunzipped/);
  });

  it('names a missing file and a folder', async () => {
    const folder = temporaryFolder();
    await expect(readIdx(join(folder, 'none'))).rejects.toThrow(/none" does not exist/);
    await expect(readIdx(folder)).rejects.toThrow(/is a folder/);
  });
});

const mnist = sharedPath('mnist');

describe.skipIf(mnist === undefined)('MNIST', () => {
  it('has the shapes and the label counts of the original', async () => {
    const images = await readIdx(join(mnist!, 't10k-images-idx3-ubyte.gz'));
    expect(images.shape).toEqual([10000, 28, 28]);
    const { shape, data } = await readIdx(join(mnist!, 't10k-labels-idx1-ubyte.gz'));
    expect(shape).toEqual([10000]);
    const counts = Array.from({ length: 10 }, (_, digit) => data.filter((label) => label === digit).length);
    expect(counts).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  it('is what SHA256SUMS says', () => {
    const line = readFileSync(join(mnist!, 'SHA256SUMS'), 'utf8')
      .split('\n')
      .find((entry) => entry.includes('t10k-labels'));
    const bytes = readFileSync(join(mnist!, 't10k-labels-idx1-ubyte.gz'));
    expect(line).toContain(createHash('sha256').update(bytes).digest('hex'));
  });
});
