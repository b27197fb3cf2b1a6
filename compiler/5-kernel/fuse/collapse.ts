/**
 * Merges neighbouring axes that every index takes together, as in row · 28 + column, into one; drops axes of extent 1;
 * and names what is left by its place: `row`, `column`, `k`. A pointwise kernel over [B, 28, 28] becomes one loop.
 */
import type { Axis, Index, Kernel } from '../ir.ts';
import { walkKernel } from '../walk.ts';
import type { Expressions } from './expressions.ts';
import { Rewriter } from './rewrite.ts';

export function collapseAxes(expressions: Expressions, kernel: Kernel): Kernel {
  const indices = new Set<Index>();
  walkKernel(kernel, { index: (index) => indices.add(index) });
  const runs = new Map<readonly Axis[], readonly Axis[][]>();
  const runsOf = (axes: readonly Axis[]): readonly Axis[][] => {
    let found = runs.get(axes);
    if (found === undefined) runs.set(axes, (found = merge(axes, indices)));
    return found;
  };
  // Loops that share axes must agree on how these merge.
  const lists = [kernel.axes, ...new Set(kernel.phases.map((phase) => phase.over))];
  const named = new Map<Axis, Index>();
  const replaced = new Map<Axis, readonly Axis[]>();
  const taken = new Set<string>();
  for (const list of lists) {
    if (list.some((axis) => replaced.has(axis))) continue;
    const merged = runsOf(list);
    const names = list === kernel.axes ? parallelNames(merged.length) : innerNames(kernel, list, merged.length);
    const made = merged.map((run, i): Axis => {
      const extent = run.reduce((product, axis) => product * axis.extent, 1);
      return { name: unique(names[i]!, taken), extent };
    });
    merged.forEach((run, i) => {
      const whole = expressions.index.axis(made[i]!);
      const parts = expressions.index.unflatten(whole, run.map((axis) => axis.extent)); // prettier-ignore
      run.forEach((axis, j) => named.set(axis, parts[j]!));
    });
    for (const axis of list) replaced.set(axis, made);
  }
  const rewriter = new Rewriter(expressions, { axis: (axis) => named.get(axis) });
  const over = (axes: readonly Axis[]): readonly Axis[] => [
    ...new Set(axes.flatMap((axis) => replaced.get(axis) ?? [])),
  ];
  return rewriter.kernel(kernel, over(kernel.axes), over);
}

/** Runs of neighbouring axes that merge; axes of extent 1 vanish. */
function merge(axes: readonly Axis[], indices: ReadonlySet<Index>): Axis[][] {
  const runs: Axis[][] = [];
  for (const axis of axes.filter(({ extent }) => extent > 1)) {
    const run = runs.at(-1);
    if (run !== undefined && [...indices].every((index) => together(index, run.at(-1)!, axis))) run.push(axis);
    else runs.push([axis]);
  }
  return runs;
}

/** Whether outer · extent(inner) + inner is all that the index knows of both axes. */
function together(index: Index, outer: Axis, inner: Axis): boolean {
  const factors = new Map<Axis, number>();
  const terms = index.kind === 'sum' ? index.terms : [index];
  for (const term of terms) {
    const atom = term.kind === 'scaled' ? term.index : term;
    const factor = term.kind === 'scaled' ? term.factor : 1;
    if (atom.kind === 'axis') factors.set(atom.axis, factor);
    else if (atom.kind === 'quotient' || atom.kind === 'remainder') {
      if (!together(atom.index, outer, inner)) return false;
    }
  }
  return (factors.get(outer) ?? 0) === (factors.get(inner) ?? 0) * inner.extent;
}

function parallelNames(rank: number): string[] {
  if (rank === 1) return ['element'];
  if (rank === 2) return ['row', 'column'];
  if (rank === 3) return ['plane', 'row', 'column'];
  return Array.from({ length: rank }, (_, i) => `axis_${i + 1}`);
}

/** Contracted axes are k; what a reduction runs over is i. */
function innerNames(kernel: Kernel, over: readonly Axis[], rank: number): string[] {
  const contracts = kernel.phases.some(
    (phase) => phase.over === over && phase.accumulators.some(({ kind }) => kind === 'product'),
  );
  return Array.from({ length: rank }, () => (contracts ? 'k' : 'i'));
}

function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let n = 2; taken.has(candidate); n++) candidate = `${name}_${n}`;
  taken.add(candidate);
  return candidate;
}
