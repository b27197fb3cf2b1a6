/**
 * Where every tensor of a spec lies: activations share arena buffers by liveness, each program using them anew; packed
 * vectors, carried vectors, states, literals, arguments and a program's results have buffers of their own.
 *
 * Before: verified kernel programs. After: every tensor has a place at a multiple of 256 bytes; two activations of a
 * program overlap only if one is dead before the other is written; a packed vector is touched by its parts alone, so
 * that the gaps between them stay zero.
 */
import { sizeOf, type Storage } from '../4-tensor/ir.ts';
import { frozenVector } from '../4-tensor/program.ts';
import type { KernelProgram, Tensor } from './ir.ts';
import type { PlanBuffer } from './plan.ts';
import { storedBy, tensorsOf } from './walk.ts';

/** A spec needs more than a plan can hold; the message is for its user. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
}

/** A range of a buffer, in bytes. */
export interface Place {
  readonly buffer: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface Memory {
  readonly buffers: readonly PlanBuffer[];
  /** By program, in the order given. Tables of data sets have none. */
  readonly places: readonly ReadonlyMap<Tensor, Place>[];
}

/** Where the sums of a divided kernel lie until they are added up: one buffer for all, which nothing else uses. */
export const partSumsBuffer = 'arena.part_sums';
/** Offsets of bindings are multiples of this many bytes on every device. */
export const bindingAlignment = 256;
/** What WebGPU promises a storage binding, and so the longest an arena grows. */
export const arenaBytes = 128 * 2 ** 20;
/** Elements are counted in 32 bits; half of that leaves room for arithmetic on them. */
const mostBytes = 2 ** 31;

/** Places every tensor; `lengths` are those of the carried and frozen vectors, in f32. Throws PlanError where one is too large. */
export function placeTensors(programs: readonly KernelProgram[], lengths: ReadonlyMap<string, number>): Memory {
  const buffers = new Map<string, PlanBuffer>();
  const arenas: number[] = [];
  const places = programs.map((program) => {
    const placed = new Map<Tensor, Place>();
    const tensors = [...new Set(program.kernels.flatMap(tensorsOf))];
    for (const tensor of tensors) {
      const bytes = bytesOf(tensor);
      if (tensor.role.kind !== 'table' && bytes > mostBytes)
        throw new PlanError(
          `${tensor.name} [${tensor.shape.join(', ')}] takes ${(bytes / 2 ** 30).toFixed(1)} GiB, and a tensor may take ` +
            `${mostBytes / 2 ** 30} GiB: make "batch" or the layers smaller`,
        );
    }
    for (const place of placeActivations(program)) {
      const { arena, offset, bytes } = place;
      arenas[arena] = Math.max(arenas[arena] ?? 0, aligned(offset + bytes));
      placed.set(place.tensor, { buffer: arenaName(arena), offset, bytes });
    }
    placeResults(program, tensors, placed, buffers);
    for (const tensor of tensors) placeOther(program, tensor, lengths, placed, buffers);
    return placed;
  });
  arenas.forEach((bytes, i) => add(buffers, { name: arenaName(i), bytes, role: 'arena', storage: 'f32' }));
  for (const [name, length] of lengths) {
    const role = name === frozenVector ? 'frozen' : 'vector';
    add(buffers, { name, bytes: 4 * length, role, storage: 'f32' });
  }
  return { buffers: [...buffers.values()], places };
}

function arenaName(i: number): string {
  return `arena_${i + 1}`;
}

interface Live {
  readonly tensor: Tensor;
  readonly bytes: number;
  /** First and last kernel that touches it. */
  readonly from: number;
  readonly to: number;
}

/** Large ones first, each at the lowest place where it meets none that lives with it. */
function placeActivations(program: KernelProgram): (Live & { arena: number; offset: number })[] {
  const placed: (Live & { arena: number; offset: number })[] = [];
  const order = [...livesOf(program)].sort((a, b) => b.bytes - a.bytes || a.from - b.from);
  for (const live of order) {
    const rivals = placed.filter(({ from, to }) => from <= live.to && live.from <= to);
    for (let arena = 0; ; arena++) {
      const offset = lowest(live, rivals.filter((rival) => rival.arena === arena)); // prettier-ignore
      // A tensor longer than an arena has one to itself; whether a device takes it is the runtime's to say.
      if (offset > 0 && offset + live.bytes > arenaBytes) continue;
      placed.push({ ...live, arena, offset });
      break;
    }
  }
  return placed;
}

function lowest({ bytes }: Live, rivals: readonly (Live & { offset: number })[]): number {
  let offset = 0;
  for (const rival of [...rivals].sort((a, b) => a.offset - b.offset)) {
    if (offset + bytes <= rival.offset) break;
    offset = Math.max(offset, aligned(rival.offset + rival.bytes));
  }
  return offset;
}

function livesOf(program: KernelProgram): Live[] {
  const lives = new Map<Tensor, { from: number; to: number }>();
  program.kernels.forEach((kernel, i) => {
    for (const tensor of tensorsOf(kernel)) {
      if (tensor.role.kind !== 'activation' || tensor.role.packed) continue;
      const known = lives.get(tensor);
      if (known === undefined) lives.set(tensor, { from: i, to: i });
      else known.to = i;
    }
  });
  return [...lives].map(([tensor, { from, to }]) => ({ tensor, bytes: bytesOf(tensor), from, to }));
}

/** Bytes that a program's activations take where they are placed, and of the largest set that lives at once. */
export function activationBytes(program: KernelProgram): { readonly placed: number; readonly live: number } {
  const ends: number[] = [];
  for (const { arena, offset, bytes } of placeActivations(program))
    ends[arena] = Math.max(ends[arena] ?? 0, aligned(offset + bytes));
  return { placed: ends.reduce((sum, bytes) => sum + bytes, 0), live: largestLiveSet(program) };
}

/** Bytes of the largest set of activations that live at once: what no placement can do without. */
export function largestLiveSet(program: KernelProgram): number {
  const lives = livesOf(program);
  const totals = program.kernels.map((_, i) =>
    lives.filter(({ from, to }) => from <= i && i <= to).reduce((sum, { bytes }) => sum + aligned(bytes), 0),
  );
  return Math.max(0, ...totals);
}

/** A program's results lie in one buffer, so that they are copied together. */
function placeResults(
  program: KernelProgram,
  tensors: readonly Tensor[],
  placed: Map<Tensor, Place>,
  buffers: Map<string, PlanBuffer>,
): void {
  const results = tensors.filter(({ role }) => role.kind === 'result');
  if (results.length === 0) return;
  const name = `${program.name}.results`;
  let offset = 0;
  for (const tensor of results) {
    const bytes = bytesOf(tensor);
    placed.set(tensor, { buffer: name, offset, bytes });
    offset = aligned(offset + bytes);
  }
  add(buffers, { name, bytes: offset, role: 'result', storage: 'f32' });
}

function placeOther(
  program: KernelProgram,
  tensor: Tensor,
  lengths: ReadonlyMap<string, number>,
  placed: Map<Tensor, Place>,
  buffers: Map<string, PlanBuffer>,
): void {
  const { role, storage } = tensor;
  const bytes = bytesOf(tensor);
  const own = (name: string, kind: 'packed' | 'state' | 'literal' | 'argument', values?: readonly number[]): void => {
    placed.set(tensor, { buffer: name, offset: 0, bytes });
    add(buffers, { name, bytes: aligned(bytes), role: kind, storage, ...(values && { values }) });
  };
  switch (role.kind) {
    case 'activation':
      if (role.packed) own(packedName(program, tensor.name), 'packed');
      return;
    case 'part':
      placed.set(tensor, { buffer: packedName(program, role.of), offset: 4 * role.offset, bytes });
      return;
    case 'vector':
      if (!lengths.has(role.vector)) throw new Error(`memory: no length for the vector ${role.vector}`);
      placed.set(tensor, { buffer: role.vector, offset: 4 * role.offset, bytes });
      return;
    case 'state':
      placed.set(tensor, { buffer: role.name, offset: 0, bytes });
      add(buffers, { name: role.name, bytes, role: 'state', storage });
      return;
    case 'argument':
      own(role.name, 'argument');
      return;
    case 'literal':
      own(literalName(buffers, role.values, storage, tensor.name), 'literal', role.values);
      return;
    case 'result':
    case 'table':
    case 'part-sums':
      return;
  }
}

function packedName(program: KernelProgram, name: string): string {
  return `${program.name}.${name}`;
}

/** The buffer of equal values, if there is one, else a free name. */
function literalName(
  buffers: ReadonlyMap<string, PlanBuffer>,
  values: readonly number[],
  storage: Storage,
  wanted: string,
): string {
  const taken = (name: string): boolean => {
    const known = buffers.get(name);
    return known !== undefined && !(known.storage === storage && sameNumbers(known.values, values));
  };
  let name = wanted;
  for (let n = 2; taken(name); n++) name = `${wanted}_${n}`;
  return name;
}

function sameNumbers(a: readonly number[] | undefined, b: readonly number[]): boolean {
  return a?.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/** Buffers of one name are one: as long as the longest that asks for it. */
function add(buffers: Map<string, PlanBuffer>, buffer: PlanBuffer): void {
  const known = buffers.get(buffer.name);
  if (known !== undefined && (known.role !== buffer.role || known.storage !== buffer.storage))
    throw new Error(`memory: ${buffer.name} is a ${known.role} and a ${buffer.role}`);
  buffers.set(buffer.name, { ...buffer, bytes: Math.max(buffer.bytes, known?.bytes ?? 0) });
}

function bytesOf({ shape, storage }: Tensor): number {
  return sizeOf(shape) * (storage === 'u8' ? 1 : 4);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / bindingAlignment) * bindingAlignment;
}

/** The buffers that a kernel writes, by name. */
export function writtenBuffers(
  kernel: KernelProgram['kernels'][number],
  places: ReadonlyMap<Tensor, Place>,
): Set<string> {
  return new Set(storedBy(kernel).map((tensor) => places.get(tensor)!.buffer));
}
