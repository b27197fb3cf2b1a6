/**
 * Whether two schedules of a kernel computed the same: at chosen points of its result within the rounding bounds that a
 * float64 evaluation of the kernel gives there, and elsewhere, but for very few elements, within what those bounds let
 * expect.
 */
import type { Axis, Kernel } from '../../compiler/5-kernel/ir.ts';
import { type Arrays, type Bounded, evaluateKernel } from '../../compiler/5-kernel/rounding.ts';
import { pointsOf } from '../../compiler/5-kernel/schedule/grid.ts';
import { segmentOf } from '../../compiler/5-kernel/schedule/points.ts';
import type { Numbers } from '../execute/results.ts';
import { uniforms } from './inputs.ts';
import { median } from './race.ts';

/** What a kernel stored, by tensor. */
export type Stored = ReadonlyMap<string, Numbers>;

/** By tensor: the entries that were evaluated, with their bounds. */
export type Bounds = ReadonlyMap<string, ReadonlyMap<number, Bounded>>;

/** Points of a result that are evaluated in float64 at most. */
const mostPoints = 64;
/** Positions of all loops together that are evaluated: a second's work. */
const mostPositions = 2 ** 18;

/** The bounds at some points, the corners first, as many as there is time for; undefined where even two points would take too long. */
export function boundsOf(
  kernel: Kernel,
  arrays: Arrays,
  scalars: Readonly<Record<string, number>>,
): Bounds | undefined {
  const segment = segmentOf(kernel)?.segment ?? 1;
  const positions = segment * kernel.phases.reduce((sum, { over }) => sum + pointsOf(over), 0);
  const count = Math.min(mostPoints, Math.floor(mostPositions / positions));
  if (count < 2) return undefined;
  const stored = evaluateKernel(kernel, arrays, scalars, { points: somePoints(kernel, count) });
  return new Map(
    [...stored].map(([name, entries]) => {
      const found = new Map<number, Bounded>();
      entries.forEach((entry, i) => entry !== undefined && found.set(i, entry));
      return [name, found];
    }),
  );
}

/**
 * Every corner, the first point and the last one before the others, and then points at random; where partial sums are
 * kept, with all of their segment.
 */
function* somePoints(kernel: Kernel, count: number): Generator<ReadonlyMap<string, number>> {
  const random = uniforms(7);
  const split = segmentOf(kernel);
  const at = (position: (axis: Axis) => number) => new Map(kernel.axes.map((axis) => [axis.name, position(axis)]));
  const seen = new Set<string>();
  const wide = kernel.axes.filter(({ extent }) => extent > 1);
  const corners = 2 ** wide.length;
  for (let i = 0; i < count; i++) {
    // A bit for each axis says whether the corner is at its end. Each is followed by the one opposite.
    const corner = i % 2 === 0 ? i / 2 : corners - (i + 1) / 2;
    const isAtEnd = (axis: Axis) => Math.floor(corner / 2 ** wide.indexOf(axis)) % 2 === 1;
    const point = at((axis) => {
      if (axis.extent === 1) return 0;
      if (i >= corners) return Math.floor(random() * axis.extent);
      return isAtEnd(axis) ? axis.extent - 1 : 0;
    });
    const first = split === undefined ? 0 : Math.floor(point.get(split.axis.name)! / split.segment) * split.segment;
    if (split !== undefined) point.set(split.axis.name, first);
    const key = [...point.values()].join(' ');
    if (seen.has(key)) continue;
    seen.add(key);
    if (split === undefined) yield point;
    else {
      const end = Math.min(first + split.segment, split.axis.extent);
      for (let p = first; p < end; p++) yield new Map([...point, [split.axis.name, p]]);
    }
  }
}

/** Elements may lie so much farther apart than the sample lets expect: it need not hold the largest bound. */
const slack = 8;
/**
 * And one in so many may be any number: where two orders of a sum fall on different sides of a comparison. Corners are
 * evaluated, so a tile's edge is not missed by that; and nothing that is infinitely far off passes.
 */
const oneIn = 10_000;

/** Why the results do not agree: `y[3, 17] is 0.5, and 0.25 by the plain schedule`; undefined where they do. */
export function disagreement(plain: Stored, variant: Stored, bounds: Bounds): string | undefined {
  for (const [name, expected] of plain) {
    const got = variant.get(name)!;
    const known = bounds.get(name) ?? new Map<number, Bounded>();
    const tell = (i: number) => `${name}[${i}] is ${got[i]}, and ${expected[i]} by the plain schedule`;
    const bounded = [...known].filter(([, { error }]) => Number.isFinite(error));
    // Each of the two may be off by the bound.
    const broken = bounded.find(([i, { error }]) => !(apart(got[i]!, expected[i]!) <= 2 * error));
    if (broken !== undefined) return tell(broken[0]);
    const absolute = Math.max(0, ...bounded.map(([, { error }]) => error));
    const relative = median(bounded.flatMap(([, { value, error }]) => (value === 0 ? [] : [error / Math.abs(value)])));
    let left = Math.floor(expected.length / oneIn);
    for (let i = 0; i < expected.length; i++) {
      const allowed = slack * Math.max(absolute, relative * Math.abs(expected[i]!));
      const off = apart(got[i]!, expected[i]!);
      if (off === 0 || (off <= allowed && off < Infinity)) continue;
      if (off === Infinity || left-- <= 0) return tell(i);
    }
  }
  return undefined;
}

/** How far two numbers lie apart; not at all where neither is one, or both are the same infinity. */
function apart(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  const distance = Math.abs(a - b);
  return Number.isNaN(distance) ? Infinity : distance;
}

/** The share of the numbers that are finite: what a comparison says something about. */
export function finiteShare(stored: Stored): number {
  let [finite, all] = [0, 0];
  for (const numbers of stored.values()) {
    all += numbers.length;
    for (const number of numbers) if (Number.isFinite(number)) finite++;
  }
  return all === 0 ? 1 : finite / all;
}
