/** Fusion: from a tensor function to kernels. The passes are in fuse/, each named for what it does. */
import { topological, type Node, type TensorFunction } from '../4-tensor/ir.ts';
import { buildKernel, type Built } from './fuse/build.ts';
import { orderUpdates } from './fuse/carried.ts';
import { demand } from './fuse/demand.ts';
import { Fusion, type FuseContext, type Refusals } from './fuse/fusion.ts';
import type { Group } from './fuse/groups.ts';
import { nameNodes } from './fuse/labels.ts';
import { bindWholes, refuseMore, stackOutputs } from './fuse/limits.ts';
import { prepareReductions } from './fuse/prepare.ts';
import { orderWithRiders } from './fuse/riders.ts';
import { settle } from './fuse/settle.ts';
import { Tensors, type Copy } from './fuse/tensors.ts';
import type { Kernel, KernelProgram } from './ir.ts';
import { documentationOf } from './print.ts';

export type { FuseContext } from './fuse/fusion.ts';

/** The kernels of a tensor function, in order. A function of its arguments alone: twice the same, byte for byte. */
export function fuse(fn: TensorFunction, context: FuseContext): KernelProgram {
  const prepared = prepareReductions(fn, context);
  let refusals: Refusals = { apart: new Set(), stored: new Set() };
  // Every round refuses one more node of finitely many.
  for (;;) {
    const { fusion, program, built } = fuseOnce(prepared, context, refusals);
    const more = refuseMore(fusion, program, built, refusals);
    if (more === undefined) {
      const kernels = program.kernels.map((kernel) => ({ ...kernel, documentation: documentationOf(kernel) }));
      return { ...program, kernels };
    }
    refusals = more;
  }
}

interface Attempt {
  readonly fusion: Fusion;
  readonly program: KernelProgram;
  readonly built: readonly Built[];
}

function fuseOnce(fn: TensorFunction, context: FuseContext, refusals: Refusals): Attempt {
  const nodes = topological(fn.outputs.map(({ node }) => node));
  const fusion = new Fusion(fn, context, nodes, refusals);
  settle(fusion, orderWithRiders(nodes, fusion.riders));
  const wanted = demand(fusion);
  const apart = orderUpdates(fusion, wanted);
  const names = nameNodes(fusion, wanted);
  const tensors = new Tensors(fusion, wanted, apart, names.tensor);
  const members = new Map<Group, Node[]>(fusion.graph.groups.map((group) => [group, []]));
  for (const node of nodes) {
    const home = fusion.home.get(node);
    if (home !== undefined) members.get(home.group)!.push(node);
  }
  const built = ordered(fusion, members)
    .map((group) => buildKernel(fusion, tensors, group, members.get(group)!, names))
    .filter((one) => one !== undefined);
  const copies = tensors.copies.map((copy) => copyKernel(fusion, copy));
  const whole = bindWholes(fusion, [...built.map(({ kernel }) => kernel), ...copies]);
  const kernels = stackOutputs(fusion, whole);
  return { fusion, program: { name: fn.name, kernels, results: tensors.results }, built };
}

/** The groups in an order that their edges allow, the one with the earliest node first. */
function ordered(fusion: Fusion, members: ReadonlyMap<Group, readonly Node[]>): Group[] {
  const { groups } = fusion.graph;
  const waiting = new Map<Group, number>(groups.map((group) => [group, 0]));
  for (const group of groups) for (const next of group.next) waiting.set(next, waiting.get(next)! + 1);
  const first = (group: Group): number => members.get(group)![0]?.id ?? 0;
  const ready = groups.filter((group) => waiting.get(group) === 0);
  const order: Group[] = [];
  while (ready.length > 0) {
    ready.sort((a, b) => first(a) - first(b) || a.id - b.id);
    const group = ready.shift()!;
    order.push(group);
    for (const next of group.next) {
      waiting.set(next, waiting.get(next)! - 1);
      if (waiting.get(next) === 0) ready.push(next);
    }
  }
  if (order.length < groups.length) throw new Error('kernel IR: kernels wait for each other');
  return order;
}

function copyKernel({ expressions }: Fusion, { from, to }: Copy): Kernel {
  const { index: algebra } = expressions;
  const axis = { name: 'element', extent: from.shape.reduce((product, extent) => product * extent, 1) };
  const index = algebra.axis(axis);
  const value = expressions.load(from, index, from.storage === 'f32' ? 'f32' : 'u32');
  const store = { tensor: to.tensor, index: algebra.add(index, algebra.constant(to.offset)), value };
  return {
    name: `${from.name}__copy`,
    documentation: [],
    axes: axis.extent > 1 ? [axis] : [],
    phases: [{ over: [], accumulators: [], stores: [store] }],
  };
}
