/** Points in the plane as an SVG, one unit as long across as up. */
import {
  chartSvg,
  COLOURS,
  coordinates,
  panelsSvg,
  placer,
  plotSize,
  rangeOf,
  type Chart,
  type Range,
} from './chart.ts';

export interface ScatterOptions {
  readonly title?: string;
  /** One number a point, which gives its colour. */
  readonly labels?: ArrayLike<number>;
  /** Other points, [m, 2], drawn grey behind: the data that the samples should look like. */
  readonly reference?: Float32Array;
  readonly names?: { readonly points?: string; readonly reference?: string };
}

const GREY = '#b8b8b8';

/** An SVG file of the points [n, 2]. Points that are not finite are left out and counted in the title. */
export function scatterSvg(points: Float32Array, options: ScatterOptions = {}): string {
  const groups = groupsOf(points, options);
  const { chart, content } = scatter(groups, options.title ?? 'samples', { width: 640, height: 600 }, groups);
  return chartSvg(chart, content);
}

/** Points at several moments, [n, 2] each: a panel a moment on one pair of axes, the reference grey behind. */
export function scatterStripSvg(
  moments: readonly { readonly label: string; readonly points: Float32Array }[],
  { title = 'samples', ...options }: Pick<ScatterOptions, 'title' | 'reference'> = {},
): string {
  const groups = moments.map(({ points }) => groupsOf(points, options));
  const panels = moments.map(({ label }, i) => scatter(groups[i]!, label, { width: 300, height: 300 }, groups.flat()));
  const bare = panels.map(({ chart, content }) => ({ chart: { ...chart, legend: [] }, content }));
  return panelsSvg(title, bare, 6);
}

/** A chart of groups of points, its axes wide enough for all of `shown`. */
function scatter(
  groups: readonly Group[],
  title: string,
  size: Pick<Chart, 'width' | 'height'>,
  shown: readonly Group[],
): { readonly chart: Chart; readonly content: readonly string[] } {
  const all = shown.flatMap(({ values }) => values);
  const bad = groups.flatMap(({ values }) => values).filter((point) => !isFinitePoint(point)).length;
  const [x, y] = equalAspect(
    rangeOf(all.map(([first]) => first)),
    rangeOf(all.map(([, second]) => second)),
    plotSize(size),
  );
  const chart: Chart = {
    ...size,
    title: `${title}${bad === 0 ? '' : ` (${bad} not finite)`}`,
    x,
    y,
    legend: groups.length > 1 ? groups.map(({ name, colour }) => ({ text: name, colour })) : [],
  };
  const place = placer(chart);
  const content = groups.map(({ values, colour }) => {
    const diameter = values.length > 4000 ? 2.4 : values.length > 1000 ? 3 : 4;
    // A dot is a line of no length with round ends: a few characters a point.
    const dots = values.filter(isFinitePoint).map(([a, b]) => `M${coordinates(place(a, b))}h0`);
    return `<path d="${dots.join('')}" stroke="${colour}" stroke-width="${diameter}" stroke-linecap="round" stroke-opacity="0.6" fill="none"/>`;
  });
  return { chart, content };
}

type Point = readonly [number, number];

interface Group {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly Point[];
}

/** The reference first, so that it lies behind; then the points, one group a label. */
function groupsOf(points: Float32Array, { labels, reference, names }: ScatterOptions): readonly Group[] {
  const groups: Group[] = [];
  if (reference !== undefined) {
    groups.push({ name: names?.reference ?? 'data', colour: GREY, values: pairs(reference) });
  }
  const all = pairs(points);
  if (labels === undefined) return [...groups, { name: names?.points ?? 'samples', colour: COLOURS[0], values: all }];
  const kinds = [...new Set(Array.from(labels))].sort((a, b) => a - b);
  kinds.forEach((kind, i) => {
    const values = all.filter((_, at) => labels[at] === kind);
    groups.push({ name: String(kind), colour: COLOURS[i % COLOURS.length]!, values });
  });
  return groups;
}

function pairs(values: Float32Array): readonly Point[] {
  return Array.from({ length: Math.floor(values.length / 2) }, (_, i) => [values[2 * i]!, values[2 * i + 1]!]);
}

function isFinitePoint([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}

/** Widens one of the ranges so that a unit has as many pixels on both axes. */
function equalAspect(x: Range, y: Range, [width, height]: readonly [number, number]): readonly [Range, Range] {
  const unit = Math.max((x.high - x.low) / width, (y.high - y.low) / height);
  return [about(x, unit * width), about(y, unit * height)];
}

function about({ low, high }: Range, length: number): Range {
  const middle = (low + high) / 2;
  return { low: middle - length / 2, high: middle + length / 2 };
}
