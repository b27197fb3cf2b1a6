/** The phases of a kernel at one point: accumulate over the loops, then store. One invocation, or lanes together. */
import type { Accumulator, Axis, Phase, Store, Value } from '../ir.ts';
import type { ReduceOp } from '../../4-tensor/ir.ts';
import type { ScalarType } from '../../ops/scalar.ts';
import type { Emitter } from './emitter.ts';
import type { Expr, Variable } from './loops.ts';
import { after, within, type Point } from './point.ts';
import type { Values } from './values.ts';

/** Lanes that share a point: each takes its part of a loop, and combines what it found with the others'. */
export interface Team {
  readonly lanes: number;
  readonly lane: Expr;
  /** One value from every lane's, the same in all of them. */
  readonly combine: (value: Expr, op: ReduceOp, name: string) => Expr;
}

export interface PhaseOptions {
  /** The innermost loop of each phase takes four adjacent positions at once where its extent allows. */
  readonly vectorLoops: boolean;
  readonly team?: Team;
}

/** Runs the phases in order at the point and returns it with every accumulator final. */
export function runPhases(values: Values, phases: readonly Phase[], start: Point, options: PhaseOptions): Point {
  return phases.reduce((point, phase) => runPhase(values, phase, point, options), start);
}

function runPhase(values: Values, phase: Phase, point: Point, { vectorLoops, team }: PhaseOptions): Point {
  if (phase.over.length === 0) return runOnce(values, phase, point, team);
  const { emitter } = values;
  const { make } = emitter;
  const vectorized = vectorLoops && point.vector === undefined && (phase.over.at(-1)?.extent ?? 1) % 4 === 0;
  const shared = team === undefined ? undefined : sharedAxis(phase.over, team.lanes * (vectorized ? 4 : 1));
  const hint = ({ name }: Accumulator): string =>
    vectorized ? emitter.numbered(name, 4) : team === undefined ? name : `${name}_of_lane`;
  const sums = phase.accumulators.map((accumulator) =>
    declare(values, accumulator, point, hint(accumulator), vectorized),
  );

  const body = (at: Point): void => {
    for (const { accumulator, variable } of sums) accumulate(values, accumulator, variable, at);
    storeAll(values, phase, at);
  };
  const loops = (axes: readonly Axis[], at: Point): void => {
    const [axis, ...rest] = axes;
    if (axis === undefined) return body(at);
    const step = vectorized && rest.length === 0 ? 4 : 1;
    const mine = axis === shared;
    const from = mine ? make.mul(team!.lane, make.u32(step)) : make.u32(0);
    const stride = make.u32(step * (mine ? team!.lanes : 1));
    emitter.loop(axis.name, from, values.extents.of(axis), stride, (index) => {
      const vector = step === 4 ? { axis: axis.name, quad: make.div(index, 4) } : undefined;
      loops(rest, within(at, [[axis.name, index]], vector));
    });
  };
  loops(phase.over, point);

  const final = sums.map(({ accumulator, variable }): [Accumulator, Expr] => {
    const op = accumulator.kind === 'product' ? 'sum' : accumulator.op;
    const own = make.variable(variable);
    const together = team !== undefined && shared !== undefined;
    const { name } = accumulator;
    const scalar = vectorized ? across(emitter, together ? `${name}_of_lane` : name, own, op) : own;
    return [accumulator, together ? team.combine(scalar, op, name) : scalar];
  });
  return after(point, final);
}

/** A phase without loops: an accumulator is its value, and one lane of a team stores for all. */
function runOnce(values: Values, phase: Phase, point: Point, team: Team | undefined): Point {
  const { emitter } = values;
  const { make } = emitter;
  const final = phase.accumulators.map((accumulator): [Accumulator, Expr] => [
    accumulator,
    emitter.let(accumulator.name, termOf(values, accumulator, point)),
  ]);
  if (team === undefined || phase.stores.length === 0) storeAll(values, phase, point);
  else emitter.when(make.builtin('eq', 'bool', team.lane, make.u32(0)), () => storeAll(values, phase, point));
  return after(point, final);
}

/** What one position adds to the accumulator. */
export function termOf(values: Values, accumulator: Accumulator, point: Point): Expr {
  if (accumulator.kind === 'reduce') return values.at(accumulator.value, point);
  const { make } = values.emitter;
  return make.builtin('mul', 'f32', values.at(accumulator.a, point), values.at(accumulator.b, point));
}

