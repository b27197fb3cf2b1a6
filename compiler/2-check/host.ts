/** Arithmetic on numbers of the host, as expressions of the host, and on the tables of schedules, at once. */
import { hostOperations, type HostOp } from '../4-tensor/host.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Frame } from './context.ts';
import { staticNumber } from './static.ts';
import { fromWhereItIs, mapTables, type Entry } from './tables.ts';
import { invalid, number, type ScalarValue, type Value } from './values.ts';

/** An expression over numbers of the host; folded where all of them are fixed. */
export function hostScalar(op: HostOp, args: readonly ScalarValue[]): ScalarValue {
  const values = args.map((arg) => arg.value);
  const value = values.includes(undefined) ? undefined : hostOperations[op](...(values as number[]));
  if (value !== undefined && args.every((arg) => arg.expression.kind === 'number')) {
    return { kind: 'scalar', value, expression: { kind: 'number', value } };
  }
  return { kind: 'scalar', value, expression: { kind: 'apply', op, args: args.map((arg) => arg.expression) } };
}

/** An operation of the host on tables and fixed numbers, step by step. */
export function applyToTables(op: HostOp, args: readonly Value[], span: Span, frame: Frame): Value {
  const entries: Entry[] = [];
  for (const arg of args) {
    const entry = arg.kind === 'table' ? arg.table : staticNumber(arg, span, 'a number beside a table', frame);
    if (entry === undefined) return invalid;
    entries.push(entry);
  }
  const mapped = mapTables(hostOperations[op], entries);
  if (typeof mapped === 'number') return number(mapped);
  const result = fromWhereItIs(mapped);
  const wrong = result.values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return { kind: 'table', table: result };
  const value = `${result.values[wrong]} at step ${result.first + wrong}`;
  frame.context.session.report('non-finite-constant', span, { value });
  return invalid;
}
