/** Numbers that must be known while compiling: extents, counts, ranges. */
import type { HostExpr } from '../4-tensor/program.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Context, Frame, Hyper } from './context.ts';
import { describe, type Value } from './values.ts';

/** The number, marking the hypers it came from as static; undefined (and reported) where it is not fixed. */
export function staticNumber(value: Value, span: Span, what: string, frame: Frame): number | undefined {
  if (value.kind === 'invalid') return undefined;
  if (value.kind !== 'scalar') {
    const params = { expected: `a number for ${what}`, found: describe(value) };
    frame.context.session.report('wrong-type', span, params);
    return undefined;
  }
  if (value.value === undefined) {
    frame.context.session.report('not-static', span, { what });
    return undefined;
  }
  markStatic(frame.context, value.expression);
  return value.value;
}

/** A whole number of at least `least` (1 where not said). */
export function staticCount(value: Value, span: Span, what: string, frame: Frame, least = 1): number | undefined {
  const found = staticNumber(value, span, what, frame);
  if (found === undefined) return undefined;
  if (Number.isInteger(found) && found >= least && found < 2 ** 31) return found;
  const { session } = frame.context;
  const given = overrideOf(value, frame.context);
  if (given === undefined) session.report('not-positive-integer', span, { what, least, found: String(found) });
  else {
    const { hyper, text } = given;
    const needed = `a whole number of at least ${least}`;
    session.report('invalid-hyper-value', hyper.span, { name: hyper.name, value: text, needed });
  }
  return undefined;
}

/** The hyper that a value stands for, where `--set` gave it: then what is wrong is on the command line. */
function overrideOf(value: Value, context: Context): { hyper: Hyper; text: string } | undefined {
  if (value.kind !== 'scalar' || value.expression.kind !== 'hyper') return undefined;
  const { name } = value.expression;
  const hyper = context.hypers.get(name);
  const text = context.overrides.get(name);
  return hyper === undefined || text === undefined ? undefined : { hyper, text };
}

/** A change of the hypers that the number came from needs another compilation. */
export function markStatic(context: Context, expression: HostExpr): void {
  switch (expression.kind) {
    case 'hyper': {
      const hyper = context.hypers.get(expression.name);
      if (hyper !== undefined) hyper.static = true;
      return;
    }
    case 'apply':
      for (const arg of expression.args) markStatic(context, arg);
      return;
    default:
  }
}
