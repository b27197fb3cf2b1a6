/** Times as bars on a logarithmic scale, in SVG: the median, and a line from the least to the most. */
import { COLOURS } from '../../runtime/pictures/chart.ts';
import { digits } from './table.ts';

export interface Bar {
  readonly name: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Drawn in the first colour. */
  readonly ours: boolean;
}

const width = 790;
const left = 290;
const right = 60;
const top = 44;
const row = 24;
const ink = '#333333';

export function barChart(title: string, bars: readonly Bar[]): string {
  const low = Math.min(...bars.map(({ least }) => least)) / 1.5;
  const high = Math.max(...bars.map(({ most }) => most)) * 1.1;
  const x = (value: number) => left + (Math.log(value / low) / Math.log(high / low)) * (width - left - right);
  const height = top + row * bars.length + 36;
  const marks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].filter((mark) => mark > low && mark < high);
  const bottom = top + row * bars.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="24" fill="${ink}" font-size="15">${title}</text>`,
    ...marks.map(
      (mark) => line(x(mark), top, x(mark), bottom, '#e4e4e4') + text(x(mark), bottom + 18, `${mark}`, 'middle'),
    ),
    ...bars.flatMap(({ name, median, least, most, ours }, i) => {
      const y = top + row * i;
      const fill = ours ? COLOURS[0] : '#b5b5b5';
      return [
        text(left - 10, y + 16, name, 'end'),
        `<rect x="${left}" y="${y + 4}" width="${(x(median) - left).toFixed(1)}" height="${row - 8}" fill="${fill}"/>`,
        line(x(least), y + row / 2, x(most), y + row / 2, ink),
        text(x(most) + 6, y + 16, digits(median), 'start'),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${colour}"/>`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${ink}" text-anchor="${anchor}">${content}</text>`;
}
