/**
 * Calls of functions and nets, as far as both are alike: which argument each parameter gets. A hole, `eps(_, _, label)`,
 * leaves its parameter open: the value of such a call is the function of what is open.
 */
import type { Expr, ExprOf, Parameter } from '../1-syntax/ast.ts';
import { matchArguments } from './arguments.ts';
import type { Frame } from './context.ts';
import { readArgument } from './schedules.ts';
import type { Value } from './values.ts';

/** What stands for an argument that a call leaves open. */
const hole = '_';

export function isHole(expr: Expr): boolean {
  return expr.kind === 'name' && expr.text === hole;
}

export interface BoundArguments {
  readonly values: ReadonlyMap<string, Value>;
  /** Of those that the call writes or leaves to a default: as they are written. */
  readonly exprs: ReadonlyMap<string, Expr>;
  /** The call has a hole: it is no call yet, and `values` are those that were written. */
  readonly isPartial: boolean;
}

/** How a callee takes an argument: `written` is absent where a default stands in. Undefined where that is reported. */
export type Take = (parameter: Parameter, value: Value, written: Expr | undefined) => Value | undefined;

/**
 * The value of each parameter: what the callee has already, what the call writes (read in the caller's frame), or the
 * default (read in `inner`, which knows the parameters before it). Undefined where something was wrong and reported.
 */
export function bindArguments(
  of: string,
  parameters: readonly Parameter[],
  had: ReadonlyMap<string, Value>,
  expr: ExprOf<'call'>,
  frame: Frame,
  inner: Frame,
  take: Take,
): BoundArguments | undefined {
  const open = parameters.filter(({ name }) => !had.has(name.text));
  const formals = open.map(({ name, initial }) => ({ name: name.text, optional: initial !== undefined }));
  const given = matchArguments(of, formals, expr.args, expr.span, frame);
  if (given === undefined) return undefined;
  const isPartial = [...given.values()].some(isHole);
  for (const [name, value] of had) inner.values.set(name, value);
  const values = new Map(had);
  const exprs = new Map<string, Expr>();
  for (const parameter of open) {
    const written = given.get(parameter.name.text);
    if (isPartial && (written === undefined || isHole(written))) continue;
    const from = written === undefined ? inner : frame;
    const value = readArgument(parameter.type?.name.text, written ?? parameter.initial!, from);
    const taken = value.kind === 'invalid' ? undefined : take(parameter, value, written);
    if (taken === undefined) return undefined;
    inner.values.set(parameter.name.text, taken);
    values.set(parameter.name.text, taken);
    exprs.set(parameter.name.text, written ?? parameter.initial!);
  }
  return { values, exprs, isPartial };
}
