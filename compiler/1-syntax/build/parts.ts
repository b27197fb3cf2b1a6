/** Small pieces that expressions, statements and declarations share. */
import type { EachCstNode, NamedArgumentCstNode, TargetCstNode } from '../../../grammar/cst.generated.d.ts';
import type { Argument, Each, Name } from '../ast.ts';
import { maybeName, nameOf, nodeSpan, the } from './context.ts';
import type { Context } from './context.ts';

/** `for k in 1..K`. */
export function each(cx: Context, node: EachCstNode): Each {
  const names = (node.children.Identifier ?? []).map((token) => nameOf(cx, token));
  return { names, range: cx.expression(the(node.children.expression)), span: nodeSpan(cx, node) };
}

/** `name: value`. */
export function namedArgument(cx: Context, node: NamedArgumentCstNode): Argument & { readonly name: Name } {
  const name = nameOf(cx, the(node.children.Identifier));
  return { name, value: cx.expression(the(node.children.expression)), span: nodeSpan(cx, node) };
}

export interface Target {
  readonly name: Name;
  readonly index?: Name;
}

/** `z`, `z[k]`. */
export function target(cx: Context, node: TargetCstNode): Target {
  const [, second] = node.children.Identifier;
  const index = maybeName(cx, second);
  return { name: nameOf(cx, the(node.children.Identifier)), ...(index && { index }) };
}
