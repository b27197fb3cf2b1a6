/**
 * One invocation a point of the parallel axes, or four adjacent points of the last axis in a vector. Right for every
 * kernel; fast where there are many points and each is little work.
 */
import type { Axis, Kernel } from '../ir.ts';
import type { PointsChoice } from './choice.ts';
import { pointsOf, positions, rowOfGroups, type Extent3 } from './grid.ts';
import type { Expr, Variable } from './loops.ts';
import { across, combined, neutral, runPhases, scalarOf, type PhaseOptions } from './phases.ts';
import { pointAt, type Point, type VectorAxis } from './point.ts';
import type { Draft } from './draft.ts';
import type { Values } from './values.ts';

export function schedulePoints(kernel: Kernel, values: Values, options: PointsChoice): Draft {
  const { emitter } = values;
  const { make } = emitter;
  const split = segmentOf(kernel);
  // An axis of which partial sums are kept is walked a segment an invocation.
  const axes = kernel.axes.map((axis): Axis =>
    axis.name === split?.axis.name ? { ...axis, extent: Math.ceil(axis.extent / split.segment) } : axis,
  );
  const last = kernel.axes.at(-1);
  const vectorAxis = options.vector && last !== undefined && last.name !== split?.axis.name ? last.name : undefined;
  const grid = axes.map((axis): Axis =>
    axis.name === vectorAxis ? { name: `${axis.name}4`, extent: axis.extent / 4 } : axis,
  );

  const count = pointsOf(grid);
  const { workgroups, body } = walkPoints(values, grid, count, options);
  body((index) => {
    const places = new Map(positions(emitter, values.extents, index, grid));
    const point = (more: readonly (readonly [string, Expr])[], over?: VectorAxis): Point => {
      const quad = vectorAxis === undefined ? undefined : places.get(`${vectorAxis}4`)!;
      const vector = over ?? (quad === undefined ? undefined : { axis: vectorAxis!, quad });
      const base = quad === undefined ? [] : [[vectorAxis!, make.mul(quad, make.u32(4))] as const];
      return pointAt([...places, ...base, ...more], [], vector);
    };
    if (split === undefined) runPhases(values, kernel.phases, point([]), options);
    else walkSegment(kernel, values, split, places.get(split.axis.name)!, point, options);
  });
  return { workgroupSize: [options.workgroupSize, 1, 1], workgroups };
}

/** Workgroups that keep every core busy, before invocations get more than one point. */
const enoughGroups = 64;

/** The points of an invocation: one, or every `workgroupSize`-th of its workgroup's share. */
function walkPoints(
  { emitter, extents }: Values,
  grid: readonly Axis[],
  count: number,
  { workgroupSize: size, pointsEach }: PointsChoice,
): { readonly workgroups: Extent3; readonly body: (at: (index: Expr) => void) => void } {
  const { make } = emitter;
  const each = Math.max(1, Math.min(pointsEach, Math.floor(count / (size * enoughGroups))));
  const { workgroups, group } = rowOfGroups(emitter, Math.ceil(count / (size * each)));
  const name = grid.length === 1 ? grid[0]!.name : 'point';
  const total = (): Expr => (grid.length === 1 ? extents.of(grid[0]!) : extents.named('point', count));
  const whole = workgroups[0] * workgroups[1] * size * each === count;
  const start = make.mul(group, make.u32(size * each));
  if (each > 1) {
    const end = make.add(start, make.u32(size * each));
    const below = emitter.let('end', whole ? end : make.min(end, total()));
    const body = (at: (index: Expr) => void): void =>
      emitter.loop(name, make.add(start, make.place('lane')), below, make.u32(size), at);
    return { workgroups, body };
  }
  const index = emitter.let(name, make.add(start, make.place('lane')));
  if (!whole) emitter.when(make.builtin('ge', 'bool', index, total()), () => emitter.push({ kind: 'return' }));
  return { workgroups, body: (at) => at(index) };
}

interface Segment {
  readonly axis: Axis;
  readonly segment: number;
}

/** The axis along which the kernel keeps partial sums, and how many positions go to one. */
export function segmentOf(kernel: Kernel): Segment | undefined {
  const partials = kernel.phases.flatMap(({ stores }) => stores.flatMap(({ partial }) => partial ?? []));
  const [first, ...rest] = partials;
  if (rest.some(({ axis, segment }) => axis.name !== first!.axis.name || segment !== first!.segment)) {
    throw new Error('partial sums along two axes of one kernel');
  }
  return first;
}

/** Runs the phases at every position of one segment and stores what the partial stores add up to. */
function walkSegment(
  kernel: Kernel,
  values: Values,
  { axis, segment }: Segment,
  entry: Expr,
  pointOf: (more: readonly (readonly [string, Expr])[], over?: VectorAxis) => Point,
  options: PhaseOptions,
): void {
  const { emitter } = values;
  const { make } = emitter;
  const outer = pointOf([]);
  const wide = outer.vector === undefined && axis.extent % 4 === 0 && segment % 4 === 0;
  const stores = kernel.phases.flatMap((phase) => phase.stores.filter(({ partial }) => partial !== undefined));
  const sums = stores.map((store): Variable => {
    const { op } = store.partial!;
    const start = neutral(op, scalarOf(store.value));
    const vector = wide || outer.vector !== undefined;
    return emitter.mutable(
      `${store.tensor.name}_part`,
      make.widen(make.literal(start.value, start.scalar), vector ? 4 : 1),
    );
  });
  const from = emitter.let('first', make.mul(entry, make.u32(segment)));
  const whole = axis.extent % segment === 0;
  const end = make.add(from, make.u32(segment));
  const below = emitter.let('end', whole ? end : make.min(end, make.u32(axis.extent)));
  emitter.loop(axis.name, from, below, make.u32(wide ? 4 : 1), (position) => {
    const vector = wide ? { axis: axis.name, quad: make.div(position, 4) } : undefined;
    const final = runPhases(values, kernel.phases, pointOf([[axis.name, position]], vector), options);
    stores.forEach((store, i) => {
      const own = make.variable(sums[i]!);
      emitter.assign(sums[i]!, combined(emitter, store.partial!.op, own, values.at(store.value, final)));
    });
  });
  stores.forEach((store, i) => {
    const own = make.variable(sums[i]!);
    values.store(store.tensor, store.index, wide ? across(emitter, 'part', own, store.partial!.op) : own, outer);
  });
}
