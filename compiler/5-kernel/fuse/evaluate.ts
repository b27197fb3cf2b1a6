/** Values of nodes at points of one kernel: inputs are loaded, what the kernel computes is an expression. */
import type { Node } from '../../4-tensor/ir.ts';
import { unbounded, type Accumulator, type Index, type Value } from '../ir.ts';
import { Names } from '../names.ts';
import { dtypeOf, identityOf } from './expressions.ts';
import type { Fusion } from './fusion.ts';
import { indexAt, type Group, type Reducing, type Space } from './groups.ts';
import { entryIndex } from './partial.ts';
import { isLeaf, operandIndices, readsOfView, reducedIndex } from './reads.ts';
import type { Tensors } from './tensors.ts';

export class Evaluator {
  readonly #fusion: Fusion;
  readonly #tensors: Tensors;
  readonly #group: Group;
  readonly #values = new Map<string, Value>();
  readonly #accumulators = new Map<Reducing, Accumulator>();
  readonly #names = new Names();
  readonly #accumulatorName: (node: Reducing) => string;

  constructor(fusion: Fusion, tensors: Tensors, group: Group, accumulatorName: (node: Reducing) => string) {
    this.#fusion = fusion;
    this.#tensors = tensors;
    this.#group = group;
    this.#accumulatorName = accumulatorName;
  }

  /** The accumulators that the values so far read, with their nodes, each after those it reads. */
  get accumulators(): ReadonlyMap<Reducing, Accumulator> {
    return this.#accumulators;
  }

  /** The node's value at its own point of the kernel, or at another for which it is unrolled, computed here. */
  own(node: Node, at?: readonly Index[]): Value {
    const partial = this.#fusion.partials.get(node);
    // What a point adds to its entry.
    if (partial !== undefined && partial.kept === undefined) return this.own(partial.summand);
    const home = this.#fusion.home.get(node)!;
    const index = at ?? indexAt(this.#fusion.expressions.index, node, home);
    const key = `own ${node.id} ${this.#fusion.expressions.index.keyOf(index)}`;
    const known = this.#values.get(key) ?? this.#compute(node, index);
    this.#values.set(key, known);
    return known;
  }

  value(node: Node, index: readonly Index[]): Value {
    const { expressions, home } = this.#fusion;
    // Not by the flat index: outside of a guard's ranges, other positions have the same.
    const key = `${node.id} ${expressions.index.keyOf(index)}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = this.#make(node, index, home.get(node));
    this.#values.set(key, value);
    return value;
  }

  #make(node: Node, index: readonly Index[], home: Space | undefined): Value {
    const { expressions } = this.#fusion;
    if (home === undefined || isLeaf(node)) return this.#compute(node, index);
    const flat = expressions.index.flatten(index, node.shape);
    if (home.group === this.#group) {
      if (home.unrolled) return this.#compute(node, index);
      if (flat !== home.flat) throw new Error(`kernel IR: node ${node.id} is read at another point of its own kernel`);
      return this.own(node);
    }
    const [place] = this.#tensors.placesOf(node);
    if (place === undefined || this.#tensors.isRepeated(node, this.#group)) return this.#compute(node, index);
    return expressions.load(
      place.tensor,
      expressions.index.add(flat, expressions.index.constant(place.offset)),
      node.dtype,
    );
  }

  #compute(node: Node, index: readonly Index[]): Value {
    const { expressions } = this.#fusion;
    const { index: algebra } = expressions;
    const load = (tensor: Parameters<typeof expressions.load>[0]): Value =>
      expressions.load(tensor, algebra.flatten(index, node.shape), node.dtype);
    switch (node.kind) {
      case 'constant':
        return expressions.constant(node.value, node.dtype);
      case 'array':
        return load(this.#tensors.literal(node));
      case 'input':
        return node.source.kind === 'uniform'
          ? expressions.uniform(node.source.name, node.dtype)
          : load(this.#tensors.input(node));
      case 'iota':
        return expressions.position(index[0]!);
      case 'map':
        return expressions.apply(
          node.op,
          node.args.map((arg) => this.value(arg, index)),
          node.dtype,
        );
      case 'pack':
        return load(this.#tensors.packed(node));
      case 'batch': {
        const rank = node.rows.shape.length;
        const row = algebra.loaded(this.value(node.rows, index.slice(0, rank)), unbounded);
        const { rowShape } = node.table;
        const at = algebra.flatten([row, ...index.slice(rank)], [unbounded, ...rowShape]);
        return expressions.load(this.#tensors.table(node.table), at, node.dtype);
      }
      case 'take': {
        const rank = node.indices.shape.length;
        const row = algebra.loaded(this.value(node.indices, index.slice(0, rank)), node.table.shape[0]!);
        return this.value(node.table, [row, ...index.slice(rank)]);
      }
      case 'contract':
      case 'reduce':
      case 'scatter':
        return expressions.accumulator(this.#accumulator(node, index), node.dtype);
      default: {
        const reads = readsOfView(expressions, node, index);
        const zero = expressions.constant(0, node.dtype);
        // The first whose ranges hold: concatenated arguments cover the axis, padding leaves zeros.
        return reads.reduceRight<Value | undefined>((otherwise, read, i) => {
          const last = i === reads.length - 1 && node.kind === 'concat';
          const then = this.value(read.node, read.index);
          return last ? then : expressions.guard(read.within, then, otherwise ?? zero);
        }, undefined)!;
      }
    }
  }

  #accumulator(node: Reducing, index: readonly Index[]): Accumulator {
    const known = this.#accumulators.get(node);
    if (known !== undefined) return known;
    const { expressions } = this.#fusion;
    const inner = this.#group.reducing.get(node)!.inner.map((axis) => expressions.index.axis(axis));
    const made = this.#reduction(node, index, inner);
    this.#accumulators.set(node, made);
    return made;
  }

  #reduction(node: Reducing, index: readonly Index[], inner: readonly Index[]): Accumulator {
    const { expressions } = this.#fusion;
    const name = this.#names.unique(this.#accumulatorName(node));
    switch (node.kind) {
      case 'contract': {
        const { a, b } = operandIndices(node, index, inner);
        return { name, kind: 'product', a: this.value(node.a, a), b: this.value(node.b, b) };
      }
      case 'reduce': {
        const partial = this.#fusion.partials.get(node);
        if (partial !== undefined) {
          const at = entryIndex(this.#fusion, partial, node, index, inner);
          return { name, kind: 'reduce', op: node.op, value: expressions.load(this.#tensors.partial(node), at, 'f32') };
        }
        return { name, kind: 'reduce', op: node.op, value: this.value(node.arg, reducedIndex(node, index, inner)) };
      }
      case 'scatter': {
        // out[i] = Σ_j [indices[j] = i] · updates[j]
        const here = expressions.apply(
          'eq',
          [this.value(node.indices, inner), expressions.position(index[0]!)],
          'bool',
        );
        const update = this.value(node.updates, [...inner, ...index.slice(1)]);
        const zero = expressions.constant(identityOf('sum', 'f32'), dtypeOf(update));
        return { name, kind: 'reduce', op: 'sum', value: expressions.apply('select', [here, update, zero], 'f32') };
      }
    }
  }
}
