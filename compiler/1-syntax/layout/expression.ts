/** How an expression is laid out, with no more parentheses than it needs. */
import { builders } from 'prettier/doc';
import type { Argument, DensityArgument, Draw, Each, Expr, ExprOf, WhereBinding } from '../ast.ts';
import { quoted } from '../build/literal.ts';
import { bindings, levelOf, levels } from '../precedence.ts';
import { indexed, listing } from './layout.ts';
import type { Doc, Layout } from './layout.ts';

const { align, group, indent, join, line, softline } = builders;

/** An expression alone, without parentheses around it. */
export function expression(expr: Expr, cx: Layout): Doc {
  switch (expr.kind) {
    case 'number':
      return expr.text;
    case 'string':
      return quoted(expr.value);
    case 'name':
      return expr.text;
    case 'invalid':
      return '…';
    case 'list':
      return listing('[', operands(expr.items, cx), ']');
    case 'tuple':
      return listing('(', operands(expr.items, cx), ')');
    case 'record':
      return record(expr, cx);
    case 'comprehension': {
      const inside = [operand(expr.body, levels.loosest, cx), line, cx.child(expr.each, each)];
      return expr.bracketed ? group(['[', indent([softline, inside]), softline, ']']) : group(indent(inside));
    }
    case 'negate':
      return ['-', operand(expr.operand, levels.prefix, cx)];
    case 'binary':
      return group(chain(expr, cx));
    case 'call':
      return [object(expr.callee, cx), callArguments(expr.args, cx)];
    case 'index':
      return [object(expr.object, cx), listing('[', operands(expr.indices, cx), ']')];
    case 'member':
      return [
        expr.object.kind === 'number' ? ['(', object(expr.object, cx), ')'] : object(expr.object, cx),
        '.',
        expr.member.text,
      ];
    case 'if':
      return conditional(expr, cx);
    case 'density':
      return density(expr, cx);
    case 'log-density':
      return ['log ', cx.child(expr.density, expression)];
    case 'mean':
      return ['mean ', cx.child(expr.density, expression)];
    case 'expectation':
      return expectation(expr, cx);
    case 'divergence':
      return divergence(expr, cx);
    case 'like':
      return [operand(expr.value, levels.postfix, cx), ' like ', prototype(expr.prototype, cx)];
  }
}

/** An expression where nothing looser than `level` may stand bare. */
export function operand(expr: Expr, level: number, cx: Layout): Doc {
  const printed = cx.child(expr, expression);
  return levelOf(expr) < level || isWord(expr) ? parenthesised(printed) : printed;
}

/** A whole expression: the value of a declaration, a statement or a clause. */
export function whole(expr: Expr, cx: Layout): Doc {
  return operand(expr, levels.loosest, cx);
}

/** ` = value`: on the next line where it does not fit, unless it opens a bracket that can be broken instead. */
export function assigned(sign: string, expr: Expr, cx: Layout): Doc {
  const value = whole(expr, cx);
  const hugs = expr.kind === 'list' || expr.kind === 'record' || expr.kind === 'call';
  return hugs ? [` ${sign} `, value] : group([` ${sign}`, group(indent([line, value]))]);
}

function operands(items: readonly Expr[], cx: Layout): readonly Doc[] {
  return items.map((item) => whole(item, cx));
}

/** `mean` before a name and `from` before one are words of the language: alone, they stand in parentheses. */
function isWord(expr: Expr): boolean {
  return expr.kind === 'name' && (expr.text === 'mean' || expr.text === 'from');
}

/** What is called, indexed, or has members. */
function object(expr: Expr, cx: Layout): Doc {
  const printed = cx.child(expr, expression);
  return levelOf(expr) < levels.postfix ? parenthesised(printed) : printed;
}

/** `like` is a word only before a name or a parenthesis. */
function prototype(expr: Expr, cx: Layout): Doc {
  const printed = cx.child(expr, expression);
  const root = rootOf(expr);
  const bare = levelOf(expr) >= levels.postfix && (root.kind === 'name' || root.kind === 'tuple');
  return bare && !isWord(expr) && !(root.kind === 'name' && root.text === 'log') ? printed : parenthesised(printed);
}

/** What an expression's text begins with, once calls, indices and members are taken off. */
function rootOf(expr: Expr): Expr {
  switch (expr.kind) {
    case 'call':
      return rootOf(expr.callee);
    case 'density':
      return rootOf(expr.model);
    case 'index':
    case 'member':
      return rootOf(expr.object);
    default:
      return expr;
  }
}

function parenthesised(printed: Doc): Doc {
  return group(['(', indent([softline, printed]), softline, ')']);
}

// ---- operators ---------------------------------------------------------------------------------------------------

/** Operands of one level in a row break before every sign or before none. */
function chain(expr: ExprOf<'binary'>, cx: Layout): Doc {
  const { operator, left, right } = expr;
  const { level, associates } = bindings[operator];
  const leftLevel = operator === '^' ? levels.like : associates === 'left' ? level : level + 1;
  const rightLevel = operator === '^' ? levels.prefix : level + 1;
  const continues = associates === 'left' && left.kind === 'binary' && bindings[left.operator].level === level;
  const first = continues ? cx.child(left, chain) : bound(left, leftLevel, operator, cx);
  const last = bound(right, rightLevel, operator, cx);
  if (operator === '^' || operator === '..') return [first, operator, last];
  return [first, line, operator, ' ', last];
}

