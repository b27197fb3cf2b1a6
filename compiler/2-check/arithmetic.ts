/** + - * / ^ and comparisons: on numbers of the host as expressions of the host, else on tensors. */
import { applyToTables, hostScalar } from './host.ts';
import type { BinaryOperator, ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import type { HostOp } from '../4-tensor/host.ts';
import type { OpName } from '../ops/index.ts';
import type { Frame } from './context.ts';

import { apply, toTensor } from './tensors.ts';
import { invalid, type ScalarValue, type TermValue, type Value } from './values.ts';

const opOf: Readonly<Partial<Record<BinaryOperator, OpName>>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

export function binary(expr: ExprOf<'binary'>, left: Value, right: Value, frame: Frame): Value {
  const op = opOf[expr.operator]!;
  const { session } = frame.context;
  if (op === 'div' && right.kind === 'scalar' && right.value === 0 && right.expression.kind === 'number') {
    session.report('division-by-zero', expr.span, {});
    return invalid;
  }
  if (left.kind === 'table' || right.kind === 'table')
    return applyToTables(op as HostOp, [left, right], expr.span, frame);
  if (left.kind === 'scalar' && right.kind === 'scalar') return hostScalar(op as HostOp, [left, right]);
  if (op === 'pow') return power(left, right, frame, expr);
  const value = apply(frame, op, [left, right], expr.span, `'${printExpr(expr)}'`);
  if (value.kind !== 'tensor') return value;
  const unit = isOneMinusUnit(op, left, right) ? { support: { kind: 'unit' } as const } : {};
  const terms = termsOf(op, left, right, expr);
  return { ...value, ...unit, ...(terms && { terms }) };
}

/** 1 - p is in [0, 1] where p is. */
function isOneMinusUnit(op: OpName, left: Value, right: Value): boolean {
  if (op !== 'sub' || left.kind !== 'scalar' || left.value !== 1 || right.kind !== 'tensor') return false;
  return right.support.kind === 'unit' || right.support.kind === 'binary';
}

export function negate(expr: ExprOf<'negate'>, operand: Value, frame: Frame): Value {
  if (operand.kind === 'scalar') return hostScalar('neg', [operand]);
  if (operand.kind === 'table') return applyToTables('neg', [operand], expr.span, frame);
  const value = operand.kind === 'invalid' ? invalid : apply(frame, 'neg', [operand], expr.span, printExpr(expr));
  const terms = operand.kind === 'tensor' ? operand.terms : undefined;
  return value.kind === 'tensor' && terms ? { ...value, terms } : value;
}

/** A fixed whole power is products (right for negative bases); ½ is a root; any other wants a positive base. */
function power(left: Value, right: Value, frame: Frame, expr: ExprOf<'binary'>): Value {
  const { session } = frame.context;
  const exponent = right.kind === 'scalar' && right.expression.kind === 'number' ? right.value : undefined;
  const what = `'${printExpr(expr)}'`;
  if (exponent !== undefined && Number.isInteger(exponent) && Math.abs(exponent) <= 16) {
    if (exponent === 0) return { kind: 'scalar', value: 1, expression: { kind: 'number', value: 1 } };
    let result = Math.abs(exponent) === 1 ? left : apply(frame, 'square', [left], expr.span, what);
    for (let i = 2; i < Math.abs(exponent); i++) result = apply(frame, 'mul', [result, left], expr.span, what);
    const one: ScalarValue = { kind: 'scalar', value: 1, expression: { kind: 'number', value: 1 } };
    return exponent > 0 ? result : apply(frame, 'div', [one, result], expr.span, what);
  }
  if (exponent === 0.5) return apply(frame, 'sqrt', [left], expr.span, what);
  const base = toTensor(frame, left, expr.left.span);
  if (base === undefined) return invalid;
  if (base.support.kind !== 'positive') {
    session.report('parameter-support', expr.left.span, {
      name: 'the base',
      of: "'^' with this exponent",
      found: base.support.kind,
      expected: 'positive',
      hint: '; a fixed whole exponent takes any base',
    });
    return invalid;
  }
  return apply(frame, 'pow', [base, right], expr.span, what);
}

/** Sums keep their parts, products with a number keep the part as it is: `- beta * KL(...)` reports the KL. */
function termsOf(op: OpName, left: Value, right: Value, expr: ExprOf<'binary'>): readonly TermValue[] | undefined {
  const whole = (value: Value, part: ExprOf<'binary'>['left']): readonly TermValue[] => {
    // A comparison counts and is no part of its own.
    if (value.kind !== 'tensor' || value.node.dtype === 'bool') return [];
    return value.terms ?? [{ text: printExpr(part), value }];
  };
  if (op === 'add' || op === 'sub') return [...whole(left, expr.left), ...whole(right, expr.right)];
  if (op === 'mul' && left.kind === 'scalar' && right.kind === 'tensor') return right.terms;
  if ((op === 'mul' || op === 'div') && right.kind === 'scalar' && left.kind === 'tensor') return left.terms;
  return undefined;
}
