/**
 * Keeps kernels within the bindings that every device has. Activations that one kernel stores can lie side by side in
 * one tensor; where that is not enough, the node that brings in most tensors of its own must be computed elsewhere, and
 * fusion starts again.
 */
import { readBy, sizeOf, type Node } from '../../4-tensor/ir.ts';
import type { Kernel, KernelProgram, Tensor } from '../ir.ts';
import { storedBy, tensorsIn, tensorsOf, wholeOf } from '../walk.ts';
import { mostBindings } from '../verify.ts';
import type { Built, Item } from './build.ts';
import type { Fusion, Refusals } from './fusion.ts';
import { Rewriter } from './rewrite.ts';

/** Planes of a stacked tensor begin at a multiple of this many numbers, so that vectors of four stay aligned. */
const planeAlignment = 4;

/** Stacks the activations that a kernel with too many bindings stores, in every kernel that touches them. */
export function stackOutputs(fusion: Fusion, kernels: readonly Kernel[]): readonly Kernel[] {
  const moved = new Map<Tensor, { readonly tensor: Tensor; readonly offset: number }>();
  const operands = new Set(kernels.flatMap(operandsOf));
  for (const kernel of kernels) {
    const excess = tensorsOf(kernel).length - mostBindings;
    if (excess <= 0) continue;
    const candidates = storedBy(kernel).filter(
      ({ role, storage }) => role.kind === 'activation' && !role.packed && storage === 'f32',
    );
    if (candidates.length <= excess) continue;
    // What contractions read stays apart if it can, so that they read it the same way wherever it comes from; of the
    // others those of one shape go first.
    const shapes = candidates.map(({ shape }) => shape.join());
    const rank = (tensor: Tensor): number => {
      const alike = shapes.filter((shape) => shape === tensor.shape.join()).length;
      return (operands.has(tensor) ? candidates.length : 0) - alike;
    };
    const chosen = new Set([...candidates].sort((a, b) => rank(a) - rank(b)).slice(0, excess + 1));
    stack(
      `${kernel.name}_values`,
      candidates.filter((tensor) => chosen.has(tensor)).sort((a, b) => rank(a) - rank(b)),
      moved,
    );
  }
  if (moved.size === 0) return kernels;
  return kernels.map((kernel) =>
    tensorsOf(kernel).some((tensor) => moved.has(tensor))
      ? new Rewriter(fusion.expressions, { tensor: (tensor) => moved.get(tensor) }).kernel(
          kernel,
          kernel.axes,
          (axes) => axes,
        )
      : kernel,
  );
}

function stack(name: string, tensors: readonly Tensor[], moved: Map<Tensor, { tensor: Tensor; offset: number }>): void {
  const plane = (tensor: Tensor): number => Math.ceil(sizeOf(tensor.shape) / planeAlignment) * planeAlignment;
  const first = tensors[0]!;
  const alike =
    tensors.every(({ shape }) => shape.join() === first.shape.join()) && plane(first) === sizeOf(first.shape);
  const total = tensors.reduce((sum, tensor) => sum + plane(tensor), 0);
  const stacked: Tensor = {
    name,
    shape: alike ? [tensors.length, ...first.shape] : [total],
    storage: 'f32',
    role: { kind: 'activation' },
  };
  let offset = 0;
  for (const tensor of tensors) {
    moved.set(tensor, { tensor: stacked, offset });
    offset += plane(tensor);
  }
}

function operandsOf(kernel: Kernel): Tensor[] {
  return kernel.phases.flatMap(({ accumulators }) =>
    accumulators.flatMap((accumulator) =>
      accumulator.kind === 'product' ? [...tensorsIn([accumulator.a, accumulator.b])] : [],
    ),
  );
}

/** The refusals with one more decision, chosen to relieve the first kernel with too many bindings; undefined if none has. */
export function refuseMore(
  fusion: Fusion,
  program: KernelProgram,
  built: readonly Built[],
  refusals: Refusals,
): Refusals | undefined {
  const over = program.kernels.find((kernel) => tensorsOf(kernel).length > mostBindings);
  if (over === undefined) return undefined;
  const source = built.find(({ kernel }) => kernel.name === over.name);
  if (source === undefined) throw new Error(`kernel IR: ${over.name} binds too many tensors`);
  const apart = mostBurdensome(source, refusals);
  if (apart !== undefined) return { ...refusals, apart: new Set([...refusals.apart, apart]) };
  const stored = largestPart(fusion, source, refusals);
  if (stored === undefined) throw new Error(`kernel IR: ${over.name} binds too many tensors and cannot be divided`);
  return { ...refusals, stored: new Set([...refusals.stored, stored]) };
}

