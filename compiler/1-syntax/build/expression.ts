/** Expressions out of the concrete tree: operands and signs become a tree by how tightly the signs bind. */
import type { IToken } from 'chevrotain';
import type {
  DesignatorCstNode,
  ExpressionCstNode,
  ItemsCstNode,
  OperandCstNode,
  PostfixCstNode,
  ShapedCstNode,
  SuffixCstNode,
} from '../../../grammar/cst.generated.d.ts';
import { diagnostic } from '../../diagnostics/messages.ts';
import type { Span } from '../../diagnostics/span.ts';
import type { BinaryOperator, Expr } from '../ast.ts';
import { bindings, levels } from '../precedence.ts';
import { application } from './call.ts';
import { cover, nameOf, nodeSpan, one, the, tokenSpan } from './context.ts';
import type { Context } from './context.ts';
import { divergence, expectation } from './expectation.ts';
import { numberLiteral, stringLiteral } from './literal.ts';
import { each, namedArgument } from './parts.ts';

/** An expression and the extent of what was written for it, parentheses included. */
interface Placed {
  readonly expr: Expr;
  readonly extent: Span;
}

function placed(expr: Expr): Placed {
  return { expr, extent: expr.span };
}

export function expression(cx: Context, node: ExpressionCstNode): Expr {
  const stream = { operands: node.children.operand, operators: node.children.Operator ?? [], at: 0 };
  return binary(cx, stream, levels.loosest).expr;
}

// ---- operators -----------------------------------------------------------------------------------------------------

interface Stream {
  readonly operands: readonly OperandCstNode[];
  readonly operators: readonly IToken[];
  /** The current operand; the operator after it has the same index. */
  at: number;
}

/** The sign after the current operand: the lexer knows no other ones. */
function following(stream: Stream): BinaryOperator | undefined {
  return stream.operators[stream.at]?.image as BinaryOperator | undefined;
}

/** Precedence climbing from the current operand through operators of at least `level`. */
function binary(cx: Context, stream: Stream, level: number): Placed {
  let left = prefixed(cx, stream);
  for (;;) {
    const operator = following(stream);
    if (operator === undefined || bindings[operator].level < level) return left;
    const { level: own, associates } = bindings[operator];
    stream.at += 1;
    left = join(operator, left, binary(cx, stream, own + 1));
    const next = following(stream);
    if (associates === 'none' && next !== undefined && bindings[next].level === own) {
      const span = tokenSpan(cx, stream.operators[stream.at]!);
      cx.report(diagnostic('chained-operators', span, { first: operator, second: next }));
    }
  }
}

function join(operator: BinaryOperator, left: Placed, right: Placed): Placed {
  const extent = cover(left.extent, right.extent);
  return { expr: { kind: 'binary', operator, left: left.expr, right: right.expr, span: extent }, extent };
}

/** `-x^2` is -(x^2), `2^-x` is 2^(-x), and `^` associates to the right. */
function prefixed(cx: Context, stream: Stream): Placed {
  const node = stream.operands[stream.at]!;
  let result = core(cx, node);
  if (following(stream) === '^') {
    const power = tokenSpan(cx, stream.operators[stream.at]!);
    if (node.children.logDensity !== undefined) cx.report(diagnostic('power-of-log', power, {}));
    stream.at += 1;
    result = join('^', result, prefixed(cx, stream));
  }
  for (const minus of (node.children.Minus ?? []).toReversed()) {
    const extent = cover(tokenSpan(cx, minus), result.extent);
    result = { expr: { kind: 'negate', operand: result.expr, span: extent }, extent };
  }
  return result;
}

// ---- operands ------------------------------------------------------------------------------------------------------

/** An operand without its minus signs. */
function core(cx: Context, node: OperandCstNode): Placed {
  const { logDensity, conditional, mean, shaped } = node.children;
  const log = one(logDensity);
  if (log !== undefined) {
    const density = designator(cx, the(log.children.designator));
    return placed({ kind: 'log-density', density, span: nodeSpan(cx, log) });
  }
  const average = one(mean);
  if (average !== undefined) {
    const density = designator(cx, the(average.children.designator));
    return placed({ kind: 'mean', density, span: nodeSpan(cx, average) });
  }
  const choice = one(conditional);
  if (choice !== undefined) {
    const [condition, then, otherwise] = choice.children.expression.map((part) => expression(cx, part));
    return placed({
      kind: 'if',
      condition: condition!,
      then: then!,
      otherwise: otherwise!,
      span: nodeSpan(cx, choice),
    });
  }
  return like(cx, the(shaped));
}