/** The loop that the lanes divide among them: the innermost if it is long enough, else the longest. */
function sharedAxis(over: readonly Axis[], lanes: number): Axis | undefined {
  const innermost = over.at(-1);
  if (innermost === undefined || innermost.extent >= lanes) return innermost;
  return over.reduce((longest, axis) => (axis.extent > longest.extent ? axis : longest));
}

function declare(
  values: Values,
  accumulator: Accumulator,
  point: Point,
  hint: string,
  vectorized: boolean,
): { readonly accumulator: Accumulator; readonly variable: Variable } {
  const { emitter } = values;
  const terms = accumulator.kind === 'product' ? [accumulator.a, accumulator.b] : [accumulator.value];
  const op = accumulator.kind === 'product' ? 'sum' : accumulator.op;
  const along = point.vector?.axis;
  const varies = along !== undefined && terms.some((term) => values.dependence.axesOf(term).has(along));
  const start = neutral(op, scalarOf(terms[0]!));
  const value = emitter.make.literal(start.value, start.scalar);
  const variable = emitter.mutable(hint, emitter.make.widen(value, varies || vectorized ? 4 : 1));
  return { accumulator, variable };
}

function accumulate(values: Values, accumulator: Accumulator, variable: Variable, point: Point): void {
  const { emitter } = values;
  const { make } = emitter;
  const own = make.variable(variable);
  const term = termOf(values, accumulator, point);
  const op = accumulator.kind === 'product' ? 'sum' : accumulator.op;
  emitter.assign(variable, combined(emitter, op, own, term));
}

/** a + b, or the larger, or the smaller. */
export function combined({ make }: Emitter, op: ReduceOp, a: Expr, b: Expr): Expr {
  return make.builtin(op === 'sum' ? 'add' : op, a.scalar, a, b);
}

/** One number from the four components, in pairs. */
export function across(emitter: Emitter, name: string, vector: Expr, op: ReduceOp): Expr {
  const { make } = emitter;
  const whole = vector.kind === 'splat' ? vector : emitter.let(emitter.numbered(name, 4), vector);
  const part = (lane: number): Expr => make.component(whole, lane);
  const pairs = [combined(emitter, op, part(0), part(1)), combined(emitter, op, part(2), part(3))] as const;
  return emitter.let(name, combined(emitter, op, ...pairs));
}

/** Stores of a phase at a point: everything is computed before anything is written. */
export function storeAll(values: Values, phase: Phase, point: Point): void {
  writeStores(
    values,
    phase.stores.filter((store) => store.partial === undefined),
    point,
  )();
}

/** Computes what the stores need, and returns what writes it. */
export function writeStores(values: Values, stores: readonly Store[], point: Point): () => void {
  const computed = stores.map((store) => values.at(store.value, point));
  return () => {
    stores.forEach((store, i) => {
      const put = (): void => values.store(store.tensor, store.index, computed[i]!, point);
      const alone = soleWriter(values, store, point);
      if (alone === undefined) put();
      else values.emitter.when(alone, put);
    });
  };
}

/** Where a store does not mention a parallel axis, position 0 of that axis alone writes: whether this is it. */
function soleWriter({ kernel, dependence, emitter }: Values, store: Store, { axes }: Point): Expr | undefined {
  const { make } = emitter;
  const mentioned = new Set([
    ...dependence.axesOf(store.value),
    ...dependence.axesOfAffine(dependence.affine(store.index)),
  ]);
  const start = make.u32(0);
  const unmentioned = kernel.axes.filter(({ name, extent }) => {
    return extent > 1 && !mentioned.has(name) && axes.get(name) !== start;
  });
  const first = unmentioned.map(({ name }) => make.builtin('eq', 'bool', axes.get(name)!, start));
  return first.length === 0 ? undefined : first.reduce((all, one) => make.builtin('and', 'bool', all, one));
}

const largestFloat = 3.4028234663852886e38;

/** What changes nothing when combined: 0, or the farthest finite number. */
export function neutral(op: ReduceOp, scalar: ScalarType): { readonly scalar: ScalarType; readonly value: number } {
  if (op === 'sum') return { scalar, value: 0 };
  if (scalar === 'u32') return { scalar, value: op === 'max' ? 0 : 0xffffffff };
  return { scalar, value: op === 'max' ? -largestFloat : largestFloat };
}

export function scalarOf(value: Value): ScalarType {
  return value.kind === 'index' ? 'u32' : value.dtype;
}
