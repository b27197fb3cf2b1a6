/** Where the rows of a data set come from, as a spec writes it: a word and its arguments. */
import type { Expr } from '../1-syntax/ast.ts';
import type { DataContract, DataValue } from '../4-tensor/program.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Context, Frame } from '../2-check/context.ts';
import { markStatic } from '../2-check/static.ts';
import type { Value } from '../2-check/values.ts';
import { readSimulation } from './simulate.ts';

/** `idx(images: "…", splits: { train: "train" })` as plain data; undefined where something was wrong and reported. */
export function readSource(
  expr: Expr,
  set: string,
  names: readonly string[],
  frame: Frame,
): DataContract['source'] | undefined {
  const { session } = frame.context;
  // `run("folder").samples` stands for the call.
  const call = expr.kind === 'member' ? expr.object : expr;
  if (call.kind === 'call' && call.callee.kind === 'name' && call.callee.text === 'run') {
    session.report('not-supported', expr.span, { what: "the source 'run'", instead: '' });
    return undefined;
  }
  if (expr.kind !== 'call' || expr.callee.kind !== 'name') {
    session.report('wrong-type', expr.span, {
      expected: 'a source such as \'csv("file.csv")\'',
      found: 'something else',
    });
    return undefined;
  }
  const known = ['idx', 'npy', 'npz', 'csv', 'png', 'gaussian_mixture', 'shapes', 'simulate', 'run'];
  const kind = expr.callee.text;
  if (!known.includes(kind)) {
    session.report('unknown-name', expr.callee.span, { name: kind, hint: didYouMean(kind, known) });
    return undefined;
  }
  if (kind === 'simulate') {
    return readSimulation(
      expr,
      set,
      names.map((name) => ({ name })),
      frame,
    );
  }
  const args: Record<string, DataValue> = {};
  for (const [i, arg] of expr.args.entries()) {
    const value = plain(frame.elaborate(arg.value), frame.context);
    if (value === undefined) {
      session.report('wrong-type', arg.span, { expected: 'a fixed value for the source', found: 'something else' });
      return undefined;
    }
    args[arg.name?.text ?? String(i)] = value;
  }
  return { kind, args };
}

/** A fixed value as plain data; the hypers that it comes from are static. */
function plain(value: Value, context: Context): DataValue | undefined {
  switch (value.kind) {
    case 'scalar':
      markStatic(context, value.expression);
      return value.value;
    case 'string':
      return value.value;
    case 'list': {
      const items = value.items.map((item) => plain(item, context));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case 'record': {
      const entries = [...value.entries].map(([name, item]) => [name, plain(item, context)] as const);
      if (entries.some(([, item]) => item === undefined)) return undefined;
      return Object.fromEntries(entries) as { [name: string]: DataValue };
    }
    default:
      return undefined;
  }
}
