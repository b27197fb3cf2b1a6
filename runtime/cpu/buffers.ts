/** Where things lie in the memory: buffers of the plan that the programs use, and the tables of the data sets. */
import type { Plan, PlanBinding, PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { InternalError } from '../errors.ts';
import { bytesOf, literalBytes, padded, type Splits, tableKey, usedBuffers, usedTables } from '../execute/contents.ts';
import { type Demand, purposeOf } from '../execute/demand.ts';
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

  /**
   * Makes what the programs use and is not there yet; literals and tables are filled, everything else holds zeros.
   * Throws an EnvironmentError with the figures when there is no room for that and `others`; then nothing has been made.
   */
  add(programs: readonly PlanProgram[], splits: Splits, others: readonly Demand[]): void {
    const used = usedBuffers(programs);
    const buffers = this.#plan.buffers.filter(({ name }) => used.has(name) && !this.#buffers.has(name));
    const tables = usedTables(programs, splits).filter(({ key }) => !this.#tables.has(key));
    this.#memory.demand([
      ...buffers.map((buffer) => ({ what: purposeOf(buffer), bytes: buffer.bytes })),
      ...tables.map(({ key, field }) => ({ what: key, bytes: field.values.byteLength })),
      ...others,
    ]);
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

  #place(bytes: number): Place {
    return { address: this.#memory.allocate(padded(bytes)), bytes };
  }
}