/** A name and what follows it. */
export function designator(cx: Context, node: DesignatorCstNode): Expr {
  const name = nameOf(cx, the(node.children.Identifier));
  return suffixes(cx, { kind: 'name', ...name }, node.children.suffix ?? [], name.span.start);
}

function like(cx: Context, node: ShapedCstNode): Placed {
  const [, second] = node.children.postfix;
  const value = postfix(cx, the(node.children.postfix));
  if (second === undefined) return value;
  const prototype = postfix(cx, second).expr;
  return placed({ kind: 'like', value: value.expr, prototype, span: nodeSpan(cx, node) });
}

function postfix(cx: Context, node: PostfixCstNode): Placed {
  const extent = nodeSpan(cx, node);
  const suffix = node.children.suffix ?? [];
  const expr = suffixes(cx, primary(cx, node), suffix, extent.start);
  return suffix.length === 0 ? { expr, extent } : placed(expr);
}

/** What a postfix expression begins with. */
function primary(cx: Context, node: PostfixCstNode): Expr {
  const { Identifier, Log, NumberLiteral, StringLiteral } = node.children;
  const name = one(Identifier);
  if (name !== undefined) return { kind: 'name', ...nameOf(cx, name) };
  const number = one(NumberLiteral);
  if (number !== undefined) return numberLiteral(number, tokenSpan(cx, number));
  const string = one(StringLiteral);
  if (string !== undefined) return stringLiteral(string, tokenSpan(cx, string));
  const log = one(Log);
  if (log !== undefined) {
    const call = the(node.children.call);
    const callee: Expr = { kind: 'name', ...nameOf(cx, log) };
    return application(cx, callee, call, cover(callee.span, nodeSpan(cx, call)));
  }
  const expected = one(node.children.expectation);
  if (expected !== undefined) return expectation(cx, expected);
  const diverging = one(node.children.divergence);
  return diverging === undefined ? bracketed(cx, node) : divergence(cx, diverging);
}

function bracketed(cx: Context, node: PostfixCstNode): Expr {
  const { parenthesis, list, record } = node.children;
  const parentheses = one(parenthesis);
  if (parentheses !== undefined) {
    return parenthesised(cx, the(parentheses.children.items), nodeSpan(cx, parentheses));
  }
  const brackets = one(list);
  if (brackets !== undefined) {
    const span = nodeSpan(cx, brackets);
    const inside = one(brackets.children.items);
    if (inside === undefined) return { kind: 'list', items: [], span };
    return comprehension(cx, inside, true, span) ?? { kind: 'list', items: items(cx, inside), span };
  }
  const braces = the(record);
  const entries = (braces.children.namedArgument ?? []).map((entry) => {
    const { name, value } = namedArgument(cx, entry);
    return { name, value };
  });
  return { kind: 'record', entries, span: nodeSpan(cx, braces) };
}

/** One expression in parentheses is itself, several are a tuple. */
function parenthesised(cx: Context, node: ItemsCstNode, span: Span): Expr {
  const each = comprehension(cx, node, false, span);
  if (each !== undefined) return each;
  const inside = items(cx, node);
  return inside.length === 1 ? inside[0]! : { kind: 'tuple', items: inside, span };
}

function comprehension(cx: Context, node: ItemsCstNode, inBrackets: boolean, span: Span): Expr | undefined {
  const suffix = one(node.children.each);
  if (suffix === undefined) return undefined;
  const body = expression(cx, the(node.children.expression));
  return { kind: 'comprehension', body, each: each(cx, suffix), bracketed: inBrackets, span };
}

function items(cx: Context, node: ItemsCstNode): readonly Expr[] {
  return node.children.expression.map((item) => expression(cx, item));
}

/** The calls, indices and members after `object`, whose text starts at `start`. */
function suffixes(cx: Context, object: Expr, nodes: readonly SuffixCstNode[], start: number): Expr {
  return nodes.reduce<Expr>((inner, node) => {
    const span = { ...nodeSpan(cx, node), start };
    const call = one(node.children.call);
    if (call !== undefined) return application(cx, inner, call, span);
    const indices = one(node.children.indices);
    if (indices !== undefined) {
      const within = indices.children.expression.map((item) => expression(cx, item));
      return { kind: 'index', object: inner, indices: within, span };
    }
    return { kind: 'member', object: inner, member: nameOf(cx, the(node.children.Identifier)), span };
  }, object);
}
