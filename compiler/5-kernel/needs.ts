/** What programs of a plan take of a device's memory, by what it is for, and which tensors the most of it goes to. */
import { type Shape, sizeOf } from '../4-tensor/ir.ts';
import type { Plan, PlanBuffer, PlanProgram } from './plan.ts';

/** What memory is for, in words. */
export type MemoryPart =
  | 'parameters'
  | 'frozen parameters'
  | 'optimizer'
  | 'gradient'
  | 'data'
  | 'activations'
  | 'states'
  | 'constants'
  | 'arguments'
  | 'results'
  /** What runs are given and what they gave, for as many as are handed over at once. */
  | 'in flight'
  /** Memory of each thread's own. */
  | 'threads';

/** A thing that takes memory: a buffer of the plan, a table of a data set, what the runtime adds. */
export interface MemoryNeed {
  readonly part: MemoryPart;
  /** A name: the buffer's, `mnist.train's x`. */
  readonly what: string;
  readonly bytes: number;
}

/** The names of the buffers that the programs bind, carry or give results in. */
export function usedBuffers(programs: readonly PlanProgram[]): ReadonlySet<string> {
  const names = new Set<string>(['parameters']);
  for (const program of programs) {
    for (const { buffer } of program.results) names.add(buffer);
    for (const { bindings } of program.dispatches) {
      for (const binding of bindings) if (binding.kind === 'buffer') names.add(binding.buffer);
    }
    if (program.kind !== 'train') continue;
    for (const { name } of program.vectors) names.add(name);
  }
  return names;
}

/** The buffers that the programs use; of an arena as much as they do, where other programs would use more. */
export function buffersFor(
  { buffers }: Pick<Plan, 'buffers'>,
  programs: readonly PlanProgram[],
): readonly PlanBuffer[] {
  const used = usedBuffers(programs);
  const ends = new Map<string, number>();
  for (const binding of programs.flatMap(({ dispatches }) => dispatches.flatMap(({ bindings }) => bindings))) {
    if (binding.kind !== 'buffer') continue;
    const { buffer, offset, bytes } = binding;
    ends.set(buffer, Math.max(ends.get(buffer) ?? 0, offset + bytes));
  }
  return buffers
    .filter(({ name }) => used.has(name))
    .map((buffer) => (buffer.role === 'arena' ? { ...buffer, bytes: ends.get(buffer.name)! } : buffer));
}

/** What a buffer is for. */
export function partOf({ name, role }: Pick<PlanBuffer, 'name' | 'role'>): MemoryPart {
  switch (role) {
    case 'vector':
      return name === 'parameters' ? 'parameters' : 'optimizer';
    case 'frozen':
      return 'frozen parameters';
    case 'arena':
      return 'activations';
    case 'packed':
      return 'gradient';
    case 'state':
    case 'literal':
    case 'argument':
    case 'result':
      return ({ state: 'states', literal: 'constants', argument: 'arguments', result: 'results' } as const)[role];
  }
}

/** The memory of what the programs use of the plan; what the data takes is not among it. */
export function needsOfPlan(plan: Pick<Plan, 'buffers'>, programs: readonly PlanProgram[]): readonly MemoryNeed[] {
  return buffersFor(plan, programs).map((buffer) => ({ part: partOf(buffer), what: buffer.name, bytes: buffer.bytes }));
}

/** What a row of each data set takes whose fields the programs bind as tables, in bytes. */
export function bytesARow(
  { data }: Pick<Plan, 'data'>,
  programs: readonly PlanProgram[],
): readonly { readonly set: string; readonly bytes: number }[] {
  const bound = new Map<string, Set<string>>();
  for (const binding of programs.flatMap(({ dispatches }) => dispatches.flatMap(({ bindings }) => bindings))) {
    if (binding.kind === 'table') bound.set(binding.set, (bound.get(binding.set) ?? new Set()).add(binding.field));
  }
  return [...bound].map(([set, names]) => {
    const fields = data.find(({ name }) => name === set.split('.')[0])?.fields ?? [];
    const bytes = fields
      .filter(({ name }) => names.has(name))
      .reduce((sum, { table }) => sum + sizeOf(table.rowShape) * (table.storage === 'u8' ? 1 : 4), 0);
    return { set, bytes };
  });
}

