/** The frame of a chart in SVG: title, axes with marks, legend, and the map from numbers to places. */
import { ticks, tickTexts } from './ticks.ts';

/** Told apart by people of any colour vision (Okabe and Ito, 2008), blue first; yellow and black are left out. */
export const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#e69f00',
  '#7a5195',
  '#8c6d46',
] as const;

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface Chart {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly x: Range;
  readonly y: Range;
  readonly legend: readonly { readonly text: string; readonly colour: string }[];
}

const MARGIN = { left: 64, right: 20, top: 40, bottom: 46 };
const INK = '#333333';
const FAINT = '#e4e4e4';
/** Pixels above panels, for their title. */
const HEAD = 36;

/** Pixels inside the axes: [width, height]. */
export function plotSize(chart: Pick<Chart, 'width' | 'height'>): readonly [width: number, height: number] {
  return [chart.width - MARGIN.left - MARGIN.right, chart.height - MARGIN.top - MARGIN.bottom];
}

/** Maps a point to its place in pixels, y upwards. */
export function placer(chart: Chart): (x: number, y: number) => readonly [number, number] {
  const [width, height] = plotSize(chart);
  return (x, y) => [
    MARGIN.left + ((x - chart.x.low) / (chart.x.high - chart.x.low)) * width,
    MARGIN.top + height - ((y - chart.y.low) / (chart.y.high - chart.y.low)) * height,
  ];
}

/** A whole SVG file: the frame around the marks of `content`, which is cut off at the axes. */
export function chartSvg(chart: Chart, content: readonly string[]): string {
  return svg(chart, chart.title, figure(chart, content, 'plot'));
}

/** Charts in one SVG file under a title, `most` of them a row, in rows as even as they get. All are of the first's size. */
export function panelsSvg(
  title: string,
  panels: readonly { readonly chart: Chart; readonly content: readonly string[] }[],
  most: number,
): string {
  const { width, height } = panels[0]!.chart;
  const across = Math.ceil(panels.length / Math.ceil(panels.length / most));
  const size = { width: across * width, height: HEAD + Math.ceil(panels.length / across) * height };
  return svg(size, title, [
    text(MARGIN.left, 24, title, 'font-size="15" font-weight="bold"'),
    ...panels.flatMap(({ chart, content }, i) => [
      `<g transform="translate(${(i % across) * width} ${HEAD + Math.floor(i / across) * height})">`,
      ...figure(chart, content, `plot${i + 1}`),
      '</g>',
    ]),
  ]);
}

function svg({ width, height }: Pick<Chart, 'width' | 'height'>, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
      `height="${height}" font-family="sans-serif" font-size="12" fill="${INK}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...content,
    '</svg>\n',
  ].join('\n');
}

/** The frame with its marks; `id` names the region that content is cut off at. */
function figure(chart: Chart, content: readonly string[], id: string): readonly string[] {
  const place = placer(chart);
  const [width, height] = plotSize(chart);
  const { left, top } = MARGIN;
  const box = `x="${left}" y="${top}" width="${width}" height="${height}"`;
  const xs = ticks(chart.x.low, chart.x.high, Math.max(4, Math.round(width / 90)));
  const ys = ticks(chart.y.low, chart.y.high, Math.max(4, Math.round(height / 60)));
  const xTexts = tickTexts(xs);
  const yTexts = tickTexts(ys);
  const vertical = xs.map((value, i) => {
    const [x] = place(value, chart.y.low);
    return line(x, top, x, top + height) + text(x, top + height + 18, xTexts[i]!, 'text-anchor="middle"');
  });
  const horizontal = ys.map((value, i) => {
    const [, y] = place(chart.x.low, value);
    return line(left, y, left + width, y) + text(left - 8, y + 4, yTexts[i]!, 'text-anchor="end"');
  });
  return [
    `<clipPath id="${id}"><rect ${box}/></clipPath>`,
    text(left, 24, chart.title, 'font-size="15" font-weight="bold"'),
    ...vertical,
    ...horizontal,
    `<g clip-path="url(#${id})">`,
    ...content,
    '</g>',
    `<rect ${box} fill="none" stroke="${INK}" stroke-width="1"/>`,
    ...legend(chart, left + width, top),
  ];
}

/** `M1.5 20.3`: a place in a path, to a tenth of a pixel. */
export function coordinates([x, y]: readonly [number, number]): string {
  return `${round(x)} ${round(y)}`;
}

/** The smallest range that holds every finite number, wider by a twentieth on both sides; never empty. */
export function rangeOf(values: Iterable<number>): Range {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { low: 0, high: 1 };
  const margin = high > low ? (high - low) / 20 : Math.max(1, Math.abs(low)) / 2;
  return { low: low - margin, high: high + margin };
}

/** Names over the plot's right top corner, right to left, as many as there is room for. */
function legend({ legend: entries, title }: Chart, right: number, top: number): readonly string[] {
  const result: string[] = [];
  let x = right;
  for (const { text: name, colour } of [...entries].reverse()) {
    x -= name.length * 7 + 22;
    if (x < MARGIN.left + title.length * 8.5) break;
    result.push(`<circle cx="${x}" cy="${top - 14}" r="5" fill="${colour}"/>`, text(x + 9, top - 10, name, ''));
  }
  return result;
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<path d="M${coordinates([x1, y1])}L${coordinates([x2, y2])}" stroke="${FAINT}"/>`;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}"${attributes === '' ? '' : ` ${attributes}`}>${escaped(content)}</text>`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
