/** What `keep` asked for, moment by moment; curves over steps: each mark where it belongs. */
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, test } from 'vitest';
import { picturesBeside } from '../../../cli/pictures.ts';
import { decodeNpy } from '../../../runtime/formats/npy.ts';
import { decodePng } from '../../../runtime/formats/png.ts';
import { curvesSvg } from '../../../runtime/pictures/curves.ts';
import { scatterStripSvg } from '../../../runtime/pictures/scatter.ts';
import type { Sample } from '../../../runtime/sample/sample.ts';

/** The panels of a file: where each begins, and its own marks as places on the page. */
function panels(svg: string) {
  return svg
    .split('<g transform="translate(')
    .slice(1)
    .map((panel) => {
      const [left = 0, top = 0] = /^(-?[\d.]+) (-?[\d.]+)/.exec(panel)!.slice(1).map(Number);
      const marks = [...panel.matchAll(/<path d="([^"]+)" stroke="(#\w+)" stroke-width="(?!1")[^>]*\/>/g)];
      const places = marks.map(([, d, colour]) => ({
        colour: colour!,
        at: [...d!.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map((m) => [left + Number(m[1]), top + Number(m[2])]),
      }));
      const texts = [...panel.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
      return { left, top, places, texts };
    });
}

type Place = readonly [number, number];

function image(svg: string): void {
  const { width, height } = new Resvg(svg).render();
  expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
}

test('a strip of points has a panel a moment, all on one pair of axes', () => {
  const far = Float32Array.of(-3, 0, 5, 1);
  const near = Float32Array.of(1, 1, 1, 1);
  const svg = scatterStripSvg(
    [
      { label: 'at 9', points: far },
      { label: 'at 0', points: near },
    ],
    { title: 'way', reference: Float32Array.of(1, 1) },
  );
  image(svg);
  const [first, last] = panels(svg);
  expect([first!.texts[0], last!.texts[0]]).toEqual(['at 9', 'at 0']);
  expect(first!.top).toBe(last!.top);
  // The reference, then the points; what is (1, 1) lies at one place of either panel.
  const place = (panel: typeof first, group: number, point: number) => {
    const [x, y] = panel!.places[group]!.at[point]!;
    return [x! - panel!.left, y! - panel!.top];
  };
  expect(place(last, 1, 0)).toEqual(place(first, 0, 0));
  expect(place(first, 1, 0)[0]).toBeLessThan(place(first, 0, 0)[0]!);
  expect(place(first, 1, 1)[0]).toBeGreaterThan(place(first, 0, 0)[0]!);
});

test('curves have a panel each, in even rows, and stand at their steps', () => {
  const curves = ['a', 'b', 'c', 'd'].map((name, i) => ({
    name,
    first: i % 2,
    values: [0, 1, 4].map((v) => v * (i + 1)),
  }));
  const svg = curvesSvg('schedule noise', curves);
  image(svg);
  const found = panels(svg);
  expect(found.map(({ texts }) => texts[0])).toEqual(['a', 'b', 'c', 'd']);
  expect(new Set(found.map(({ top }) => top)).size).toBe(2);
  expect(new Set(found.map(({ left }) => left)).size).toBe(2);
  for (const { left, top, places } of found) {
    const [[x0, y0], [x1, y1], [x2, y2]] = places[0]!.at.map(([x, y]) => [x! - left, y! - top]) as unknown as readonly [
      Place,
      Place,
      Place,
    ];
    // To a tenth of a pixel: equally far along, and four times as far up.
    expect(Math.abs(x1 - x0 - (x2 - x1))).toBeLessThan(0.21);
    expect(Math.abs(4 * (y0 - y1) - (y0 - y2))).toBeLessThan(0.51);
    expect(y2).toBeLessThan(y0);
  }
});

describe('beside a sample', () => {
  const sample = (shape: readonly number[], ...kept: Sample['kept']): Sample => ({
    program: 'way',
    shape,
    values: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    display: shape.length === 3 ? 'picture' : 'points',
    kept,
  });

  test('pictures on the way are a strip: a draw a row, a step a column', () => {
    const grey = (...values: number[]) => Float32Array.from(values.flatMap((value) => [value, value]));
    const kept = [
      { label: '5', shape: [2, 1, 2], values: grey(0, 0.2) },
      { label: '3', shape: [2, 1, 2], values: grey(0.4, 0.6) },
      { label: '0', shape: [2, 1, 2], values: grey(0.8, 1) },
    ];
    const [strip, none] = picturesBeside(sample([2, 1, 2], ...kept), 'a/way.png', undefined);
    expect([strip!.file, none]).toEqual(['a/way.steps.png', undefined]);
    const { width, height, pixels } = decodePng(strip!.content as Uint8Array, 'strip');
    const greys = [0, 1].map((row) =>
      [0, 1, 2].map((column) => {
        const [x, y] = [2 + 24 + column * 50, 2 + 12 + row * 26];
        return pixels[y * width + x]! / 255;
      }),
    );
    expect([width, height]).toEqual([3 * 50 + 2, 2 * 26 + 2]);
    expect(greys.map((row) => row.map((value) => Number(value.toFixed(2))))).toEqual([
      [0, 0.4, 0.8],
      [0.2, 0.6, 1],
    ]);
  });

  test('what has another shape than the result is kept in its own', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    const latent = { label: '0', shape: [2, 3], values };
    const [array] = picturesBeside(sample([2, 1, 2], latent), 'way.png', undefined);
    expect(array!.file).toBe('way.at_0.npy');
    expect(decodeNpy(array!.content as Uint8Array, 'x')).toMatchObject({ shape: [2, 3], data: values });
    const points = { label: '0', shape: [3, 2], values };
    expect(picturesBeside(sample([3, 1, 2], points), 'way.png', undefined)[0]!.file).toBe('way.steps.svg');
    expect(picturesBeside(sample([3, 2], points), 'way.npy', undefined)[0]!.file).toBe('way.at_0.npy');
  });

  test('data are a grid of their own beside pictures', () => {
    const data = { shape: [1, 1, 2], values: Float32Array.of(0, 1) };
    const files = picturesBeside(sample([2, 1, 2]), 'way.png', data).map(({ file }) => file);
    expect(files).toEqual(['way.data.png']);
  });
});
