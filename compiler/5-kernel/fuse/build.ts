/**
 * Third pass of fusion: writes each group down as a kernel. Accumulators and stores go to the earliest phase whose
 * loops they share once everything they read is final; stores at the kernel's own points, and updates in place, last.
 */
import { sizeOf, type Node } from '../../4-tensor/ir.ts';
import type { Accumulator, Axis, Index, Kernel, Phase, Store, Tensor, Value } from '../ir.ts';
import { tensorsIn, valuesInIndex, valuesOf } from '../walk.ts';
import { collapseAxes } from './collapse.ts';
import { Evaluator } from './evaluate.ts';
import type { Fusion } from './fusion.ts';
import type { Group, Reducing } from './groups.ts';
import { storeIndex } from './partial.ts';
import { skipZeroTerms } from './skip.ts';
import type { Tensors } from './tensors.ts';

interface Draft {
  readonly over: readonly Axis[];
  readonly level: number;
  readonly accumulators: Accumulator[];
  readonly stores: Store[];
}

export interface KernelNames {
  readonly kernel: (members: readonly Node[], stored: readonly Node[]) => string;
  readonly accumulator: (node: Reducing) => string;
}

/** A kernel with what it was made of. */
export interface Built {
  readonly kernel: Kernel;
  readonly group: Group;
  /** What it stores and reduces. */
  readonly items: () => readonly Item[];
}

/** A node with the tensors that it takes; `movable` if another kernel could compute it. */
export interface Item {
  readonly node: Node;
  readonly tensors: ReadonlySet<Tensor>;
  readonly movable: boolean;
}

/** The group's kernel; undefined where nothing of it is stored. */
export function buildKernel(
  fusion: Fusion,
  tensors: Tensors,
  group: Group,
  members: readonly Node[],
  names: KernelNames,
): Built | undefined {
  const evaluator = new Evaluator(fusion, tensors, group, names.accumulator);
  const stored = members.filter((node) => tensors.placesOf(node).length > 0);
  const stores = [
    ...stored.flatMap((node) => storesOf(fusion, tensors, evaluator, node)),
    ...partialStores(fusion, tensors, evaluator, group),
  ];
  if (stores.length === 0) return undefined;
  const phases = arrange(evaluator, group, stores);
  const begun = [...fusion.partials]
    .filter(([, { space, kept }]) => space.group === group && kept !== undefined)
    .map(([node]) => node);
  const name = names.kernel([...members, ...begun], [...stored, ...begun]);
  const raw: Kernel = { name, documentation: [], axes: group.parallel, phases };
  const sparse = fusion.has('sparse-windows') ? skipZeroTerms(fusion.expressions, raw) : raw;
  const kernel = collapseAxes(fusion.expressions, sparse);
  return { kernel, group, items: () => itemsOf(tensors, evaluator, stored, begun) };
}

function itemsOf(tensors: Tensors, evaluator: Evaluator, stored: readonly Node[], begun: readonly Node[]): Item[] {
  const reducing = [...evaluator.accumulators].map(([node, accumulator], i) => {
    return { node, tensors: tensorsIn(valuesOf(accumulator)), movable: i > 0 };
  });
  const storing = stored.map((node) => {
    const bound = tensorsIn([evaluator.own(node)]);
    for (const { tensor } of tensors.placesOf(node)) bound.add(tensor);
    return { node, tensors: bound, movable: node.kind === 'map' || node.kind === 'concat' };
  });
  const beginning = begun.map((node) => ({ node, tensors: new Set([tensors.partial(node)]), movable: true }));
  return [...reducing, ...storing, ...beginning];
}

interface Placed {
  readonly over: readonly Axis[];
  readonly store: Store;
}

