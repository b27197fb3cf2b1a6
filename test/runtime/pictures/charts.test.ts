import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { scatterSvg } from '../../../runtime/pictures/scatter.ts';
import { ticks, tickTexts } from '../../../runtime/pictures/ticks.ts';

/** The dots of each coloured path, in pixels. */
function dots(svg: string): Map<string, number[][]> {
  const paths = [...svg.matchAll(/<path d="([^"]*h0)" stroke="(#\w+)"/g)];
  return new Map(
    paths.map(([, d, colour]) => [
      colour!,
      [...d!.matchAll(/M([\d.-]+) ([\d.-]+)h0/g)].map((m) => [Number(m[1]), Number(m[2])]),
    ]),
  );
}

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

describe('ticks', () => {
  it('are round numbers within the range', () => {
    expect(ticks(-3.2, 4.4, 4)).toEqual([-2, 0, 2, 4]);
    expect(ticks(0, 1, 5).map((value) => Number(value.toFixed(10)))).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(100, 19_000, 6)).toEqual([5000, 10_000, 15_000]);
    expect(ticks(2, 2, 4)).toEqual([2]);
  });

  it('are told apart by their texts', () => {
    expect(tickTexts([-1.5, -1, -0.5, 0])).toEqual(['−1.5', '−1.0', '−0.5', '0.0']);
    expect(tickTexts([0, 5000, 10_000])).toEqual(['0', '5,000', '10,000']);
    expect(tickTexts([0, 2e-7, 4e-7])).toEqual(['0', '2e-7', '4e-7']);
    expect(tickTexts([0, 2e7])).toEqual(['0', '2e7']);
    for (const [low, high] of [
      [0, 1e-5],
      [-7, 1e6],
      [99.99, 100.01],
      [-1e9, 3e9],
    ] as const) {
      const found = tickTexts(ticks(low, high, 5));
      expect(new Set(found).size).toBe(found.length);
      expect(found.length).toBeGreaterThan(2);
    }
  });
});

describe('scatterSvg', () => {
  const points = Float32Array.of(0, 0, 4, 0, 0, 1, NaN, 0);

  it('has equal aspect, y upwards, everything inside, and counts what is not finite', () => {
    const svg = scatterSvg(points, { title: 'prior <p>' });
    const [[a, b, c]] = [...dots(svg).values()] as [[number[], number[], number[]]];
    expect(b[0]! - a[0]!).toBeCloseTo(4 * (a[1]! - c[1]!), -0.5);
    expect(a[1]!).toBeGreaterThan(c[1]!);
    expect(texts(svg)[0]).toBe('prior &lt;p&gt; (1 not finite)');
    expect(Math.min(...[a, b, c].flat())).toBeGreaterThan(40);
    expect(() => new Resvg(svg).render().asPng()).not.toThrow();
  });

  it('gives each label its colour, with a legend, and draws the reference behind', () => {
    const labels = scatterSvg(points, { labels: [7, 3, 7, 3] });
    expect([...dots(labels)].map(([, group]) => group.length)).toEqual([1, 2]);
    expect(texts(labels).slice(-2)).toEqual(['7', '3']);
    const reference = scatterSvg(points, { reference: Float32Array.of(9, 9) });
    expect([...dots(reference).keys()]).toEqual(['#b8b8b8', '#0072b2']);
    expect(texts(reference).slice(-2)).toEqual(['samples', 'data']);
  });

  it('draws something readable of nothing and of one point', () => {
    for (const few of [new Float32Array(0), Float32Array.of(3, -2)]) {
      const svg = scatterSvg(few);
      expect(svg).not.toMatch(/NaN|Infinity/);
      expect(texts(svg).length).toBeGreaterThan(4);
    }
  });
});
