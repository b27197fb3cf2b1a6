/** Calls: of functions and objectives, nets, distributions, models, and the functions of the language itself. */
import type { Expr, ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import { elaborateReduction, isReduction } from './builtins/reductions.ts';
import { callBuiltin } from './builtins/index.ts';
import { Frame } from './context.ts';
import { decide, type Decision } from './derivation.ts';
import { callNet, runBody } from './nets.ts';
import { fits } from './parameters.ts';
import { bindArguments, type Take } from './partial.ts';
import { applying } from './recursion.ts';
import { rolesOf } from './roles.ts';
import { describe, invalid, type FunctionValue, type Value } from './values.ts';

export function elaborateCall(expr: ExprOf<'call'>, frame: Frame): Value {
  const { callee } = expr;
  if (callee.kind === 'index' && callee.object.kind === 'name' && isReduction(callee.object.text)) {
    return elaborateReduction(callee.object.text, callee.indices[0], expr, frame);
  }
  const value = frame.elaborate(callee);
  switch (value.kind) {
    case 'invalid':
      return invalid;
    case 'builtin':
      return callBuiltin(value.name, expr, frame);
    case 'function':
      return callFunction(value, expr, frame);
    case 'net':
      return callNet(value, expr, frame);
    case 'model':
      frame.context.session.report('bare-density', expr.span, { text: printExpr(expr) });
      return invalid;
    default:
      frame.context.session.report('not-callable', callee.span, { found: describe(value) });
      return invalid;
  }
}

/**
 * A function or an objective is its body with the arguments in place: every call is elaborated anew. Layers in it belong
 * to the net that calls it, each call's its own.
 */
export function callFunction(fn: FunctionValue, expr: ExprOf<'call'>, frame: Frame): Value {
  const { context } = frame;
  const { declaration } = fn;
  const name = declaration.name.text;
  const inner = new Frame({
    context,
    program: frame.program,
    scope: fn.scope,
    stopped: frame.stopped,
    net: frame.net,
    roles: fn.roles ? rolesOf(declaration) : undefined,
  });
  const take: Take = (parameter, value, written) => {
    if (fits(parameter.type?.name.text, value)) return value;
    const expected = `a ${parameter.type!.name.text} for '${parameter.name.text}'`;
    context.session.report('wrong-type', (written ?? parameter).span, { expected, found: describe(value) });
    return undefined;
  };
  const bound = bindArguments(`'${name}'`, declaration.parameters, fn.given, expr, frame, inner, take);
  if (bound === undefined) return invalid;
  if (bound.isPartial) return { ...fn, given: bound.values };
  // What was given before is written elsewhere.
  if (frame.program !== undefined && frame.net === undefined && fn.given.size === 0) {
    const expansion = expansionOf(declaration, expr, bound.exprs);
    if (expansion !== undefined) decide(frame.program.decisions, expansion);
  }
  const { session } = context;
  const result = applying(context, declaration.body, fn.scope, () =>
    session.within([{ span: expr.span, body: declaration.span }], () => runBody(declaration, inner)),
  );
  if (result !== undefined) return result;
  session.report('recursive-call', expr.span, { name });
  return invalid;
}

/** What a call stands for, where that is one expression. A parameter that is given what has its name already goes without saying. */
function expansionOf(
  { body }: FunctionValue['declaration'],
  call: ExprOf<'call'>,
  args: ReadonlyMap<string, Expr>,
): Decision | undefined {
  const [only] = body;
  if (body.length !== 1 || only?.kind !== 'return' || only.values.length !== 1) return undefined;
  const where = [...args].map(([name, arg]) => ({ name, text: printExpr(arg) }));
  return {
    kind: 'expansion',
    // `minimize cfm` is a call without being written as one.
    text: call.args.length === 0 ? printExpr(call.callee) : printExpr(call),
    body: printExpr(only.values[0]!.value),
    where: where.filter(({ name, text }) => name !== text),
  };
}