/** The node of the kernel that the most tensors are bound for alone; the later of equals. */
function mostBurdensome(built: Built, refusals: Refusals): Node | undefined {
  const items = built.items();
  if (items.length < 2) return undefined;
  const uses = new Map<string, number>();
  for (const { tensors } of items)
    for (const name of new Set([...tensors].map((tensor) => tensor.name))) uses.set(name, (uses.get(name) ?? 0) + 1);
  const burden = (item: Item): number => [...item.tensors].filter(({ name }) => uses.get(name) === 1).length;
  return items
    .filter(({ node, movable }) => movable && !refusals.apart.has(node))
    .sort((a, b) => burden(b) - burden(a) || b.node.id - a.node.id)[0]?.node;
}

/** A node computed within the kernel that loads many tensors, though few enough for a kernel of its own. */
function largestPart(fusion: Fusion, built: Built, refusals: Refusals): Node | undefined {
  const { group } = built;
  const items = built.items();
  const loads = new Map<Node, ReadonlySet<string>>();
  const visit = (node: Node): ReadonlySet<string> => {
    const known = loads.get(node);
    if (known !== undefined) return known;
    const names = new Set<string>();
    const home = fusion.home.get(node);
    const isLoad =
      (home !== undefined && home.group !== group) ||
      fusion.partials.has(node) ||
      node.kind === 'pack' ||
      node.kind === 'array' ||
      (node.kind === 'input' && node.source.kind !== 'uniform');
    if (isLoad) names.add(`node ${node.id}`);
    else if (node.kind === 'batch') names.add(`table ${node.table.set}.${node.table.field}`);
    if (names.size === 0 || node.kind === 'batch') {
      for (const arg of readBy(node)) for (const name of visit(arg)) names.add(name);
    }
    loads.set(node, names);
    return names;
  };
  for (const { node } of items) visit(node);
  const roots = new Set(items.map(({ node }) => node));
  let best: Node | undefined;
  for (const [node, names] of loads) {
    const isComputed = node.kind === 'map' || node.kind === 'batch' || node.kind === 'take' || node.kind === 'concat';
    const may = isComputed && !fusion.home.has(node) && !roots.has(node) && !refusals.stored.has(node);
    if (!may || names.size < 2 || names.size >= mostBindings) continue;
    const known = best && loads.get(best)!.size;
    if (known === undefined || names.size > known || (names.size === known && node.id > best!.id)) best = node;
  }
  return best;
}

/**
 * Replaces loads and stores of pieces by those of the whole where a kernel binds both and stores one, since ranges
 * overlap, and where it binds too many tensors, two pieces of one whole among them.
 */
export function bindWholes(fusion: Fusion, kernels: readonly Kernel[]): readonly Kernel[] {
  const packed = new Set(kernels.flatMap(tensorsOf).filter(({ role }) => role.kind === 'activation' && role.packed));
  return kernels.map((kernel) => {
    const tensors = tensorsOf(kernel);
    const wholes = new Map<string, Tensor>();
    for (const tensor of tensors)
      if (tensor.role.kind === 'activation' || (tensor.role.kind === 'vector' && tensor.role.offset === 0))
        wholes.set(wholeOf(tensor).name, tensor);
    if (tensors.length > mostBindings)
      for (const whole of packed)
        if (tensors.filter((tensor) => wholeOf(tensor).name === whole.name).length > 1) wholes.set(whole.name, whole);
    const stored = new Set(storedBy(kernel).map((tensor) => wholeOf(tensor).name));
    const moved = new Map<Tensor, { tensor: Tensor; offset: number }>();
    for (const tensor of tensors) {
      const { name, offset } = wholeOf(tensor);
      const whole = wholes.get(name);
      if (whole !== undefined && whole !== tensor && stored.has(name)) moved.set(tensor, { tensor: whole, offset });
    }
    if (moved.size === 0) return kernel;
    const rewriter = new Rewriter(fusion.expressions, { tensor: (tensor) => moved.get(tensor) });
    return rewriter.kernel(kernel, kernel.axes, (axes) => axes);
  });
}
