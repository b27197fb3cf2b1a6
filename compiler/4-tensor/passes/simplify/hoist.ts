/** An elementwise op of repeated arguments is computed once and repeated. */
import { range } from '../../builder.ts';
import { repeatedAxes, restrict } from './match.ts';
import { mapRule, type Rule } from './rule.ts';

/** Along the axes where every argument repeats, so does the result; at least one such axis has an extent above 1. */
export const hoist: Rule = mapRule('op(broadcast(x), broadcast(y)) = broadcast(op(x, y))', (b, args, node) => {
  let repeated = range(0, node.shape.length);
  for (const arg of args) {
    if (arg.kind !== 'broadcast') return undefined;
    const own = repeatedAxes(arg);
    repeated = repeated.filter((axis) => own.includes(axis));
    if (repeated.length === 0) return undefined;
  }
  const varying = range(0, node.shape.length).filter((axis) => !repeated.includes(axis));
  const smaller = b.map(node.op, ...args.map((arg) => restrict(b, arg, varying)));
  return b.broadcast(smaller, node.shape, varying);
});
