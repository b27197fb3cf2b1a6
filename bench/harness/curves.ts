/** How times grow, as curves in panels side by side, both axes logarithmic, in SVG. All panels have one scale of times. */
import { COLOURS } from '../../runtime/pictures/chart.ts';
import { faint, ink, line, logMarks, logScale, svgFile, svgText } from './svg.ts';

export interface Curve {
  readonly name: string;
  /** [what grows, median, least, most]. */
  readonly points: readonly (readonly [x: number, median: number, least: number, most: number])[];
}

export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
}

const width = 790;
const across = 2;
const head = 46;
/** The names of the curves, in rows above the panels. */
const legend = { across: 4, width: 190, height: 20 } as const;
const panel = { width: width / across, height: 250 } as const;
const margin = { left: 52, right: 16, top: 26, bottom: 30 } as const;

/** Curves of one name have one colour in every panel. */
export function curveChart(title: string, panels: readonly Panel[]): string {
  const names = [...new Set(panels.flatMap(({ curves }) => curves.map(({ name }) => name)))];
  const times = panels.flatMap(({ curves }) =>
    curves.flatMap(({ points }) => points.flatMap((point) => point.slice(2))),
  );
  const range = [Math.min(...times) / 1.2, Math.max(...times) * 1.2] as const;
  const top = head + Math.ceil(names.length / legend.across) * legend.height;
  const height = top + Math.ceil(panels.length / across) * panel.height;
  const colour = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length]!;
  return svgFile(width, height, title, [
    ...names.flatMap((name, i) => {
      const x = 24 + (i % legend.across) * legend.width;
      const y = head + Math.floor(i / legend.across) * legend.height;
      return [`<circle cx="${x}" cy="${y}" r="5" fill="${colour(name)}"/>`, svgText(x + 10, y + 4, name, 'start')];
    }),
    ...panels.flatMap((one, i) => [
      `<g transform="translate(${(i % across) * panel.width} ${top + Math.floor(i / across) * panel.height})">`,
      ...drawn(one, range, colour),
      '</g>',
    ]),
  ]);
}

function drawn(
  { title, curves }: Panel,
  [low, high]: readonly [number, number],
  colour: (name: string) => string,
): readonly string[] {
  const [left, right] = [margin.left, panel.width - margin.right];
  const [top, bottom] = [margin.top, panel.height - margin.bottom];
  const values = [...new Set(curves.flatMap(({ points }) => points.map(([value]) => value)))].sort((a, b) => a - b);
  const x = logScale(values[0]! / 1.15, values.at(-1)! * 1.15, left, right);
  const y = logScale(low, high, bottom, top);
  return [
    svgText(left, top - 9, title, 'start'),
    ...values.map((value) => {
      return line(x(value), top, x(value), bottom, faint) + svgText(x(value), bottom + 18, `${value}`, 'middle');
    }),
    ...logMarks(low, high).map((mark) => {
      return line(left, y(mark), right, y(mark), faint) + svgText(left - 6, y(mark) + 4, `${mark}`, 'end');
    }),
    line(left, bottom, right, bottom, ink),
    line(left, top, left, bottom, ink),
    ...curves.flatMap(({ name, points }) => [
      `<polyline fill="none" stroke="${colour(name)}" stroke-width="2" points="${points
        .map(([value, median]) => `${x(value).toFixed(1)},${y(median).toFixed(1)}`)
        .join(' ')}"/>`,
      ...points.map(([value, median, least, most]) => {
        const dot = `<circle cx="${x(value).toFixed(1)}" cy="${y(median).toFixed(1)}" r="3.5" fill="${colour(name)}"/>`;
        return line(x(value), y(least), x(value), y(most), colour(name)) + dot;
      }),
    ]),
  ];
}
