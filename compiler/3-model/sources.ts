/** Where the rows of a data set come from, as a spec writes it: a word and its arguments. */
import type { Expr, ExprOf } from '../1-syntax/ast.ts';
import type { DataContract, DataValue } from '../4-tensor/program.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Context, Frame } from '../2-check/context.ts';
import { relativeTo, resolve } from '../2-check/paths.ts';
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
  if (expr.kind === 'member' && expr.member.text === 'samples') return readSamples(expr.object, names, frame);
  if (expr.kind !== 'call' || expr.callee.kind !== 'name') {
    session.report('wrong-type', expr.span, {
      expected: 'a source such as \'csv("file.csv")\'',
      found: 'something else',
    });
    return undefined;
  }
  const known = ['idx', 'npy', 'npz', 'csv', 'png', 'gaussian_mixture', 'shapes', 'simulate'];
  const kind = expr.callee.text;
  if (!known.includes(kind)) {
    const hint = kind === 'run' ? "; a run gives its draws, 'run(…).samples'" : didYouMean(kind, known);
    session.report('unknown-name', expr.callee.span, { name: kind, hint });
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
  const args = argumentsOf(expr, frame);
  return args && { kind, args };
}

/**
 * `run("runs/vae", x: "prior").samples`: the arrays that `vaec sample` has written into the run's folder. A field is
 * what the sample of its own name has drawn, or that of the name that is given. The source holds the folder, and the
 * name of a sample for every field.
 */
function readSamples(expr: Expr, names: readonly string[], frame: Frame): DataContract['source'] | undefined {
  const { session } = frame.context;
  const args =
    expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.text === 'run' && argumentsOf(expr, frame);
  if (args === undefined) return undefined;
  const folder = args === false ? undefined : args['0'];
  const wanted = args === false ? [] : names.map((name) => args[name] ?? name);
  const extra = args === false ? [] : Object.keys(args).filter((name) => name !== '0' && !names.includes(name));
  if (typeof folder !== 'string' || wanted.some((sample) => typeof sample !== 'string') || extra.length > 0) {
    const expected = `'run("folder").samples', with the name of a sample for a field that is called otherwise, 'x: "prior"'`;
    session.report('wrong-type', expr.span, { expected, found: 'something else' });
    return undefined;
  }
  const samples = names.map((name, i) => [name, wanted[i]!] as const);
  return { kind: 'run', args: { 0: besideSpec(folder, frame), ...Object.fromEntries(samples) } };
}

/**
 * A run's folder, written against the file it stands in, from the folder of the spec: the plan depends on where the two
 * lie to each other alone. In the spec of a run that is used, whose first place is not known, it is left as written.
 */
function besideSpec(folder: string, { scope, context }: Frame): string {
  if (folder.startsWith('/') || scope.run !== undefined) return folder;
  return relativeTo(context.spec.root.path, resolve(scope.path, folder));
}

/** The arguments of a source by name, or by place; undefined (and reported) where one is not fixed. */
function argumentsOf(expr: ExprOf<'call'>, frame: Frame): Record<string, DataValue> | undefined {
  const args: Record<string, DataValue> = {};
  for (const [i, arg] of expr.args.entries()) {
    const value = plain(frame.elaborate(arg.value), frame.context);
    if (value === undefined) {
      const params = { expected: 'a fixed value for the source', found: 'something else' };
      frame.context.session.report('wrong-type', arg.span, params);
      return undefined;
    }
    args[arg.name?.text ?? String(i)] = value;
  }
  return args;
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
