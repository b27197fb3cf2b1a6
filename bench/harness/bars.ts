/** Times as bars on a logarithmic scale, in SVG: the median, and a line from the least to the most. */
import { COLOURS } from '../../runtime/pictures/chart.ts';
import { faint, ink, line, logMarks, logScale, svgFile, svgText } from './svg.ts';
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

export function barChart(title: string, bars: readonly Bar[]): string {
  const low = Math.min(...bars.map(({ least }) => least)) / 1.5;
  const high = Math.max(...bars.map(({ most }) => most)) * 1.1;
  const x = logScale(low, high, left, width - right);
  const bottom = top + row * bars.length;
  return svgFile(width, bottom + 36, title, [
    ...logMarks(low, high).map(
      (mark) => line(x(mark), top, x(mark), bottom, faint) + svgText(x(mark), bottom + 18, `${mark}`, 'middle'),
    ),
    ...bars.flatMap(({ name, median, least, most, ours }, i) => {
      const y = top + row * i;
      const fill = ours ? COLOURS[0] : '#b5b5b5';
      return [
        svgText(left - 10, y + 16, name, 'end'),
        `<rect x="${left}" y="${y + 4}" width="${(x(median) - left).toFixed(1)}" height="${row - 8}" fill="${fill}"/>`,
        line(x(least), y + row / 2, x(most), y + row / 2, ink),
        svgText(x(most) + 6, y + 16, digits(median), 'start'),
      ];
    }),
  ]);
}