function storesOf(fusion: Fusion, tensors: Tensors, evaluator: Evaluator, node: Node): Placed[] {
  const { index: algebra } = fusion.expressions;
  const space = fusion.home.get(node)!;
  const places = tensors.placesOf(node);
  const entries = fusion.partials.get(node);
  if (entries !== undefined && entries.kept === undefined) {
    const { axis, segment } = entries;
    const [at, value] = [storeIndex(fusion, entries), evaluator.own(node)];
    return places.map(({ tensor, offset }) => {
      const index = algebra.add(at, algebra.constant(offset));
      return { over: [], store: { tensor, index, value, partial: { axis, segment, op: 'sum' } } };
    });
  }
  if (!space.unrolled) {
    const value = evaluator.own(node);
    return places.map(({ tensor, offset }) => {
      return { over: space.inner, store: { tensor, index: algebra.add(space.flat, algebra.constant(offset)), value } };
    });
  }
  return Array.from({ length: sizeOf(node.shape) }, (_, i) => {
    const at = algebra.constant(i);
    const value = evaluator.own(node, algebra.unflatten(at, node.shape));
    return places.map(({ tensor, offset }) => ({
      over: [],
      store: { tensor, index: algebra.constant(i + offset), value },
    }));
  }).flat();
}

/** The group's part of reductions that other kernels finish; several of one node begin with the same sums. */
function partialStores(fusion: Fusion, tensors: Tensors, evaluator: Evaluator, group: Group): Placed[] {
  const stores = new Map<Tensor, Placed>();
  for (const [node, partial] of fusion.partials) {
    if (partial.space.group !== group || partial.kept === undefined || node.kind !== 'reduce') continue;
    const tensor = tensors.partial(node);
    if (stores.has(tensor)) continue;
    const value = evaluator.own(partial.summand);
    const { axis, segment } = partial;
    const index = storeIndex(fusion, partial);
    stores.set(tensor, { over: [], store: { tensor, index, value, partial: { axis, segment, op: node.op } } });
  }
  return [...stores.values()];
}

function arrange(evaluator: Evaluator, group: Group, stores: readonly Placed[]): Phase[] {
  const levelOf = levels();
  const drafts: Draft[] = [];
  const draft = (over: readonly Axis[], level: number): Draft => {
    let found = drafts.find((one) => one.level === level && sameAxes(one.over, over));
    if (found === undefined) drafts.push((found = { over, level, accumulators: [], stores: [] }));
    return found;
  };
  for (const [node, accumulator] of evaluator.accumulators)
    draft(group.reducing.get(node)!.over, levelOf(accumulator) - 1).accumulators.push(accumulator);
  const last = Math.max(0, ...[...evaluator.accumulators.values()].map(levelOf));
  const loopsEnd = stores.some(({ over, store }) => over.length > 0 && isCarried(store)) ? last + 2 : last;
  for (const { over, store } of stores) {
    // An update in place over inner axes comes after every other read of the old values; numbers of a single point that
    // such a loop may read are stored after it.
    const level = over.length > 0 ? (isCarried(store) ? last + 1 : levelOf(store.value)) : loopsEnd;
    draft(over, level).stores.push(store);
  }
  return drafts
    .sort((a, b) => a.level - b.level)
    .map(({ over, accumulators, stores }) => ({ over, accumulators, stores }));
}

/** How many phases must come before a value, or up to and with an accumulator's own. */
function levels(): (of: Value | Accumulator) => number {
  const known = new Map<Value | Accumulator, number>();
  const compute = (of: Value | Accumulator): number => {
    switch (of.kind) {
      case 'constant':
      case 'uniform':
        return 0;
      case 'index':
      case 'load':
        return inIndex(of.index);
      case 'apply':
        return Math.max(0, ...of.args.map(level));
      case 'guard':
        return Math.max(level(of.then), level(of.otherwise), ...of.within.map(({ index }) => inIndex(index)));
      case 'accumulator':
        return level(of.accumulator);
      case 'reduce':
        return 1 + level(of.value);
      case 'product':
        return 1 + Math.max(level(of.a), level(of.b));
    }
  };
  const inIndex = (index: Index): number => Math.max(0, ...valuesInIndex(index).map(level));
  const level = (of: Value | Accumulator): number => {
    let found = known.get(of);
    if (found === undefined) known.set(of, (found = compute(of)));
    return found;
  };
  return level;
}

function isCarried({ tensor: { role } }: Store): boolean {
  return role.kind === 'vector' || role.kind === 'state';
}

function sameAxes(a: readonly Axis[], b: readonly Axis[]): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}
