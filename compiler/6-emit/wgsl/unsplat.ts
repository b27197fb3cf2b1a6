/** Splats that WGSL's arithmetic between a vector and a scalar makes needless. */
import type { Expr, ExprOf } from '../../5-kernel/schedule/loops.ts';

/** Builtins whose operands may be a vector and a scalar. */
const mixing: ReadonlySet<string> = new Set(['add', 'sub', 'mul', 'div', 'rem']);

/** A scalar beside a vector needs no splat in arithmetic, as long as one operand stays a vector. */
export function unsplat(expr: ExprOf<'builtin'>): Expr {
  if (expr.width === 1 || !mixing.has(expr.name)) return expr;
  const vectors = expr.args.filter((arg) => arg.kind !== 'splat').length;
  if (vectors === 0) return expr;
  return { ...expr, args: expr.args.map((arg) => (arg.kind === 'splat' ? arg.arg : arg)) };
}
