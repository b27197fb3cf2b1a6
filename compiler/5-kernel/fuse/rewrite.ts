/** Rebuilds a kernel with other axes or tensors, in normal form again. */
import type { Accumulator, Axis, Index, Kernel, Store, Tensor, Value } from '../ir.ts';
import { dtypeOf, type Expressions, type Range } from './expressions.ts';

export interface Rewriting {
  /** The index that stands for an axis; the axis itself where undefined. */
  readonly axis?: (axis: Axis) => Index | undefined;
  /** The accumulator that is read in place of another. */
  readonly accumulator?: (accumulator: Accumulator) => Accumulator | undefined;
  /** Where an accumulator's terms are kept; they are zero outside of it. */
  readonly within?: (accumulator: Accumulator) => Range | undefined;
  /** Another tensor, with what to add to the index. */
  readonly tensor?: (tensor: Tensor) => { readonly tensor: Tensor; readonly offset: number } | undefined;
}

export class Rewriter {
  readonly #expressions: Expressions;
  readonly #rewriting: Rewriting;
  readonly #values = new Map<Value, Value>();
  readonly #accumulators = new Map<Accumulator, Accumulator>();

  constructor(expressions: Expressions, rewriting: Rewriting) {
    this.#expressions = expressions;
    this.#rewriting = rewriting;
  }

  index(index: Index): Index {
    const axisTo = (axis: Axis): Index | undefined => this.#rewriting.axis?.(axis);
    return this.#expressions.index.substitute(index, axisTo, (value) => this.value(value));
  }

  value(value: Value): Value {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const made = this.#value(value);
    this.#values.set(value, made);
    return made;
  }

  accumulator(accumulator: Accumulator): Accumulator {
    const known = this.#accumulators.get(accumulator);
    if (known !== undefined) return known;
    const other = this.#rewriting.accumulator?.(accumulator);
    if (other !== undefined) return other;
    const range = this.#rewriting.within?.(accumulator);
    const term = (value: Value): Value => {
      const made = this.value(value);
      if (range === undefined) return made;
      return this.#expressions.guard([range], made, this.#expressions.constant(0, dtypeOf(made)));
    };
    const made: Accumulator =
      accumulator.kind === 'reduce'
        ? { ...accumulator, value: term(accumulator.value) }
        : { ...accumulator, a: term(accumulator.a), b: term(accumulator.b) };
    this.#accumulators.set(accumulator, made);
    return made;
  }

  store(store: Store): Store {
    const { tensor, index } = this.#at(store.tensor, store.index);
    const made = { tensor, index, value: this.value(store.value) };
    if (store.partial === undefined) return made;
    const axis = this.index(this.#expressions.index.axis(store.partial.axis));
    if (axis.kind !== 'axis') throw new Error('kernel IR: the axis of partial sums merged with another');
    return { ...made, partial: { ...store.partial, axis: axis.axis } };
  }

  /** The kernel over the given parallel axes and, for each phase, the given loops. */
  kernel(kernel: Kernel, axes: readonly Axis[], over: (axes: readonly Axis[]) => readonly Axis[]): Kernel {
    const phases = kernel.phases.map((phase) => ({
      over: over(phase.over),
      accumulators: phase.accumulators.map((accumulator) => this.accumulator(accumulator)),
      stores: phase.stores.map((store) => this.store(store)),
    }));
    return { ...kernel, axes, phases };
  }

  #at(tensor: Tensor, index: Index): { tensor: Tensor; index: Index } {
    const { index: algebra } = this.#expressions;
    const other = this.#rewriting.tensor?.(tensor);
    if (other === undefined) return { tensor, index: this.index(index) };
    return { tensor: other.tensor, index: algebra.add(this.index(index), algebra.constant(other.offset)) };
  }

  #value(value: Value): Value {
    const make = this.#expressions;
    switch (value.kind) {
      case 'constant':
      case 'uniform':
        return value;
      case 'index':
        return make.position(this.index(value.index));
      case 'load': {
        const { tensor, index } = this.#at(value.tensor, value.index);
        return make.load(tensor, index, value.dtype);
      }
      case 'apply':
        return make.apply(
          value.op,
          value.args.map((arg) => this.value(arg)),
          value.dtype,
        );
      case 'guard': {
        const within = value.within.map((range) => ({ ...range, index: this.index(range.index) }));
        return make.guard(within, this.value(value.then), this.value(value.otherwise));
      }
      case 'accumulator':
        return make.accumulator(this.accumulator(value.accumulator), value.dtype);
    }
  }
}
