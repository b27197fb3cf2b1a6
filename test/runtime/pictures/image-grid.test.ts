import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { imageGrid } from '../../../runtime/pictures/image-grid.ts';

/** Width, height and pixels of a grey PNG whose lines have filter 0 and that has one IDAT. */
function decoded(png: Uint8Array) {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const lines = inflateSync(bytes.subarray(41, 41 + bytes.readUInt32BE(33)));
  return { width, height, at: (x: number, y: number) => lines[y * (width + 1) + 1 + x]! };
}

describe('imageGrid', () => {
  it('puts every picture at its place, with gaps between', () => {
    const samples = Float32Array.from({ length: 7 * 48 * 48 }, (_, i) => Math.floor(i / (48 * 48)) / 6);
    const { width, height, at } = decoded(imageGrid(samples, 7, 48, 48));
    expect([width, height]).toEqual([3 * 48 + 8, 3 * 48 + 8]);
    for (let i = 0; i < 7; i++) {
      const [left, top] = [2 + (i % 3) * 50, 2 + Math.floor(i / 3) * 50];
      for (const corner of [0, 47]) expect(at(left + corner, top + corner)).toBe(Math.round(255 * Math.fround(i / 6)));
      expect(at(left - 1, top)).toBe(56);
    }
    expect(at(100, 120)).toBe(56);
  });

  it('draws small pictures with larger pixels, and cuts off what is out of range', () => {
    const { width, height, at } = decoded(imageGrid(Float32Array.of(-1, 0.5, 2, NaN, 0.2, 1), 1, 2, 3, { columns: 5 }));
    expect([width, height]).toEqual([3 * 16 + 4, 2 * 16 + 4]);
    const middle = (x: number, y: number) => at(2 + 16 * x + 8, 2 + 16 * y + 8);
    expect([0, 1, 2].map((x) => middle(x, 0))).toEqual([0, 128, 255]);
    expect([0, 1, 2].map((x) => middle(x, 1))).toEqual([0, 51, 255]);
    const signed = decoded(imageGrid(Float32Array.of(-1, 1), 1, 1, 2, { range: [-1, 1] }));
    expect([signed.at(3, 3), signed.at(40, 3)]).toEqual([0, 255]);
  });
});
