/** Derived fields: computed by a program of the plan from the fields that a set was loaded with, once. */
import type { DataContract } from '../../compiler/4-tensor/program.ts';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { InternalError, UserError } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import { streamRuns } from '../execute/stream.ts';
import type { Scalars } from '../execute/inputs.ts';
import { batchesOver } from '../host/positions.ts';
import { type LoadedField, type LoadedSplit, wholeOf } from './dataset.ts';
import type { LoadOptions } from './load.ts';

type DerivePlanProgram = Extract<PlanProgram, { kind: 'derive' }>;

/** Runs the program over every row of the set; gives each field's numbers, [rows, ...], row major. */
export async function deriveFields(
  executor: Executor,
  program: DerivePlanProgram,
  rows: number,
  scalars: (first: number) => Scalars,
): Promise<ReadonlyMap<string, Float32Array>> {
  const sizes = program.results.map(({ name, shape }) => ({ name, size: sizeOf(shape.slice(1)) }));
  const fields = new Map(sizes.map(({ name, size }) => [name, new Float32Array(rows * size)]));
  const batches = batchesOver(rows, program.batch);
  const scalarsOf = (batch: number) => scalars(batches[batch]!.first);
  await streamRuns(executor, program.name, batches.length, scalarsOf, (batch, results) => {
    const { first, valid } = batches[batch]!;
    for (const { name, size } of sizes) {
      fields.get(name)!.set((results.get(name) as Float32Array).subarray(0, valid * size), first * size);
    }
  });
  return fields;
}

/** Whether a field is computed from the others of its row, and no source or other set holds it. */
export function isDerived({ derived }: Pick<DataContract, 'derived'>, field: string): boolean {
  return derived?.fields.includes(field) === true;
}

/** Adds the derived fields to every split of a set. Throws a UserError for a value that is not finite. */
export async function addDerived(
  { name: set, derived, fields }: DataContract,
  splits: Map<string, LoadedSplit>,
  { derive }: LoadOptions,
): Promise<void> {
  if (derived === undefined) return;
  if (derive === undefined) throw new InternalError(`data set "${set}" has derived fields, and nothing computes them`);
  const parts = [...splits.values()];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const computed = await derive(derived.program, wholeOf({ name: set, rows, splits, notes: [] }));
  for (const name of derived.fields) {
    const { shape } = fields.find((field) => field.name === name)!;
    const numbers = computed.get(name)!;
    const size = sizeOf(shape);
    const wrong = numbers.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new UserError(
        `the derived field "${name}" of data set "${set}" is ${numbers[wrong]} in row ${Math.floor(wrong / size)} (counted from ` +
          '0): look at what it is computed from',
      );
    }
    let from = 0;
    for (const part of parts) {
      const values = numbers.slice(from, from + part.rows * size);
      from += values.length;
      const field: LoadedField = { name, storage: 'f32', values, rowShape: shape, scale: 1 };
      splits.set(part.name, {
        ...splits.get(part.name)!,
        fields: new Map([...splits.get(part.name)!.fields, [name, field]]),
      });
    }
  }
}
