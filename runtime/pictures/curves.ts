/** Functions of one variable as an SVG: a panel each, because their ranges may be worlds apart. */
import { COLOURS, coordinates, panelsSvg, placer, rangeOf, type Chart } from './chart.ts';

export interface Curve {
  readonly name: string;
  /** values[i] stands at x = first + i. */
  readonly first: number;
  readonly values: readonly number[];
}

/** An SVG file of the curves, at most three a row. */
export function curvesSvg(title: string, curves: readonly Curve[]): string {
  const panels = curves.map(({ name, first, values }, i) => {
    const x = { low: first, high: Math.max(first + 1, first + values.length - 1) };
    const chart: Chart = { width: 330, height: 260, title: name, x, y: rangeOf(values), legend: [] };
    const place = placer(chart);
    const path = values.map((value, at) => `${at === 0 ? 'M' : 'L'}${coordinates(place(first + at, value))}`).join('');
    const colour = COLOURS[i % COLOURS.length]!;
    return { chart, content: [`<path d="${path}" stroke="${colour}" stroke-width="2" fill="none"/>`] };
  });
  return panelsSvg(title, panels, 3);
}
