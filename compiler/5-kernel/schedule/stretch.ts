/**
 * The loops of a contraction in stretches: what a thread multiplies before it goes on to other rows or columns, short
 * enough that its operands stay in the cache.
 */
import type { Axis } from '../ir.ts';
import type { Contraction } from './contraction.ts';
import { pointsOf } from './grid.ts';
import type { Expr } from './loops.ts';
import { within, type Point } from './point.ts';
import type { Values } from './values.ts';

/** A range of one loop, with the loops around it placed and those within it whole. */
export interface Stretch {
  /** Where the loops around it and the parallel axes stand. */
  readonly base: Point;
  /** The loop that it is a range of, and those within. */
  readonly axes: readonly [Axis, ...Axis[]];
  readonly first: Expr;
  /** How many positions of that loop. */
  readonly count: Expr;
  /** Positions of all of them, at most. */
  readonly depth: number;
}

/** One or four adjacent positions of the inner axis, with the outer loops placed. */
export interface Step {
  readonly base: Point;
  readonly position: Expr;
  readonly length: 1 | 4;
  /** How many positions of the stretch lie before it. */
  readonly flat: Expr;
}

/** Positions of all loops. */
export function depthOf({ outer, inner }: Contraction): number {
  return pointsOf(outer) * inner.extent;
}

/** Positions of the longest stretches of at most `most` that part the loops evenly. */
export function evenStretch(contraction: Contraction, most: number): number {
  const { size, inside } = divisionOf(contraction, most);
  return size * pointsOf(inside);
}

/** Calls back for each stretch of at most `depth` positions. */
export function forStretches(
  values: Values,
  contraction: Contraction,
  base: Point,
  depth: number,
  body: (stretch: Stretch) => void,
): void {
  const { emitter, extents } = values;
  const { make } = emitter;
  const { around, divided, size, inside } = divisionOf(contraction, depth);
  const found = { axes: [divided, ...inside], depth: size * pointsOf(inside) } as const;
  const extent = extents.of(divided);
  const nest = (axes: readonly Axis[], at: Point): void => {
    const [axis, ...rest] = axes;
    if (axis !== undefined) {
      emitter.loop(axis.name, make.u32(0), extents.of(axis), make.u32(1), (position) =>
        nest(rest, within(at, [[axis.name, position]])),
      );
    } else if (size === divided.extent) body({ ...found, base: at, first: make.u32(0), count: extent });
    else {
      emitter.loop(`first_${divided.name}`, make.u32(0), extent, make.u32(size), (first) => {
        const left = make.min(make.u32(size), make.sub(extent, first));
        const count = divided.extent % size === 0 ? make.u32(size) : emitter.let(`count_${divided.name}`, left);
        body({ ...found, base: at, first, count });
      });
    }
  };
  nest(around, base);
}

/** All loops as one stretch. */
export function wholeStretch({ extents, emitter }: Values, contraction: Contraction, base: Point): Stretch {
  const { divided, inside } = divisionOf(contraction, Infinity);
  const [first, count] = [emitter.make.u32(0), extents.of(divided)];
  return { base, axes: [divided, ...inside], first, count, depth: depthOf(contraction) };
}

