/**
 * Leaves out terms of sums that are zero for certain. A window with a divisor s, as a transposed convolution slides it,
 * reads a number at every s-th place only, and which these are depends on the position: (A - k) mod s = 0 for k = s j +
 * A mod s, j = 0, 1, …. The loop over k becomes one over j, s times as short, and the position (A - k) / s is ⌊A / s⌋ - j.
 */
import type { Accumulator, Axis, Index, Kernel, Phase, Value } from '../ir.ts';
import type { IndexAlgebra } from '../index-algebra.ts';
import type { Expressions, Range } from './expressions.ts';
import { Rewriter } from './rewrite.ts';

/** The kernel with every such loop shortened; each turn takes one. */
export function skipZeroTerms(expressions: Expressions, kernel: Kernel): Kernel {
  for (const phase of kernel.phases) {
    const found = sparseLoop(expressions, kernel, phase);
    if (found !== undefined) return skipZeroTerms(expressions, shortened(expressions, kernel, found));
  }
  return kernel;
}

/** The terms along `axis` are zero but where `offset` + `sign` · axis is a multiple of the divisor. */
interface SparseLoop {
  readonly axis: Axis;
  readonly sign: 1 | -1;
  readonly offset: Index;
  readonly divisor: number;
}

function sparseLoop({ index: algebra }: Expressions, kernel: Kernel, phase: Phase): SparseLoop | undefined {
  const [first, ...others] = phase.accumulators.map(rangesOf);
  if (first === undefined || phase.stores.length > 0) return undefined;
  for (const { index, low, high } of first) {
    const isCommon = others.every((ranges) =>
      ranges.some((range) => range.index === index && range.low === low && range.high === high),
    );
    if (index.kind !== 'remainder' || low !== 0 || high !== 1 || !isCommon) continue;
    for (const axis of phase.over) {
      const own = algebra.axis(axis);
      const isShared = kernel.phases.some((other) => other !== phase && other.over.includes(axis));
      if (axis.extent === 1 || isShared) continue;
      for (const sign of [1, -1] as const) {
        const offset = algebra.add(index.index, algebra.scale(own, -sign));
        if (!mentions(algebra, offset, axis)) return { axis, sign, offset, divisor: index.divisor };
      }
    }
  }
  return undefined;
}

function shortened(expressions: Expressions, kernel: Kernel, { axis, sign, offset, divisor }: SparseLoop): Kernel {
  const { index: algebra } = expressions;
  const short: Axis = { name: axis.name, extent: Math.ceil(axis.extent / divisor) };
  // Whole multiples of the divisor keep the dividend from being negative.
  const negated = algebra.scale(offset, -sign);
  const shift = Math.max(0, Math.ceil(-algebra.bounds(negated).low / divisor)) * divisor;
  const first = algebra.remainder(algebra.add(negated, algebra.constant(shift)), divisor);
  const index = algebra.add(algebra.scale(algebra.axis(short), divisor), first);
  const inside: Range = { index, low: 0, high: axis.extent };
  const own = new Set(kernel.phases.flatMap(({ over, accumulators }) => (over.includes(axis) ? accumulators : [])));
  const rewriter = new Rewriter(expressions, {
    axis: (one) => (one === axis ? index : undefined),
    within: (accumulator) => (own.has(accumulator) ? inside : undefined),
  });
  return rewriter.kernel(kernel, kernel.axes, (axes) => axes.map((one) => (one === axis ? short : one)));
}

function mentions(algebra: IndexAlgebra, index: Index, axis: Axis): boolean {
  let found = false;
  algebra.substitute(index, (one) => {
    found ||= one === axis;
    return undefined;
  });
  return found;
}

/** Ranges outside of which the accumulator's term is zero. */
function rangesOf(accumulator: Accumulator): readonly Range[] {
  if (accumulator.kind === 'product') return [...zeroOutside(accumulator.a), ...zeroOutside(accumulator.b)];
  return accumulator.op === 'sum' ? zeroOutside(accumulator.value) : [];
}

function zeroOutside(value: Value): readonly Range[] {
  if (value.kind === 'apply') return value.op === 'mul' ? value.args.flatMap(zeroOutside) : [];
  if (value.kind !== 'guard' || value.otherwise.kind !== 'constant' || value.otherwise.value !== 0) return [];
  return [...value.within, ...zeroOutside(value.then)];
}