/** The training program with what it evaluates by on the way, which lie on the device together; all where none trains. */
export function trainingPrograms({ programs }: Pick<Plan, 'programs'>): readonly PlanProgram[] {
  const training = programs.filter((program) => program.kind === 'train');
  const tracked = new Set(training.flatMap(({ track }) => track.map(({ evaluate }) => evaluate)));
  return training.length === 0 ? programs : [...training, ...programs.filter(({ name }) => tracked.has(name))];
}

/** The bytes of each part, the largest first. */
export function bytesByPart(needs: readonly MemoryNeed[]): ReadonlyMap<MemoryPart, number> {
  const sums = new Map<MemoryPart, number>();
  for (const { part, bytes } of needs) sums.set(part, (sums.get(part) ?? 0) + bytes);
  return new Map([...sums].sort(([, a], [, b]) => b - a));
}

export function totalOf(needs: readonly MemoryNeed[]): number {
  return needs.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A tensor that lies in a buffer of the plan. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly bytes: number;
}

/** The largest parameters and activations of the programs, the largest first. */
export function largestTensors(
  { kernels, buffers, layout }: Pick<Plan, 'kernels' | 'buffers' | 'layout'>,
  programs: readonly PlanProgram[],
  count: number,
): readonly StoredTensor[] {
  const arenas = new Set(buffers.filter(({ role }) => role === 'arena').map(({ name }) => name));
  const bound = new Map(kernels.map(({ name, bindings }) => [name, bindings]));
  const found = new Map<string, StoredTensor>();
  for (const { path, shape } of layout.parameters) found.set(path, { name: path, shape, bytes: 4 * sizeOf(shape) });
  for (const program of programs) {
    for (const { kernel, bindings } of program.dispatches) {
      bindings.forEach((binding, i) => {
        if (binding.kind !== 'buffer' || !arenas.has(binding.buffer)) return;
        const { name, shape } = bound.get(kernel)![i]!;
        found.set(`${name} [${shape.join(', ')}]`, { name, shape, bytes: binding.bytes });
      });
    }
  }
  return [...found.values()].sort((a, b) => b.bytes - a.bytes).slice(0, count);
}

/**
 * What shapes are made of that a spec's user can make smaller: `"batch" (128)`, `"hidden" (400)`. A hyper counts where an
 * extent has its value; that several have it is more likely than that the one named has nothing to do with it.
 */
export function sizesIn(
  { hypers }: Pick<Plan, 'hypers'>,
  programs: readonly PlanProgram[],
  shapes: readonly Shape[],
): readonly string[] {
  const extents = new Set(shapes.flat());
  const batches = programs.flatMap((program) => ('batch' in program ? [program.batch] : []));
  // Draws multiply the rows of a batch.
  const batch = batches.find((rows) => rows > 1 && shapes.some((shape) => shape.some((extent) => extent % rows === 0)));
  const sizes = hypers.flatMap(({ name, value, static: isFixed }) => {
    return isFixed && value.kind === 'number' && value.value > 1 && extents.has(value.value)
      ? [{ name, value: value.value }]
      : [];
  });
  const named = [...(batch === undefined ? [] : [{ name: 'batch', value: batch }]), ...sizes];
  return [...new Map(named.map((one) => [one.name, `"${one.name}" (${one.value})`])).values()];
}

/** `512 bytes`, `1.5 MiB`, `12 GiB`. */
export function inBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  return `${Number(amount.toFixed(digits))} ${units[unit]}`;
}

/** `hidden [128, 400] of 200 KiB`. */
export function tensorText({ name, shape, bytes }: StoredTensor): string {
  return `${name} [${shape.join(', ')}] of ${inBytes(bytes)}`;
}
