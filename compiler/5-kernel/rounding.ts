/**
 * Kernel IR evaluated in float64, point by point, with a bound on how far f32 may be from each number: an op's own
 * tolerance, what its arguments' errors make of it, and n roundings for a sum of n terms in any order.
 */
import { ops } from '../ops/index.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import type { Accumulator, Axis, Index, Kernel, Tensor, Value } from './ir.ts';

/** A number and how far from it a right f32 result may lie. */
export interface Bounded {
  readonly value: number;
  readonly error: number;
}

/** By how many ULP more than its tolerance an op may err: faults of a driver that are known. */
export type Faults = { readonly [Name in keyof typeof ops]?: number };

export type Arrays = ReadonlyMap<string, ArrayLike<number>>;

interface Place {
  readonly axes: ReadonlyMap<string, number>;
  readonly accumulators: ReadonlyMap<Accumulator, Bounded>;
}

export interface EvaluateOptions {
  /** Faults of the driver that the results come from. */
  readonly faults?: Faults;
  /** Positions on the parallel axes: all of them where absent. */
  readonly points?: Iterable<ReadonlyMap<string, number>>;
}

/**
 * What the kernel stores, by tensor name. Entries that it leaves alone are undefined, as are those of other points. Where
 * only some points are evaluated, a partial sum is whole if all of its segment is among them.
 */
export function evaluateKernel(
  kernel: Kernel,
  arrays: Arrays,
  scalars: Readonly<Record<string, number>> = {},
  { faults = {}, points = walk(kernel.axes) }: EvaluateOptions = {},
): ReadonlyMap<string, readonly (Bounded | undefined)[]> {
  const results = new Map<string, (Bounded | undefined)[]>();
  const resultOf = (tensor: Tensor): (Bounded | undefined)[] => {
    const known = results.get(tensor.name) ?? new Array<Bounded | undefined>(sizeOf(tensor.shape)).fill(undefined);
    results.set(tensor.name, known);
    return known;
  };
  const at = new Evaluator(arrays, scalars, faults);
  for (const axes of points) {
    const final = new Map<Accumulator, Bounded>();
    for (const phase of kernel.phases) {
      const sums = new Map<Accumulator, Bounded>();
      for (const inner of walk(phase.over)) {
        const place: Place = { axes: new Map([...axes, ...inner]), accumulators: final };
        for (const accumulator of phase.accumulators) {
          const op = accumulator.kind === 'product' ? 'sum' : accumulator.op;
          sums.set(accumulator, combine(op, sums.get(accumulator), at.term(accumulator, place)));
        }
        for (const { tensor, index, value, partial } of phase.stores) {
          const result = resultOf(tensor);
          if (partial === undefined) {
            result[at.index(index, place)] = at.value(value, place);
            continue;
          }
          const entry = Math.floor(place.axes.get(partial.axis.name)! / partial.segment);
          const where: Place = { ...place, axes: new Map([...place.axes, [partial.axis.name, entry]]) };
          const flat = at.index(index, where);
          result[flat] = combine(partial.op, result[flat], at.value(value, place));
        }
      }
      for (const [accumulator, sum] of sums) final.set(accumulator, sum);
    }
  }
  return results;
}

class Evaluator {
  readonly #arrays: Arrays;
  readonly #scalars: Readonly<Record<string, number>>;
  readonly #faults: Faults;

  constructor(arrays: Arrays, scalars: Readonly<Record<string, number>>, faults: Faults) {
    this.#faults = faults;
    this.#arrays = arrays;
    this.#scalars = scalars;
  }

  term(accumulator: Accumulator, place: Place): Bounded {
    if (accumulator.kind === 'reduce') return this.value(accumulator.value, place);
    return this.#apply('mul', [this.value(accumulator.a, place), this.value(accumulator.b, place)]);
  }

