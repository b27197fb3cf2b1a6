/** Where in the iteration space a value is computed: what each axis is, and which one runs over a vector. */
import type { Accumulator, Value } from '../ir.ts';
import type { Expr } from './loops.ts';

export interface Point {
  /** The position on each axis, by name; on the vector's axis that of component 0. */
  readonly axes: ReadonlyMap<string, Expr>;
  readonly vector?: VectorAxis;
  readonly accumulators: ReadonlyMap<Accumulator, Expr>;
  /** Ends the names of what is loaded here, where the same tensor is loaded at several points side by side. */
  readonly suffix?: string;
  /** Values computed here already, each with the block it lives in. */
  readonly known: Map<Value, { readonly expr: Expr; readonly block: object }>;
}

/** The axis whose four adjacent positions are computed at once: component c is at 4 · quad + c. */
export interface VectorAxis {
  readonly axis: string;
  readonly quad: Expr;
  /** Where set, positions past it are read at it instead: the extent is no multiple of four. */
  readonly clamp?: Expr;
}

export function pointAt(
  axes: Iterable<readonly [string, Expr]>,
  accumulators: Iterable<readonly [Accumulator, Expr]> = [],
  vector?: VectorAxis,
): Point {
  const point = { axes: new Map(axes), accumulators: new Map(accumulators), known: new Map<Value, never>() };
  return vector === undefined ? point : { ...point, vector };
}

/** The same point with further axes placed. */
export function within(point: Point, axes: Iterable<readonly [string, Expr]>, vector?: VectorAxis): Point {
  return pointAt([...point.axes, ...axes], point.accumulators, vector ?? point.vector);
}

/** The same point with further accumulators final. */
export function after(point: Point, accumulators: Iterable<readonly [Accumulator, Expr]>): Point {
  return pointAt(point.axes, [...point.accumulators, ...accumulators], point.vector);
}
