/** WGSL text of one expression, with the parentheses that WGSL demands and no others. */
import type { Builtin } from '../../ops/scalar.ts';
import type { Expr, ExprOf } from '../../5-kernel/schedule/loops.ts';
import { placeArgument } from './program.ts';
import { literalText, typeName } from './types.ts';

/** How tightly an expression's text binds; WGSL does not order the rest, so they always stand in parentheses. */
type Binding = 'primary' | 'unary' | 'product' | 'sum' | 'relation' | 'loose';

interface Text {
  readonly text: string;
  readonly binding: Binding;
}

const infix: Readonly<Partial<Record<Builtin, { readonly sign: string; readonly binding: Binding }>>> = {
  add: { sign: '+', binding: 'sum' },
  sub: { sign: '-', binding: 'sum' },
  mul: { sign: '*', binding: 'product' },
  div: { sign: '/', binding: 'product' },
  rem: { sign: '%', binding: 'product' },
  lt: { sign: '<', binding: 'relation' },
  le: { sign: '<=', binding: 'relation' },
  gt: { sign: '>', binding: 'relation' },
  ge: { sign: '>=', binding: 'relation' },
  eq: { sign: '==', binding: 'relation' },
  ne: { sign: '!=', binding: 'relation' },
  bitAnd: { sign: '&', binding: 'loose' },
  bitOr: { sign: '|', binding: 'loose' },
  bitXor: { sign: '^', binding: 'loose' },
  shiftLeft: { sign: '<<', binding: 'loose' },
  shiftRight: { sign: '>>', binding: 'loose' },
  and: { sign: '&&', binding: 'loose' },
  or: { sign: '||', binding: 'loose' },
};

export function expressionText(expr: Expr): string {
  return textOf(expr).text;
}

function textOf(expr: Expr): Text {
  switch (expr.kind) {
    case 'literal': {
      const text = literalText(expr.value, expr.scalar);
      return { text, binding: text.startsWith('-') ? 'unary' : 'primary' };
    }
    case 'constant':
      return primary(expr.constant.name);
    case 'variable':
      return primary(expr.variable.name);
    case 'uniform':
      return primary(`scalars.${expr.name}`);
    case 'place':
      return primary(expr.place === 'lane' ? placeArgument(expr.place) : expr.place);
    case 'load':
      return primary(`${expr.binding.name}[${expressionText(expr.index)}]`);
    case 'element':
      return primary(`${expr.array.name}[${expressionText(expr.index)}]`);
    case 'builtin':
      return builtinText(expr);
    case 'call':
      return call(expr.fn.name, expr.args);
    case 'splat':
      return splatText(expr);
    case 'vector':
      return call(typeName(expr.scalar, 4), expr.args);
    case 'component': {
      const vector = operand(expr.arg, 'primary');
      return primary(
        typeof expr.lane === 'number' ? `${vector}.${'xyzw'[expr.lane]!}` : `${vector}[${expressionText(expr.lane)}]`,
      );
    }
    case 'broadcast':
      return primary(`subgroupBroadcast(${expressionText(expr.arg)}, ${expr.lane}u)`);
    case 'combine':
      return call({ sum: 'subgroupAdd', max: 'subgroupMax', min: 'subgroupMin' }[expr.op], [expr.arg]);
  }
}

function builtinText(expr: ExprOf<'builtin'>): Text {
  const { name, args, scalar, width } = expr;
  const type = typeName(scalar, width);
  switch (name) {
    case 'neg':
      return { text: `-${operand(args[0]!, 'primary')}`, binding: 'unary' };
    case 'not':
      return { text: `!${operand(args[0]!, 'primary')}`, binding: 'unary' };
    case 'select':
      // WGSL puts what is chosen on false first.
      return call('select', [args[2]!, args[1]!, args[0]!]);
    case 'bitsToF32':
    case 'bitsToU32':
    case 'bitsToI32':
      return call(`bitcast<${type}>`, args);
    case 'toF32':
    case 'toU32':
    case 'toI32':
      return call(type, args);
    default: {
      const sign = infix[name];
      return sign === undefined ? call(name, args) : infixText(expr, sign.sign, sign.binding);
    }
  }
}

function infixText({ name, args, width }: ExprOf<'builtin'>, sign: string, binding: Binding): Text {
  const [left, right] = args as readonly [Expr, Expr];
  // Vectors of bool are joined by & and |.
  const spelled = width === 4 && (name === 'and' || name === 'or') ? sign[0]! : sign;
  // a - (b - c), a / (b * c) and the like keep their parentheses; sums and products of the same sign need none on the left.
  const tighter = binding === 'sum' ? 'product' : 'unary';
  const unordered = binding === 'loose' || binding === 'relation' ? operandOf(name, width) : undefined;
  const leftText = operand(left, unordered ?? binding);
  const rightText = operand(right, unordered ?? tighter);
  return { text: `${leftText} ${spelled} ${rightText}`, binding };
}

/** Comparisons take sums as they are, && and || comparisons; bits and shifts nothing looser than a unary expression. */
function operandOf(name: Builtin, width: 1 | 4): Binding {
  if (['lt', 'le', 'gt', 'ge', 'eq', 'ne'].includes(name)) return 'sum';
  return width === 1 && (name === 'and' || name === 'or') ? 'relation' : 'unary';
}

function splatText({ arg, scalar }: ExprOf<'splat'>): Text {
  const zero = arg.kind === 'literal' && arg.value === 0 && !Object.is(arg.value, -0);
  return zero ? primary(`${typeName(scalar, 4)}()`) : call(typeName(scalar, 4), [arg]);
}

const order: readonly Binding[] = ['primary', 'unary', 'product', 'sum', 'relation', 'loose'];

function operand(expr: Expr, atMost: Binding): string {
  const { text, binding } = textOf(expr);
  return order.indexOf(binding) <= order.indexOf(atMost) ? text : `(${text})`;
}

function call(name: string, args: readonly Expr[]): Text {
  return primary(`${name}(${args.map(expressionText).join(', ')})`);
}

function primary(text: string): Text {
  return { text, binding: 'primary' };
}
