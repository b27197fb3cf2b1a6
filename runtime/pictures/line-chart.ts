/** Curves over steps or epochs as an SVG. */
import { chartSvg, COLOURS, coordinates, placer, rangeOf, type Chart } from './chart.ts';

export interface Series {
  readonly name: string;
  /** In ascending x; a point that is not finite breaks the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LineChartOptions {
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
}

/** An SVG file of the curves. Of many points within a pixel, the lowest and the highest are drawn. */
export function lineChartSvg(series: readonly Series[], options: LineChartOptions = {}): string {
  const points = series.flatMap((curve) => curve.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)));
  const chart: Chart = {
    width: 720,
    height: 420,
    title: options.title ?? series.map(({ name }) => name).join(', '),
    ...(options.xLabel === undefined ? {} : { xLabel: options.xLabel }),
    ...(options.yLabel === undefined ? {} : { yLabel: options.yLabel }),
    x: rangeOf(points.map(([x]) => x)),
    y: rangeOf(points.map(([, y]) => y)),
    legend: series.length > 1 ? series.map(({ name }, i) => ({ text: name, colour: colourOf(i) })) : [],
  };
  const place = placer(chart);
  const content = series.map(({ points: own }, i) => {
    const d = unbroken(own)
      .map(
        (piece) =>
          `M${thinned(piece.map(([x, y]) => place(x, y)))
            .map(coordinates)
            .join('L')}`,
      )
      .join('');
    return `<path d="${d}" stroke="${colourOf(i)}" stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round" fill="none"/>`;
  });
  return chartSvg(chart, content);
}

type Place = readonly [number, number];

function colourOf(i: number): string {
  return COLOURS[i % COLOURS.length]!;
}

/** The stretches of a curve between points that are not finite. */
function unbroken(points: readonly Place[]): readonly (readonly Place[])[] {
  const pieces: Place[][] = [[]];
  for (const point of points) {
    if (point.every(Number.isFinite)) pieces.at(-1)!.push(point);
    else pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 0);
}

/** At most two places for each column of pixels, the extremes, in their order. */
function thinned(places: readonly Place[]): readonly Place[] {
  const result: Place[] = [];
  for (let begin = 0, end = 0; begin < places.length; begin = end) {
    const column = Math.floor(places[begin]![0]);
    while (end < places.length && Math.floor(places[end]![0]) === column) end++;
    const inside = places.slice(begin, end);
    const heights = inside.map(([, y]) => y);
    const extremes = new Set([heights.indexOf(Math.min(...heights)), heights.indexOf(Math.max(...heights))]);
    result.push(...[...extremes].sort((a, b) => a - b).map((at) => inside[at]!));
  }
  return result.length === 1 ? [result[0]!, result[0]!] : result;
}