  value(value: Value, place: Place): Bounded {
    switch (value.kind) {
      case 'constant':
        return { value: value.dtype === 'f32' ? Math.fround(value.value) : value.value, error: 0 };
      case 'uniform':
        return { value: this.#scalars[value.name]!, error: 0 };
      case 'index':
        return { value: this.index(value.index, place), error: 0 };
      case 'load': {
        const { role } = value.tensor;
        const stored = this.#arrays.get(value.tensor.name)![this.index(value.index, place)];
        if (stored === undefined) throw new Error(`${value.tensor.name} is read outside of its extent`);
        const scaled = role.kind === 'table' && value.dtype === 'f32' ? stored * role.scale : stored;
        return { value: scaled, error: scaled === stored ? 0 : 2 * ulp(scaled) };
      }
      case 'apply':
        return this.#apply(
          value.op,
          value.args.map((arg) => this.value(arg, place)),
        );
      case 'guard': {
        const inside = value.within.every(({ index, low, high }) => {
          const i = this.index(index, place);
          return i >= low && i < high;
        });
        return this.value(inside ? value.then : value.otherwise, place);
      }
      case 'accumulator':
        return place.accumulators.get(value.accumulator)!;
    }
  }

  index(index: Index, place: Place): number {
    switch (index.kind) {
      case 'constant':
        return index.value;
      case 'axis':
        return index.axis.extent === 1 ? (place.axes.get(index.axis.name) ?? 0) : place.axes.get(index.axis.name)!;
      case 'sum':
        return index.terms.reduce((sum, term) => sum + this.index(term, place), 0);
      case 'scaled':
        return index.factor * this.index(index.index, place);
      case 'quotient':
        return Math.floor(this.index(index.index, place) / index.divisor);
      case 'remainder':
        return this.index(index.index, place) % index.divisor;
      case 'value':
        return Math.min(this.value(index.value, place).value, index.extent - 1);
    }
  }

  #apply(op: keyof typeof ops, args: readonly Bounded[]): Bounded {
    const { reference, tolerance, result } = ops[op];
    const evaluate: (...args: number[]) => number = reference;
    const exact = args.map(({ value }) => value);
    const value = evaluate(...exact);
    if (result === 'bool' || result === 'u32') return { value, error: 0 };
    // What each argument's error does to the result, by moving the argument to both ends of its bound.
    let error = 0;
    args.forEach(({ error: off }, i) => {
      if (off === 0) return;
      const moved = (by: number): number => Math.abs(evaluate(...exact.map((x, j) => (i === j ? x + by : x))) - value);
      error += Math.max(moved(off), moved(-off));
    });
    const own =
      typeof tolerance.ulp === 'function' ? (tolerance.ulp as (...xs: number[]) => number)(...exact) : tolerance.ulp;
    // Even an op that is exact in its own terms rounds to f32.
    return {
      value,
      error: error + (Math.max(own, 1) + (this.#faults[op] ?? 0)) * ulp(value) + (tolerance.absolute ?? 0),
    };
  }
}

function combine(op: 'sum' | 'max' | 'min', before: Bounded | undefined, term: Bounded): Bounded {
  if (before === undefined) return term;
  if (op === 'sum') {
    // A partial sum in another order is off by at most a rounding of what has been added up, taken positively.
    const value = before.value + term.value;
    return { value, error: before.error + term.error + ulp(Math.abs(before.value) + Math.abs(term.value)) };
  }
  const first = op === 'max' ? before.value >= term.value : before.value <= term.value;
  return { value: first ? before.value : term.value, error: Math.max(before.error, term.error) };
}

/** The distance between f32 numbers near x. */
export function ulp(x: number): number {
  return 2 ** (Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -126))) - 23);
}

/** Every position on the axes, the last fastest. */
function* walk(axes: readonly Axis[]): Generator<ReadonlyMap<string, number>> {
  const [axis, ...rest] = axes;
  if (axis === undefined) {
    yield new Map();
    return;
  }
  for (let i = 0; i < axis.extent; i++) for (const inner of walk(rest)) yield new Map([[axis.name, i], ...inner]);
}
