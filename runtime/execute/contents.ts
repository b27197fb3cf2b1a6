/** What the programs of a plan need to have at hand: buffers of the plan, tables of the data sets, and their bytes. */
import { buffersFor, type MemoryNeed, partOf } from '../../compiler/5-kernel/needs.ts';
import type { Plan, PlanBuffer, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import type { LoadedField, LoadedSplit } from '../data/dataset.ts';
import { InternalError } from '../errors.ts';

/** The rows that a reference such as `mnist.train` means. */
export type Splits = (reference: string) => LoadedSplit;

/** Buffers of the plan and tables of the data. */
export interface Contents {
  readonly buffers: readonly PlanBuffer[];
  readonly tables: readonly { readonly key: string; readonly field: LoadedField }[];
}

/**
 * What the programs use and is not there yet; `held` gives the bytes of a buffer, 0 where there is none. An arena that is
 * too short for them is missing: it carries nothing from program to program, so those that came before keep theirs.
 */
export function missingContents(
  plan: Plan,
  programs: readonly PlanProgram[],
  splits: Splits,
  held: (buffer: string) => number,
  tables: ReadonlyMap<string, unknown>,
): Contents {
  return {
    buffers: buffersFor(plan, programs).filter(({ name, role, bytes }) => {
      return held(name) < (role === 'arena' ? bytes : 1);
    }),
    tables: usedTables(programs, splits).filter(({ key }) => !tables.has(key)),
  };
}

/** The memory that they take. */
export function needsOf({ buffers, tables }: Contents): readonly MemoryNeed[] {
  return [
    ...buffers.map((buffer) => ({ part: partOf(buffer), what: buffer.name, bytes: padded(buffer.bytes) })),
    ...tables.map(({ key, field }) => ({ part: 'data' as const, what: key, bytes: padded(field.values.byteLength) })),
  ];
}

/** The fields that the programs bind as tables, each once. */
function usedTables(
  programs: readonly PlanProgram[],
  splits: Splits,
): readonly { readonly key: string; readonly field: LoadedField }[] {
  const found = new Map<string, LoadedField>();
  for (const { dispatches } of programs) {
    for (const binding of dispatches.flatMap((dispatch) => dispatch.bindings)) {
      if (binding.kind !== 'table' || found.has(tableKey(binding.set, binding.field))) continue;
      const field = splits(binding.set).fields.get(binding.field);
      if (field === undefined)
        throw new InternalError(`data set "${binding.set}" was loaded without "${binding.field}"`);
      found.set(tableKey(binding.set, binding.field), field);
    }
  }
  return [...found].map(([key, field]) => ({ key, field }));
}

/** `mnist.train's x`: a table's name, also for people. */
export function tableKey(set: string, field: string): string {
  return `${set}'s ${field}`;
}

/** Buffers are whole vectors of four words, because kernels may read them so. */
export function padded(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16);
}

/** What a literal holds, as its storage has it. */
export function literalBytes(buffer: PlanBuffer): Uint8Array {
  const values = buffer.values ?? [];
  const typed = { f32: Float32Array, u32: Uint32Array, u8: Uint8Array }[buffer.storage].from(values);
  if (typed.byteLength > buffer.bytes) throw new InternalError(`literal "${buffer.name}" is longer than its buffer`);
  return bytesOf(typed);
}

export function bytesOf(values: Uint8Array | Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
