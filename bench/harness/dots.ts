/** Times as dots on a logarithmic scale, in SVG: the median, and a line from the least to the most. */
import { COLOURS } from '../../runtime/pictures/chart.ts';
import { faint, line, logMarks, logScale, svgFile, svgText } from './svg.ts';
import { digits } from './table.ts';

export interface Dot {
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

export function dotChart(title: string, dots: readonly Dot[]): string {
  const low = Math.min(...dots.map(({ least }) => least)) / 1.2;
  const high = Math.max(...dots.map(({ most }) => most)) * 1.2;
  const x = logScale(low, high, left, width - right);
  const bottom = top + row * dots.length;
  return svgFile(width, bottom + 40, title, [
    ...logMarks(low, high).map(
      (mark) => line(x(mark), top, x(mark), bottom, faint) + svgText(x(mark), bottom + 16, `${mark}`, 'middle'),
    ),
    svgText(
      left,
      bottom + 33,
      'milliseconds, on a logarithmic scale; the line is from the least to the most',
      'start',
      11,
    ),
    ...dots.flatMap(({ name, median, least, most, ours }, i) => {
      const y = top + row * (i + 0.5);
      const colour = ours ? COLOURS[0]! : '#8a8a8a';
      return [
        svgText(left - 10, y + 4, name, 'end'),
        line(left, y, width - right, y, faint),
        line(x(least), y, x(most), y, colour),
        `<circle cx="${x(median).toFixed(1)}" cy="${y.toFixed(1)}" r="5" fill="${colour}"/>`,
        svgText(x(most) + 8, y + 4, digits(median), 'start'),
      ];
    }),
  ]);
}
