/** Finds the rows, columns and inner axis of a kernel whose work is products: what register tiles are laid over. */
import type { Accumulator, Axis, Kernel, Phase, Value } from '../ir.ts';
import { Dependence } from './dependence.ts';

export type Product = Accumulator & { readonly kind: 'product' };
export type Reduction = Accumulator & { readonly kind: 'reduce' };

export interface Contraction {
  readonly row: Axis;
  readonly column: Axis;
  /** The other parallel axes: one tile apart for each position. */
  readonly planes: readonly Axis[];
  /** Loops around the innermost one. */
  readonly outer: readonly Axis[];
  readonly inner: Axis;
  /** Sums of `left` (over rows) times `right` (over columns). */
  readonly products: readonly { readonly accumulator: Product; readonly left: Value; readonly right: Value }[];
  /** What is accumulated beside the products. */
  readonly reductions: readonly Reduction[];
  /** The phases after it: pointwise, with every store. */
  readonly epilogue: readonly Phase[];
}

/** The contraction a kernel is, or undefined where it has another structure. */
export function contractionOf(kernel: Kernel): Contraction | undefined {
  const [first, ...epilogue] = kernel.phases;
  const inner = first?.over.at(-1);
  if (first === undefined || inner === undefined || first.stores.length > 0) return undefined;
  if (epilogue.some(({ over }) => over.length > 0)) return undefined;
  const products = first.accumulators.filter((accumulator) => accumulator.kind === 'product');
  const reductions = first.accumulators.filter((accumulator) => accumulator.kind === 'reduce');
  if (products.length === 0) return undefined;

  // Columns are what lies adjacent in the results; rows are what the other operand varies along.
  const dependence = new Dependence();
  const variesAlong = (value: Value, axis: Axis): boolean => dependence.axesOf(value).has(axis.name);
  for (const column of adjacentAxes(kernel, dependence)) {
    const oriented = products.flatMap((accumulator) => {
      const { a, b } = accumulator;
      if (variesAlong(b, column) && !variesAlong(a, column)) return [{ accumulator, left: a, right: b }];
      return variesAlong(a, column) && !variesAlong(b, column) ? [{ accumulator, left: b, right: a }] : [];
    });
    if (oriented.length < products.length) continue;
    const row = kernel.axes.findLast(
      (axis) =>
        axis.extent > 1 && oriented.every(({ left, right }) => variesAlong(left, axis) && !variesAlong(right, axis)),
    );
    if (row === undefined) continue;
    const planes = kernel.axes.filter((axis) => axis !== row && axis !== column);
    return { row, column, planes, outer: first.over.slice(0, -1), inner, products: oriented, reductions, epilogue };
  }
  return undefined;
}

/** The parallel axes, those along which most stores advance by one element first. */
function adjacentAxes(kernel: Kernel, dependence: Dependence): readonly Axis[] {
  const stores = kernel.phases.flatMap((phase) => phase.stores);
  const adjacent = (axis: Axis): number =>
    stores.filter((store) => dependence.strideOf(dependence.affine(store.index), axis.name) === 1).length;
  return kernel.axes
    .filter((axis) => axis.extent > 1)
    .map((axis, i) => ({ axis, i, count: adjacent(axis) }))
    .sort((a, b) => b.count - a.count || b.i - a.i)
    .map(({ axis }) => axis);
}
