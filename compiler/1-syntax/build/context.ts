/** What every part of the builder needs: where to report, and spans and names out of nodes and tokens. */
import type { CstNode, IToken } from 'chevrotain';
import type { DesignatorCstNode, ExpressionCstNode } from '../../../grammar/cst.generated.d.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Span } from '../../diagnostics/span.ts';
import type { Expr, Name } from '../ast.ts';

export interface Context {
  readonly path: string;
  readonly report: (diagnostic: Diagnostic) => void;
  /** Every rule comes back to expressions: handed around, so that the files of the builder stand in one order. */
  readonly expression: (node: ExpressionCstNode) => Expr;
  readonly designator: (node: DesignatorCstNode) => Expr;
}

/** The child that the grammar may give. */
export function one<T>(children: readonly T[] | undefined): T | undefined {
  return children?.[0];
}

/** The child that the grammar always gives: only whole declarations are built. */
export function the<T>(children: readonly T[] | undefined): T {
  const child = children?.[0];
  if (child === undefined) throw new Error('the grammar and the builder of the tree disagree: a part is missing');
  return child;
}

/** The place of a token. Chevrotain's last offset is the last character's, ours the one after it. */
export function tokenSpan(cx: Context, token: IToken): Span {
  return { file: cx.path, start: token.startOffset, end: token.startOffset + token.image.length };
}

/** The place of a node, from its first token to its last. */
export function nodeSpan(cx: Context, node: CstNode): Span {
  const start = node.location?.startOffset;
  const last = node.location?.endOffset;
  if (start === undefined || last === undefined) throw new Error(`the parser gave ${node.name} no place`);
  return { file: cx.path, start, end: last + 1 };
}

export function cover(first: Span, last: Span): Span {
  return { file: first.file, start: first.start, end: last.end };
}

export function nameOf(cx: Context, token: IToken): Name {
  return { text: token.image, span: tokenSpan(cx, token) };
}

/** The name of an optional token. */
export function maybeName(cx: Context, token: IToken | undefined): Name | undefined {
  return token && nameOf(cx, token);
}
