/**
 * The plan of a spec: where its tensors lie, which kernels it has, and what each program dispatches. Programs share a
 * kernel where the text is the same; where only the name is, the later one is called after its program too.
 */
import { frozenVector, type Program, type SpecPrograms } from '../4-tensor/program.ts';
import type { Piece } from './fuse/pieces.ts';
import { graphOf } from '../4-tensor/graph.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import type { KernelProgram, Tensor } from './ir.ts';
import { Library, type LibraryOptions } from './library.ts';
import { partSumsBuffer, placeTensors, writtenBuffers, type Memory, type Place } from './memory.ts';
import {
  planVersion,
  type Access,
  type CompiledKernels,
  type Plan,
  type PlanBinding,
  type PlanBuffer,
  type PlanDispatch,
  type PlanProgram,
  type PlanResult,
} from './plan.ts';

export interface PlanInput extends LibraryOptions {
  readonly spec: Plan['spec'];
  readonly programs: SpecPrograms;
  /** The fused kernels of each program, in the order of `programs.programs`. */
  readonly kernels: readonly KernelProgram[];
  /** What was left out of fusion, in the order of the catalogue. */
  readonly without?: readonly Piece[];
  /** The bytes that training steps were to take at most, where something is computed anew for it. */
  readonly memory?: number;
}

/** Throws PlanError where the spec needs more than a plan can hold. */
export function buildPlan({ spec, programs, kernels, without = [], memory, ...options }: PlanInput): CompiledKernels {
  const { profile, emitter } = options;
  const fused = kernels.map((program, i) => ({ ...program, name: programs.programs[i]!.name }));
  const placed = placeTensors(fused, vectorLengths(programs, fused));
  const library = new Library(options);
  const trained = programs.programs.find((program) => program.kind === 'train')?.trained ?? 'parameters';
  const planned = programs.programs.map((program, i) => {
    const places = placed.places[i]!;
    return planProgram(program, fused[i]!, program.kind === 'train' ? places : readingFrom(trained, places), library);
  });
  const { layout, frozen, hypers, uniforms, data } = programs;
  const plan: Plan = {
    format: 'vaec-plan',
    version: planVersion,
    spec,
    target: profile.target,
    profile: profile.name,
    ...(without.length > 0 && { without }),
    ...(memory !== undefined && { memory }),
    layout,
    ...(frozen && { frozen }),
    hypers,
    uniforms,
    data,
    buffers: buffersOf(placed, planned),
    kernels: library.kernels,
    ...(library.tuned.length > 0 && { tuned: library.tuned }),
    programs: planned,
  };
  const modules = emitter.assemble?.(plan.kernels.map(({ name }) => library.sources.get(name)!));
  return { plan, sources: library.sources, ...(modules === undefined ? {} : { modules }) };
}

/** Nothing lives there but between the two kernels of one that was divided: they follow each other. */
function partSumsPlace({ shape }: Tensor): Place {
  return { buffer: partSumsBuffer, offset: 0, bytes: 4 * sizeOf(shape) };
}

/** The buffer of the parts' sums, where a program divides a loop: as long as the longest. */
function partSumsOf(programs: readonly PlanProgram[]): readonly PlanBuffer[] {
  const bindings = programs.flatMap(({ dispatches }) => dispatches.flatMap((dispatch) => dispatch.bindings));
  const bytes = bindings.flatMap((one) => (one.kind === 'buffer' && one.buffer === partSumsBuffer ? [one.bytes] : []));
  if (bytes.length === 0) return [];
  return [{ name: partSumsBuffer, bytes: Math.max(...bytes), role: 'arena', storage: 'f32' }];
}

function buffersOf({ buffers }: Memory, programs: readonly PlanProgram[]): Plan['buffers'] {
  const roles = ['vector', 'frozen', 'state', 'literal', 'argument', 'packed', 'arena', 'result'] as const;
  return [...buffers, ...partSumsOf(programs)].sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role));
}

/** Every carried vector is as long as the parameters; that of the frozen tensors has a length of its own. */
/** The lengths of the carried and frozen vectors, in f32. */
export function vectorLengths(
  { layout, frozen, programs }: SpecPrograms,
  kernels: readonly KernelProgram[],
): Map<string, number> {
  const names = new Set<string>(['parameters']);
  for (const program of programs) if (program.kind === 'train') for (const { name } of program.vectors) names.add(name);
  for (const { kernels: list } of kernels)
    for (const { phases } of list)
      for (const { stores } of phases)
        for (const { tensor } of stores) if (tensor.role.kind === 'vector') names.add(tensor.role.vector);
  const lengths = new Map([...names].map((name) => [name, layout.length]));
  if (frozen !== undefined) lengths.set(frozenVector, frozen.length);
  return lengths;
}

/** The same places, another vector in place of the parameters: both lie alike. */
function readingFrom(vector: string, places: ReadonlyMap<Tensor, Place>): ReadonlyMap<Tensor, Place> {
  return new Map(
    [...places].map(([tensor, place]) => [
      tensor,
      place.buffer === 'parameters' ? { ...place, buffer: vector } : place,
    ]),
  );
}

function planProgram(
  program: Program,
  fused: KernelProgram,
  places: ReadonlyMap<Tensor, Place>,
  library: Library,
): PlanProgram {
  const dispatches = fused.kernels.flatMap((kernel): readonly PlanDispatch[] => {
    const written = writtenBuffers(kernel, places);
    // A buffer may not be bound both read-only and writable in one dispatch.
    const accessOf = (tensor: Tensor): Access =>
      written.has(places.get(tensor)?.buffer ?? '') ? 'read_write' : 'read';
    const bindingOf = (tensor: Tensor): PlanBinding => {
      const { role } = tensor;
      if (role.kind === 'table') return { kind: 'table', set: role.set, field: role.field };
      const place = role.kind === 'part-sums' ? partSumsPlace(tensor) : places.get(tensor)!;
      return { kind: 'buffer', ...place };
    };
    return library.take(kernel, program.name, accessOf).map(({ name, scheduled: { bindings, workgroups } }) => ({
      kernel: name,
      bindings: bindings.map(({ tensor }) => bindingOf(tensor)),
      workgroups,
    }));
  });
  const results = fused.results.map(({ name, tensor, offset, shape, dtype }): PlanResult => {
    const { buffer, offset: start } = places.get(tensor)!;
    return { name, buffer, offset: start + 4 * offset, shape, dtype };
  });
  const { function: _, couplings, ...own } = { couplings: undefined, ...program };
  const planned = couplings?.map(({ argument, text, values, draws, counted }) => ({
    argument,
    text,
    graph: graphOf([values, draws, counted]),
  }));
  return { ...own, dispatches, results, ...(planned && { couplings: planned }) };
}
