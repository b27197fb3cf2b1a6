/** `if a < b then c else d`: of numbers that are fixed while compiling, of the host, step by step, element by element. */
import type { ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import type { Frame } from './context.ts';
import { applyToTables, hostScalar } from './host.ts';
import { apply } from './tensors.ts';
import { describe, invalid, type Value } from './values.ts';

/** A fixed condition chooses while compiling; any other selects element by element. */
export function conditional(expr: ExprOf<'if'>, frame: Frame): Value {
  const { context } = frame;
  const condition = frame.elaborate(expr.condition);
  if (condition.kind === 'scalar' && condition.value !== undefined && condition.expression.kind === 'number') {
    return frame.elaborate(condition.value !== 0 ? expr.then : expr.otherwise);
  }
  const [then, otherwise] = [frame.elaborate(expr.then), frame.elaborate(expr.otherwise)];
  if ([condition, then, otherwise].some((value) => value.kind === 'invalid')) return invalid;
  if ([condition, then, otherwise].some((value) => value.kind === 'table')) {
    return applyToTables('select', [condition, then, otherwise], expr.span, frame);
  }
  if (condition.kind === 'scalar' && then.kind === 'scalar' && otherwise.kind === 'scalar') {
    return hostScalar('select', [condition, then, otherwise]);
  }
  const branches = [asCategory(then, otherwise, frame), asCategory(otherwise, then, frame)];
  const what = `'${printExpr(expr)}'`;
  if (condition.kind === 'scalar') {
    const holds = context.b.map('ne', context.hostScalar(condition.expression), 0);
    const chosen: Value = { kind: 'tensor', node: holds, support: { kind: 'binary' }, shape: [], plates: [] };
    return apply(frame, 'select', [chosen, ...branches], expr.span, what);
  }
  if (condition.kind !== 'tensor' || condition.node.dtype !== 'bool') {
    const params = { expected: "a comparison such as 'a < b'", found: describe(condition) };
    context.session.report('wrong-type', expr.condition.span, params);
    return invalid;
  }
  return apply(frame, 'select', [condition, ...branches], expr.span, what);
}

/** A fixed whole number beside a category is one of its categories, or a further one: `if dropped == 1 then 5 else label`. */
function asCategory(value: Value, beside: Value, { context: { b } }: Frame): Value {
  if (value.kind !== 'scalar' || value.expression.kind !== 'number') return value;
  if (beside.kind !== 'tensor' || beside.support.kind !== 'category') return value;
  const number = value.value!;
  if (!Number.isInteger(number) || number < 0) return value;
  const support = { kind: 'category', size: number + 1 } as const;
  return { kind: 'tensor', node: b.constant(number, 'u32'), support, shape: [], plates: [] };
}
