/**
 * In which order a program's kernels run: one in which fewer activations live at once, where there is one. A weight's
 * gradient comes as soon as what it reads is there, for then that may go.
 *
 * Before: kernels in an order that computes the right thing. After: the same kernels, each still behind every other that
 * writes what it touches or touches what it writes and was before it.
 */
import { sizeOf } from '../4-tensor/ir.ts';
import type { Kernel, KernelProgram, Tensor } from './ir.ts';
import { largestLiveSet } from './memory.ts';
import { storedBy, tensorsOf } from './walk.ts';

export function orderForMemory(program: KernelProgram): KernelProgram {
  const ordered = { ...program, kernels: greedy(program.kernels) };
  return largestLiveSet(ordered) < largestLiveSet(program) ? ordered : program;
}

/** Of the kernels that may run next, always the one after which the least lives; the earliest of equals. */
function greedy(kernels: readonly Kernel[]): Kernel[] {
  const touched = kernels.map((kernel) => new Set(tensorsOf(kernel)));
  const waits = waitsOf(kernels);
  const readers = new Map<Tensor, number>();
  for (const tensors of touched) for (const tensor of tensors) readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  const begun = new Set<Tensor>();
  /** Numbers that live longer once the kernel has run, less those that do not. */
  const growth = (i: number): number => {
    let sum = 0;
    for (const tensor of touched[i]!) {
      if (tensor.role.kind !== 'activation' || tensor.role.packed) continue;
      if (!begun.has(tensor)) sum += sizeOf(tensor.shape);
      if (readers.get(tensor) === 1) sum -= sizeOf(tensor.shape);
    }
    return sum;
  };
  const left = new Set(kernels.keys());
  const order: Kernel[] = [];
  while (left.size > 0) {
    let best: number | undefined;
    let least = Infinity;
    for (const i of left) {
      if ([...waits[i]!].some((before) => left.has(before))) continue;
      const own = growth(i);
      if (own < least) [best, least] = [i, own];
    }
    left.delete(best!);
    order.push(kernels[best!]!);
    for (const tensor of touched[best!]!) {
      begun.add(tensor);
      readers.set(tensor, readers.get(tensor)! - 1);
    }
  }
  return order;
}

/** For each kernel those before it that it must stay behind. */
function waitsOf(kernels: readonly Kernel[]): readonly ReadonlySet<number>[] {
  const seen = new Map<
    string | Tensor,
    { readonly kernel: number; readonly part: number | undefined; readonly writes: boolean }[]
  >();
  return kernels.map((kernel, i) => {
    const stored = new Set(storedBy(kernel));
    const waits = new Set<number>();
    const mine = [...tensorsOf(kernel)].map((tensor) => ({ ...placeOf(tensor), writes: stored.has(tensor) }));
    for (const { whole, part, writes } of mine)
      for (const other of seen.get(whole) ?? [])
        if ((writes || other.writes) && !(part !== undefined && other.part !== undefined && part !== other.part))
          waits.add(other.kernel);
    for (const { whole, part, writes } of mine) {
      const known = seen.get(whole) ?? [];
      seen.set(whole, [...known, { kernel: i, part, writes }]);
    }
    return waits;
  });
}

/** What a tensor lies in, and where: parts of a packed vector never overlap. */
function placeOf(tensor: Tensor): { readonly whole: string | Tensor; readonly part: number | undefined } {
  const { role, name } = tensor;
  switch (role.kind) {
    case 'part':
      return { whole: `packed ${role.of}`, part: role.offset };
    case 'activation':
      return { whole: role.packed ? `packed ${name}` : tensor, part: undefined };
    case 'vector':
      return { whole: `vector ${role.vector}`, part: undefined };
    case 'state':
      return { whole: `state ${role.name}`, part: undefined };
    default:
      return { whole: tensor, part: undefined };
  }
}