/** Calls back at every position of the stretch: `length` at once, and what is left over one by one. */
export function walk(values: Values, stretch: Stretch, length: 1 | 4, body: (step: Step) => void): void {
  const { emitter, extents } = values;
  const { make } = emitter;
  const innermost = (axis: Axis, at: Point, before: Expr, first: Expr, count: Expr): void => {
    // Counted from the stretch's beginning: what is packed is read there, at an address without a difference.
    const step = (passed: Expr, length: 1 | 4): void =>
      body({ base: at, position: make.add(first, passed), length, flat: make.add(before, passed) });
    const run = (from: Expr, to: Expr, length: 1 | 4): void =>
      emitter.loop(axis.name, from, to, make.u32(length), (passed) => step(passed, length));
    const whole = Math.floor(axis.extent / length) * length;
    if (whole === axis.extent) run(make.u32(0), count, length);
    else if (count === extents.of(axis)) {
      if (whole > 0) run(make.u32(0), make.u32(whole), length);
      for (let k = whole; k < axis.extent; k++) step(make.u32(k), 1);
    } else {
      const fours = emitter.let('fours', make.min(count, make.sub(make.u32(whole), first)));
      run(make.u32(0), fours, length);
      run(fours, count, 1);
    }
  };
  const nest = ([axis, ...rest]: Stretch['axes'], at: Point, before: Expr, first: Expr, count: Expr): void => {
    const [next, ...others] = rest;
    if (next === undefined) return innermost(axis, at, before, first, count);
    emitter.loop(axis.name, make.u32(0), count, make.u32(1), (passed) => {
      const placed = within(at, [[axis.name, make.add(first, passed)]]);
      const behind = make.mul(make.add(before, passed), extents.of(next));
      nest([next, ...others], placed, behind, make.u32(0), extents.of(next));
    });
  };
  nest(stretch.axes, stretch.base, make.u32(0), stretch.first, stretch.count);
}

/**
 * The same as one loop, position by position, for operands whose positions follow each other from one loop to the next:
 * loops that are short cost a processor a wrong guess each time they end.
 */
export function walkFlat(values: Values, stretch: Stretch, body: (step: Step) => void): void {
  const { axes, base, first, count, depth } = stretch;
  const [divided, ...inside] = axes;
  const inner = axes.at(-1)!;
  // Goes on beyond its extent, where the loop around it would take its next position.
  const going = axes.findLast(({ extent }) => extent > 1);
  if (going === undefined || going === divided) return walk(values, stretch, 1, body);
  const { emitter, extents } = values;
  const { make } = emitter;
  const zero = make.u32(0);
  const start = within(base, [[divided.name, first], ...inside.map(({ name }) => [name, zero] as const)]);
  const total = count === extents.of(divided) ? make.u32(depth) : make.mul(count, make.u32(pointsOf(inside)));
  emitter.loop(going.name, zero, total, make.u32(1), (flat) => {
    const at = within(start, [[going.name, flat]]);
    body({ base: at, position: going === inner ? flat : zero, length: 1, flat });
  });
}

/** The loops of which a stretch of at most `depth` positions holds ranges or the whole, the last innermost. */
export function loopsWithin(contraction: Contraction, depth: number): readonly Axis[] {
  const { divided, inside } = divisionOf(contraction, depth);
  return [divided, ...inside];
}

/** The step's first position. */
export function positionAt(inner: Axis, { base, position }: Step): Point {
  return within(base, [[inner.name, position]]);
}

interface Division {
  /** Loops whose every position has stretches of its own. */
  readonly around: readonly Axis[];
  readonly divided: Axis;
  /** Positions of `divided` in a stretch. */
  readonly size: number;
  /** Loops that lie in a stretch as a whole. */
  readonly inside: readonly Axis[];
}

/** Divides the outermost loop of which stretches of at most `most` positions hold one position at least. */
function divisionOf({ outer, inner }: Contraction, most: number): Division {
  const axes = [...outer, inner];
  let at = axes.length - 1;
  while (at > 0 && pointsOf(axes.slice(at)) <= most) at--;
  const [divided, inside] = [axes[at]!, axes.slice(at + 1)];
  // Positions of the innermost loop are read in fours.
  const unit = inside.length === 0 ? 4 : 1;
  const fits = Math.max(unit, Math.floor(most / pointsOf(inside) / unit) * unit);
  const count = Math.max(1, Math.ceil(divided.extent / fits));
  const size = Math.min(divided.extent, Math.ceil(divided.extent / count / unit) * unit);
  return { around: axes.slice(0, at), divided, size, inside };
}
