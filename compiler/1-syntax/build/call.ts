/** Calls, and the densities that look like them. */
import type { ArgumentCstNode, CallCstNode } from '../../../grammar/cst.generated.d.ts';
import { diagnostic } from '../../diagnostics/messages.ts';
import type { Span } from '../../diagnostics/span.ts';
import type { Argument, DensityArgument, Expr, Name } from '../ast.ts';
import { cover, maybeName, nodeSpan, one, the, tokenSpan } from './context.ts';
import type { Context } from './context.ts';
import { each } from './parts.ts';

/** `f(a, b: c)` is a call; with a bar or an `=` among its arguments it is a density: `q(z | x = u[k])`. */
export function application(cx: Context, callee: Expr, node: CallCstNode, span: Span): Expr {
  const before = node.children.argument ?? [];
  const bar = one(node.children.given);
  if (bar === undefined && !before.some((argument) => one(argument.children.Equals) !== undefined)) {
    return { kind: 'call', callee, args: callArguments(cx, node), span };
  }
  const side = (nodes: readonly ArgumentCstNode[]) => nodes.flatMap((argument) => densityArgument(cx, argument));
  return { kind: 'density', model: callee, of: side(before), given: side(bar?.children.argument ?? []), span };
}

/** The arguments of what cannot be a density: a call, `coupled(x, by: optimal_transport)`. */
export function callArguments(cx: Context, node: CallCstNode): readonly Argument[] {
  const named = (node.children.argument ?? []).find((argument) => argument.children.Equals !== undefined);
  const misplaced = one(node.children.given) ?? named;
  if (misplaced !== undefined) cx.report(diagnostic('density-in-coupling', nodeSpan(cx, misplaced), {}));
  return (node.children.argument ?? []).map((argument) => {
    const name = maybeName(cx, one(argument.children.Identifier));
    return { ...(name && { name }), value: valueOf(cx, argument), span: nodeSpan(cx, argument) };
  });
}

function valueOf(cx: Context, node: ArgumentCstNode): Expr {
  const value = cx.expression(the(node.children.expression));
  const suffix = one(node.children.each);
  if (suffix === undefined) return value;
  const range = each(cx, suffix);
  return { kind: 'comprehension', body: value, each: range, bracketed: false, span: cover(value.span, range.span) };
}

/** The argument, or none where its variable has no name: that is reported. */
function densityArgument(cx: Context, node: ArgumentCstNode): readonly DensityArgument[] {
  const span = nodeSpan(cx, node);
  const value = valueOf(cx, node);
  const name = maybeName(cx, one(node.children.Identifier));
  if (name !== undefined) {
    const colon = one(node.children.Colon);
    if (colon !== undefined) {
      cx.report(diagnostic('density-argument-colon', tokenSpan(cx, colon), { name: name.text }));
    }
    return [{ variable: name, value, bare: false, span }];
  }
  const variable = variableOf(value);
  if (variable !== undefined) return [{ variable, value, bare: true, span }];
  cx.report(diagnostic('density-argument-without-name', value.span, {}));
  return [];
}

/** The variable that a bare argument stands for: `z`, `z[k]` and `stop(z[k])` all mean `z = …`. */
function variableOf(value: Expr): Name | undefined {
  if (value.kind === 'name') return { text: value.text, span: value.span };
  if (value.kind === 'index') return value.object.kind === 'name' ? variableOf(value.object) : undefined;
  if (value.kind !== 'call' || value.callee.kind !== 'name' || value.callee.text !== 'stop') return undefined;
  const [argument, more] = value.args;
  if (argument === undefined || argument.name !== undefined || more !== undefined) return undefined;
  return variableOf(argument.value);
}