/** An operand; directly in a range, simple sums are written close: `0..n-1`. */
function bound(expr: Expr, level: number, operator: string, cx: Layout): Doc {
  if (operator === '..' && expr.kind === 'binary' && isClose(expr)) return cx.child(expr, close);
  return operand(expr, level, cx);
}

function isClose({ operator, left, right }: ExprOf<'binary'>): boolean {
  const simple = (expr: Expr) =>
    (expr.kind === 'name' && !isWord(expr)) || expr.kind === 'number' || expr.kind === 'member';
  return '+-*/'.includes(operator) && simple(left) && simple(right);
}

function close({ operator, left, right }: ExprOf<'binary'>, cx: Layout): Doc {
  return [cx.child(left, expression), operator, cx.child(right, expression)];
}

function conditional(expr: ExprOf<'if'>, cx: Layout): Doc {
  const parts = [expr.condition, expr.then, expr.otherwise].map((part) => whole(part, cx));
  return group(['if ', parts[0]!, indent([line, 'then ', parts[1]!, line, 'else ', parts[2]!])]);
}

// ---- arguments ---------------------------------------------------------------------------------------------------

export function callArguments(args: readonly Argument[], cx: Layout): Doc {
  return listing(
    '(',
    args.map((item) => argument(item, cx)),
    ')',
  );
}

/** An argument of a call: its comments belong to its value where it has no name. */
function argument(node: Argument, cx: Layout): Doc {
  if (node.name === undefined) return suffixed(node.value, cx);
  const head = `${node.name.text}: `;
  return cx.child(node, ({ value }, inner) => [head, suffixed(value, inner)]);
}

/** An argument where no `for` may follow: a part of a split, what a net returns. */
export function plainArgument(node: Argument, cx: Layout): Doc {
  if (node.name === undefined) return whole(node.value, cx);
  const head = `${node.name.text}: `;
  return cx.child(node, ({ value }, inner) => [head, whole(value, inner)]);
}

/** An argument's value, where a `for` may follow without brackets of its own. */
function suffixed(expr: Expr, cx: Layout): Doc {
  return operand(expr, levels.suffixed, cx);
}

function record(expr: ExprOf<'record'>, cx: Layout): Doc {
  if (expr.entries.length === 0) return '{}';
  const entries = expr.entries.map(({ name, value }) => [`${name.text}: `, whole(value, cx)]);
  return group(['{', indent([line, join([',', line], entries)]), line, '}']);
}

export function each(node: Each, cx: Layout): Doc {
  const names = node.names.map(({ text }) => text).join(', ');
  return ['for ', node.names.length === 1 ? names : `(${names})`, ' in ', whole(node.range, cx)];
}

// ---- densities, expectations, divergences ------------------------------------------------------------------------

function density(expr: ExprOf<'density'>, cx: Layout): Doc {
  const of = expr.of.map((item) => densityArgument(item, cx));
  const given = expr.given.map((item) => densityArgument(item, cx));
  const bar = given.length === 0 ? [] : [of.length === 0 ? '| ' : [line, '| '], join([',', line], given)];
  const inside = [join([',', line], of), bar];
  return [object(expr.model, cx), group(['(', indent([softline, inside]), softline, ')'])];
}

function densityArgument(node: DensityArgument, cx: Layout): Doc {
  return node.bare ? suffixed(node.value, cx) : cx.child(node, given);
}

function given(node: DensityArgument, cx: Layout): Doc {
  return [`${node.variable.text} = `, suffixed(node.value, cx)];
}

function expectation(expr: ExprOf<'expectation'>, cx: Layout): Doc {
  const draws = expr.draws.map((item) => cx.child(item, draw));
  const bound = expr.where.map((item) => cx.child(item, binding));
  const where = bound.length === 0 ? '' : [line, 'where ', align('where '.length, join([',', line], bound))];
  const body = group(['(', indent([softline, whole(expr.body, cx), where]), softline, ')']);
  return ['E', listing('[', draws, ']'), body];
}

function draw(node: Draw, cx: Layout): Doc {
  const names = node.names.map(({ name, index }) => indexed(name, index)).join(', ');
  const suffixes = [
    node.coupled === undefined ? [] : [line, 'coupled', callArguments(node.coupled, cx)],
    node.by === undefined ? [] : [line, 'by ', whole(node.by, cx)],
    node.each === undefined ? [] : [line, cx.child(node.each, each)],
  ];
  return group([names, ' ~ ', whole(node.distribution, cx), indent(suffixes)]);
}

function binding(node: WhereBinding, cx: Layout): Doc {
  return [indexed(node.name, node.index), ' = ', whole(node.value, cx)];
}

function divergence(expr: ExprOf<'divergence'>, cx: Layout): Doc {
  const options = expr.options.map((option) => [',', line, plainArgument(option, cx)]);
  const inside = [whole(expr.left, cx), line, '|| ', whole(expr.right, cx), options];
  return group(['KL(', indent([softline, inside]), softline, ')']);
}
