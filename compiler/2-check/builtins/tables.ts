/** The functions of tables: `linspace(1e-4 -> 0.02, T)`, `cumprod(alpha)`, `previous(abar)`. */
import type { ExprOf } from '../../1-syntax/ast.ts';
import { matchArguments } from '../arguments.ts';
import type { Frame } from '../context.ts';
import { staticCount, staticNumber } from '../static.ts';
import { cumulativeProduct, linspace as evenly, previous as before, type Table } from '../tables.ts';
import { describe, invalid, type Value } from '../values.ts';
import type { BuiltinFunction } from './index.ts';

/** T numbers stand at the steps 1 … T of the schedule they are written in, T + 1 numbers at 0 … T. */
const linspace: BuiltinFunction = (expr, frame) => {
  const { session } = frame.context;
  const formals = [{ name: 'values' }, { name: 'count' }];
  const given = matchArguments("'linspace'", formals, expr.args, expr.span, frame);
  if (given === undefined) return invalid;
  const [written, countOf] = [given.get('values')!, given.get('count')!];
  const values = frame.elaborate(written);
  const count = staticCount(frame.elaborate(countOf), countOf.span, 'the count of a linspace', frame);
  if (values.kind === 'invalid' || count === undefined) return invalid;
  if (values.kind !== 'arrow') {
    session.report('wrong-type', written.span, { expected: "a pair such as '0 -> 1'", found: describe(values) });
    return invalid;
  }
  const from = staticNumber(values.from, written.span, "the start of a 'linspace'", frame);
  const to = staticNumber(values.to, written.span, "the end of a 'linspace'", frame);
  const length = frame.lookup('T');
  if (from === undefined || to === undefined) return invalid;
  const steps = length?.kind === 'scalar' ? length.value : undefined;
  if (count !== steps && count !== (steps ?? NaN) + 1) {
    const expected = "T or T + 1 numbers, T being the steps of the schedule that the 'linspace' stands in";
    session.report('wrong-type', countOf.span, { expected, found: String(count) });
    return invalid;
  }
  return { kind: 'table', table: evenly(from, to, count, count === steps ? 1 : 0) };
};

function tableOf(name: string, expr: ExprOf<'call'>, frame: Frame): Table | undefined {
  const written = matchArguments(`'${name}'`, [{ name: 'table' }], expr.args, expr.span, frame)?.get('table');
  if (written === undefined) return undefined;
  const value = frame.elaborate(written);
  if (value.kind === 'table') return value.table;
  if (value.kind !== 'invalid') {
    const params = { expected: 'a table of a schedule', found: describe(value) };
    frame.context.session.report('wrong-type', written.span, params);
  }
  return undefined;
}

/** The product of a table's numbers up to each step; 1 at step 0. */
const cumprod: BuiltinFunction = (expr, frame): Value => {
  const table = tableOf('cumprod', expr, frame);
  return table === undefined ? invalid : { kind: 'table', table: cumulativeProduct(table) };
};

/** A table's number at the step before: from step 1 on. */
const previous: BuiltinFunction = (expr, frame): Value => {
  const table = tableOf('previous', expr, frame);
  if (table === undefined) return invalid;
  const found = before(table);
  if (found !== undefined) return { kind: 'table', table: found };
  const params = { expected: 'a table that begins at step 0', found: describe({ kind: 'table', table }) };
  frame.context.session.report('wrong-type', expr.span, params);
  return invalid;
};

/** Known to be a range's, and to loops alone. */
const strided: BuiltinFunction = (expr, frame) => {
  const params = { expected: "'strided' behind 'in' of a loop, 'for (t, s) in strided(T..0, S)'", found: 'it here' };
  frame.context.session.report('wrong-type', expr.span, params);
  return invalid;
};

export const tableFunctions: Readonly<Record<string, BuiltinFunction>> = { linspace, cumprod, previous, strided };
