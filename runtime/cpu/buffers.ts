/** Where things lie in the memory: buffers of the plan that the programs use, and the tables of the data sets. */
import type { MemoryNeed } from '../../compiler/5-kernel/needs.ts';
import type { Plan, PlanBinding, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { InternalError } from '../errors.ts';
import {
  bytesOf,
  type Contents,
  literalBytes,
  missingContents,
  needsOf,
  padded,
  type Splits,
  tableKey,
} from '../execute/contents.ts';
import type { SharedMemory } from './memory.ts';

export interface Place {
  /** The first byte; a multiple of 64. */
  readonly address: number;
  readonly bytes: number;
}

export class Buffers {
  readonly #plan: Plan;
  readonly #memory: SharedMemory;
  readonly #buffers = new Map<string, Place>();
  readonly #tables = new Map<string, Place>();

  constructor(plan: Plan, memory: SharedMemory) {
    this.#plan = plan;
    this.#memory = memory;
  }

  /** The memory of what the programs use and is not there yet. */
  needs(programs: readonly PlanProgram[], splits: Splits): readonly MemoryNeed[] {
    return needsOf(this.#missing(programs, splits));
  }

  /** Makes what the programs use and is not there yet; literals and tables are filled, everything else holds zeros. */
  add(programs: readonly PlanProgram[], splits: Splits): void {
    const { buffers, tables } = this.#missing(programs, splits);
    for (const buffer of buffers) {
      const place = this.#place(buffer.bytes);
      this.#buffers.set(buffer.name, place);
      if (buffer.role === 'literal') this.#memory.put(place.address, literalBytes(buffer));
    }
    for (const { key, field } of tables) {
      const place = this.#place(field.values.byteLength);
      this.#tables.set(key, place);
      this.#memory.put(place.address, bytesOf(field.values));
    }
  }

  has(name: string): boolean {
    return this.#buffers.has(name);
  }

  named(name: string): Place {
    const place = this.#buffers.get(name);
    if (place === undefined) throw new InternalError(`the plan has no buffer "${name}", or no program here uses it`);
    return place;
  }

  /** What a dispatch binds. */
  bound(binding: PlanBinding): Place {
    if (binding.kind === 'table') {
      const table = this.#tables.get(tableKey(binding.set, binding.field));
      if (table === undefined) throw new InternalError(`no table of "${binding.set}" and "${binding.field}" is here`);
      return table;
    }
    const { address } = this.named(binding.buffer);
    return { address: address + binding.offset, bytes: binding.bytes };
  }

  #missing(programs: readonly PlanProgram[], splits: Splits): Contents {
    const held = (name: string) => this.#buffers.get(name)?.bytes ?? 0;
    return missingContents(this.#plan, programs, splits, held, this.#tables);
  }

  #place(bytes: number): Place {
    return { address: this.#memory.allocate(padded(bytes)), bytes };
  }
}
