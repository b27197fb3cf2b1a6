/**
 * Divides the loop of a kernel among several groups, where there are few results and much to add up for each: a first
 * kernel adds up each part of the loop on its own, a second one adds up the parts and does what follows. The order of
 * every sum is fixed by the texts.
 *
 * Before: y = f(Σ_k a_k b_k). After: s_p = Σ_{k in part p} a_k b_k, and y = f(Σ_p s_p).
 */
import { sizeOf, type Shape } from '../../4-tensor/ir.ts';
import { dtypeOf, Expressions } from '../fuse/expressions.ts';
import { Rewriter } from '../fuse/rewrite.ts';
import type { Accumulator, Axis, Kernel, Phase, Tensor } from '../ir.ts';
import { documentationOf } from '../print.ts';
import { mostBindings } from '../verify.ts';
import { tensorsOf, valuesOf } from '../walk.ts';
import { Dependence } from './dependence.ts';
import { pointsOf } from './grid.ts';

export interface Divided {
  /** Adds up each part of the loop, and stores the sums. */
  readonly first: Kernel;
  /** Adds up the sums of all parts; it has the kernel's name, axes and stores. */
  readonly second: Kernel;
}

/** About how many parts a loop is divided into; of each the number that divides it, and is nearest from below. */
const wanted = [2, 4, 8, 16, 32, 64];
/** Shorter parts are not worth their stores. */
const shortestPart = 16;
/** With more results than this every device is busy with the loop undivided. */
const mostResults = 2 ** 20;
/** Numbers that the parts' sums take at most. */
const mostPartSums = 2 ** 22;

/** The numbers of parts that the kernel's loop can be divided into, in equal parts; none where it cannot be. */
export function partsOf(kernel: Kernel): readonly number[] {
  const looping = loopingPhase(kernel);
  if (looping === undefined || pointsOf(kernel.axes) > mostResults) return [];
  const axis = dividedAxis(looping);
  const isInner = axis === looping.over.at(-1);
  const rest = pointsOf(looping.over) / axis.extent;
  const divides = (parts: number): boolean => {
    const length = axis.extent / parts;
    // The innermost loop is walked by fours where it is made of them.
    const keepsVectors = !isInner || axis.extent % 4 !== 0 || length % 4 === 0;
    return Number.isInteger(length) && keepsVectors && length * rest >= shortestPart;
  };
  const counts = wanted.flatMap((most) => {
    const found = Array.from({ length: most / 2 }, (_, i) => most - i).find(divides);
    return found === undefined ? [] : [found];
  });
  return counts.filter((parts) => {
    if (parts * pointsOf(kernel.axes) * looping.accumulators.length > mostPartSums) return false;
    const { first, second } = divide(kernel, parts);
    return [first, second].every((one) => tensorsOf(one).length <= mostBindings);
  });
}

/** The kernel in two; `parts` is one of `partsOf`. */
export function divide(kernel: Kernel, parts: number): Divided {
  const make = new Expressions();
  const looping = loopingPhase(kernel)!;
  const whole = dividedAxis(looping);
  const own: Axis = { name: whole.name, extent: whole.extent / parts };
  const part: Axis = { name: unusedName(kernel, 'part'), extent: parts };
  const position = make.index.add(make.index.scale(make.index.axis(part), own.extent), make.index.axis(own));
  const axisTo = (axis: Axis) => (axis === whole ? position : make.index.axis(axis));

  const dependence = new Dependence();
  const along = looping.accumulators.map((accumulator) => {
    const names = new Set(valuesOf(accumulator).flatMap((value) => [...dependence.axesOf(value)]));
    return kernel.axes.filter(({ name, extent }) => extent > 1 && names.has(name));
  });
  const { tensor, offsets } = sumsOf(
    kernel,
    along.map((axes) => [parts, ...axes.map(({ extent }) => extent)]),
  );
  const places = along.map((axes, i) => {
    const all = [part, ...axes];
    const index = make.index.flatten(all.map((axis) => make.index.axis(axis)), all.map(({ extent }) => extent)); // prettier-ignore
    return make.index.add(index, make.index.constant(offsets[i]!));
  });

  const ofParts = new Rewriter(make, { axis: axisTo });
  const ofPart = looping.accumulators.map((accumulator) => ofParts.accumulator(accumulator));
  const first = named(`${kernel.name}__parts`, {
    ...kernel,
    axes: [part, ...kernel.axes.filter((axis) => along.some((axes) => axes.includes(axis)))],
    phases: [
      { over: looping.over.map((axis) => (axis === whole ? own : axis)), accumulators: ofPart, stores: [] },
      {
        over: [],
        accumulators: [],
        stores: ofPart.map((sum, i) => ({ tensor, index: places[i]!, value: make.accumulator(sum, 'f32') })),
      },
    ],
  });

  const totals = new Map(
    looping.accumulators.map((accumulator, i): [Accumulator, Accumulator] => {
      const op = accumulator.kind === 'product' ? 'sum' : accumulator.op;
      const value = make.load(tensor, places[i]!, 'f32');
      return [accumulator, { kind: 'reduce', name: accumulator.name, op, value }];
    }),
  );
  const following = new Rewriter(make, {
    axis: make.index.axis.bind(make.index),
    accumulator: (one) => totals.get(one),
  });
  const after = following.kernel({ ...kernel, phases: kernel.phases.slice(1) }, kernel.axes, (axes) => axes);
  const adding: Phase = { over: [part], accumulators: [...totals.values()], stores: [] };
  return { first, second: named(kernel.name, { ...after, phases: [adding, ...after.phases] }) };
}

/** The first phase, where it alone loops, and adds up numbers that can be stored in between. */
function loopingPhase({ phases }: Kernel): Phase | undefined {
  const [first, ...after] = phases;
  if (first === undefined || first.over.length === 0 || first.stores.length > 0) return undefined;
  if (after.some(({ over }) => over.length > 0)) return undefined;
  const isF32 = first.accumulators.every((one) => valuesOf(one).every((value) => dtypeOf(value) === 'f32'));
  return isF32 && first.accumulators.length > 0 ? first : undefined;
}

/** The longest loop, the outermost of equals. */
function dividedAxis({ over }: Phase): Axis {
  return over.reduce((longest, axis) => (axis.extent > longest.extent ? axis : longest));
}

/** One tensor for the sums of all accumulators, each at a multiple of four, so that vectors stay whole. */
function sumsOf(kernel: Kernel, shapes: readonly Shape[]): { readonly tensor: Tensor; readonly offsets: number[] } {
  const offsets: number[] = [];
  let length = 0;
  for (const shape of shapes) {
    offsets.push(length);
    length += Math.ceil(sizeOf(shape) / 4) * 4;
  }
  const [only] = shapes;
  const shape = shapes.length === 1 && sizeOf(only!) === length ? only! : [length];
  const name = unusedName(kernel, 'part_sums');
  return { tensor: { name, shape, storage: 'f32', role: { kind: 'part-sums' } }, offsets };
}

function unusedName(kernel: Kernel, wanted: string): string {
  const used = new Set([
    ...tensorsOf(kernel).map(({ name }) => name),
    ...[...kernel.axes, ...kernel.phases.flatMap(({ over }) => over)].map(({ name }) => name),
  ]);
  return used.has(wanted) ? unusedName(kernel, `${wanted}_`) : wanted;
}

function named(name: string, kernel: Kernel): Kernel {
  return { ...kernel, name, documentation: documentationOf(kernel) };
}
