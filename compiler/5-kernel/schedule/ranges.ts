/**
 * The inner axis of a contraction, cut where its operands change what they read: at the pieces of a concatenation, at the
 * edge of a padding. Within each range no such condition is left, and what lies adjacent is read in whole vectors again.
 *
 * Before: Σ_k (x[k] if k < 2 else t[k - 2]) w[k]. After: Σ_{k < 2} x[k] w[k], then Σ_k t[k] w[k + 2].
 */
import { Expressions } from '../fuse/expressions.ts';
import { Rewriter } from '../fuse/rewrite.ts';
import type { Axis, Value } from '../ir.ts';
import { affineOf } from './affine.ts';
import type { Contraction, Reduction } from './contraction.ts';
import { valuesOf } from './dependence.ts';
import type { Values } from './values.ts';

/** A range of the inner axis, which begins at 0 again. */
export interface InnerRange extends Pick<Contraction, 'inner' | 'products'> {
  /** What each position adds to the sums beside the products. */
  readonly terms: readonly { readonly accumulator: Reduction; readonly value: Value }[];
}

/** More ranges than this are more text than they save. */
const mostRanges = 4;

/** The inner axis as it is. */
export function wholeRange({ inner, products, reductions }: Contraction): InnerRange {
  return { inner, products, terms: reductions.map((accumulator) => ({ accumulator, value: accumulator.value })) };
}

/** The ranges in order: the whole axis where nothing is to be cut. */
export function rangesOf(values: Values, contraction: Contraction): readonly InnerRange[] {
  const whole = wholeRange(contraction);
  const cuts = cutsOf(rootsOf(whole), whole.inner);
  if (cuts.length === 0 || cuts.length >= mostRanges) return [whole];
  const ends = [...cuts, whole.inner.extent];
  return ends.map((end, i) => {
    const range = rangeOf(whole, i === 0 ? 0 : ends[i - 1]!, end);
    values.count(rootsOf(range));
    return range;
  });
}

function rangeOf({ inner, products, terms }: InnerRange, start: number, end: number): InnerRange {
  const own: Axis = { name: inner.name, extent: end - start };
  const make = new Expressions();
  const position = make.index.add(make.index.axis(own), make.index.constant(start));
  const here = new Rewriter(make, { axis: (axis) => (axis === inner ? position : make.index.axis(axis)) });
  return {
    inner: own,
    products: products.map((product) => {
      return { ...product, left: here.value(product.left), right: here.value(product.right) };
    }),
    terms: terms.map(({ accumulator, value }) => ({ accumulator, value: here.value(value) })),
  };
}

function rootsOf({ products, terms }: InnerRange): readonly Value[] {
  return [...products.flatMap(({ left, right }) => [left, right]), ...terms.map(({ value }) => value)];
}

/** The positions within the axis at which a condition on it alone changes, in order. */
function cutsOf(roots: readonly Value[], axis: Axis): readonly number[] {
  const conditions = valuesOf(roots).flatMap((value) => (value.kind === 'guard' ? value.within : []));
  const cuts = conditions.flatMap(({ index, low, high }) => {
    const { constant, terms } = affineOf(index);
    const [only, ...others] = terms;
    if (only === undefined || others.length > 0 || only.factor < 0) return [];
    if (only.atom.kind !== 'axis' || only.atom.axis.name !== axis.name) return [];
    return [low, high].map((bound) => Math.ceil((bound - constant) / only.factor));
  });
  return [...new Set(cuts)].filter((cut) => cut > 0 && cut < axis.extent).sort((a, b) => a - b);
}
