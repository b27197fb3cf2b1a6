/** Ops as loop expressions: what an op of the catalogue lowers to, with its arguments put in. */
import { ops, type OpName } from '../../ops/index.ts';
import type { Scalar } from '../../ops/scalar.ts';
import type { Emitter } from './emitter.ts';
import type { Expr } from './loops.ts';

/** The op applied: shared parts of its lowering, and arguments it uses twice, are held by lets. */
export function applyOp(emitter: Emitter, op: OpName, args: readonly Expr[]): Expr {
  const { make } = emitter;
  const parameters = args.map((arg, i): Scalar => ({ kind: 'local', type: arg.scalar, name: `${i}` }));
  const lower: (...args: Scalar[]) => Scalar = ops[op].lower;
  const root = lower(...parameters);
  const uses = usesOf(root);
  const known = new Map<Scalar, Expr>();

  const expand = (scalar: Scalar): Expr => {
    const before = known.get(scalar);
    if (before !== undefined) return before;
    const once = build(scalar);
    const expr =
      (uses.get(scalar) ?? 0) > 1 ? emitter.let(scalar.kind === 'local' ? 'value' : `${op}_value`, once) : once;
    known.set(scalar, expr);
    return expr;
  };
  const build = (scalar: Scalar): Expr => {
    switch (scalar.kind) {
      case 'literal':
        return make.literal(scalar.value, scalar.type);
      case 'local':
        return args[Number(scalar.name)]!;
      case 'builtin':
        return make.builtin(scalar.name, scalar.type, ...scalar.args.map(expand));
      case 'call':
        return make.call(scalar.fn, scalar.type, ...scalar.args.map(expand));
    }
  };
  return expand(root);
}

function usesOf(root: Scalar): Map<Scalar, number> {
  const uses = new Map<Scalar, number>();
  const visit = (scalar: Scalar): void => {
    const count = uses.get(scalar) ?? 0;
    uses.set(scalar, count + 1);
    if (count === 0 && (scalar.kind === 'builtin' || scalar.kind === 'call')) scalar.args.forEach(visit);
  };
  visit(root);
  return uses;
}
