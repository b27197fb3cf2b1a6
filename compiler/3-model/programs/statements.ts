/** The statements of a sample program: draws, names, loops, and what it returns. */
import type { Expr, Statement } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import { listed } from '../../diagnostics/listed.ts';
import type { Frame } from '../../2-check/context.ts';
import { checkStatement } from '../../2-check/later.ts';
import { assign } from '../../2-check/nets.ts';
import { rangeOf } from '../../2-check/ranges.ts';
import { applying } from '../../2-check/recursion.ts';
import { toTensor } from '../../2-check/tensors.ts';
import { describe, invalid, type Plate, type TensorValue, type Value } from '../../2-check/values.ts';
import type { Span } from '../../diagnostics/span.ts';
import { drawFrom } from '../draw.ts';
import { instantiate } from '../instance.ts';
import { isTractable, readDensity } from '../query.ts';
import { calledBody, type Sampler, samplerIn } from './sampler.ts';

type StatementOf<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

/** Runs the statements in order; undefined where one reported an error. */
export function runSample(
  body: readonly Statement[],
  name: { readonly text: string; readonly span: Span },
  frame: Frame,
): TensorValue | undefined {
  const { session } = frame.context;
  const carried = new Set<string>();
  for (const statement of body) {
    switch (statement.kind) {
      case 'sample':
      case 'let':
        if (!bind(statement, carried, frame)) return undefined;
        break;
      case 'for':
        if (!loop(statement, carried, frame)) return undefined;
        break;
      case 'return': {
        const [only] = statement.values;
        if (only === undefined) return undefined;
        const value = frame.elaborate(only.value);
        if (value.kind === 'invalid') return undefined;
        if (value.kind === 'tensor' || value.kind === 'list') {
          const tensor = toTensor(frame, value, only.span);
          return tensor && named(tensor, variableIn(only.value));
        }
        session.report('no-result', only.span, { found: describe(value) });
        return undefined;
      }
      case 'keep':
        session.report('not-supported', statement.span, { what: "'keep' outside of a loop", instead: '' });
        return undefined;
      case 'param':
        session.report('not-supported', statement.span, { what: "'param' in a sample", instead: '' });
        return undefined;
    }
  }
  session.report('missing-return', name.span, { name: name.text });
  return undefined;
}

function named({ text: _, ...tensor }: TensorValue, variable: string | undefined): TensorValue {
  return variable === undefined ? tensor : { ...tensor, text: variable };
}

/** `x`, `mean p(x | z)`, or one of these for each i: the variable that is returned. */
function variableIn(returned: Expr): string | undefined {
  if (returned.kind === 'name') return returned.text;
  if (returned.kind === 'list' && returned.items.length === 1) return variableIn(returned.items[0]!);
  if (returned.kind === 'comprehension') return variableIn(returned.body);
  if (returned.kind !== 'mean' || returned.density.kind !== 'density') return undefined;
  const [only, another] = returned.density.of;
  return another === undefined && only?.value.kind === 'name' ? only.value.text : undefined;
}

/** A draw or a name before a loop; `carry` makes it one that loops give anew. */
function bind(statement: StatementOf<'sample' | 'let'>, carried: Set<string>, frame: Frame): boolean {
  const { session } = frame.context;
  const targets = statement.kind === 'sample' ? [statement.target] : statement.targets;
  if (!checkStatement(session, statement, 'sample')) return false;
  if (statement.kind === 'let') assign(statement, frame);
  else {
    if (frame.values.has(statement.target.text)) {
      session.report('assigned-twice', statement.target.span, { name: statement.target.text });
      return false;
    }
    frame.values.set(statement.target.text, draw(statement.target.text, statement.distribution, frame));
  }
  if (statement.modifier === 'carry') for (const target of targets) carried.add(target.text);
  return true;
}

/** `for t in T..1 { … }`: the carried names are given anew, everything else is the iteration's own. */
function loop(statement: StatementOf<'for'>, carried: ReadonlySet<string>, frame: Frame): boolean {
  const { session } = frame.context;
  const range = rangeOf(statement.each, frame);
  if (range === undefined) return false;
  const before = new Map<string, TensorValue>();
  for (const name of carried) {
    const value = frame.values.get(name)!;
    const tensor = value.kind === 'invalid' ? undefined : toTensor(frame, value, statement.each.span);
    if (tensor === undefined) return false;
    before.set(name, tensor);
  }
  if (before.size === 0) {
    session.report('loop-carries-nothing', statement.each.span, {});
    return false;
  }
  const keep = keptBy(statement.body, range.points, carried, frame);
  if (keep === 'wrong') return false;
  const after = frame.program!.loops!.run(frame, {
    span: statement.each.span,
    carried: before,
    iterations: range.iterations,
    ...(keep && { keep }),
    body: (values) => iterate(statement, carried, values, range.names, frame),
  });
  if (after === undefined) return false;
  for (const [name, value] of after) frame.values.set(name, value);
  return true;
}

/** One iteration: a carried name that is drawn or assigned is the new one from there on. */
function iterate(
  { body, span }: StatementOf<'for'>,
  carried: ReadonlySet<string>,
  values: ReadonlyMap<string, TensorValue>,
  names: ReadonlyMap<string, Value>,
  frame: Frame,
): ReadonlyMap<string, TensorValue> | undefined {
  const { session } = frame.context;
  const inner = frame.child();
  for (const [name, value] of [...names, ...values]) inner.values.set(name, value);
  const given = new Set<string>();
  for (const statement of body) {
    if (statement.kind === 'keep') continue;
    if (statement.kind !== 'sample' && statement.kind !== 'let') {
      session.report('not-supported', statement.span, { what: `'${statement.kind}' within a loop`, instead: '' });
      return undefined;
    }
    const [target, another] = statement.kind === 'sample' ? [statement.target] : statement.targets;
    const name = target!.text;
    if (another !== undefined || !carried.has(name)) {
      if (!bind(statement, new Set(), inner)) return undefined;
      continue;
    }
    if (given.has(name)) {
      session.report('assigned-twice', target!.span, { name });
      return undefined;
    }
    given.add(name);
    const value =
      statement.kind === 'sample' ? draw(name, statement.distribution, inner) : inner.elaborate(statement.value);
    inner.values.set(name, value);
  }
  const result = new Map<string, TensorValue>();
  for (const name of carried) {
    const value = inner.values.get(name)!;
    const tensor = value.kind === 'invalid' ? undefined : toTensor(inner, value, span);
    if (tensor === undefined) return undefined;
    result.set(name, tensor);
  }
  return result;
}

/** `keep x at [T, 250, 0]`: the carried value as it stands at those points of the loop's own range. */
function keptBy(
  body: readonly Statement[],
  points: readonly number[],
  carried: ReadonlySet<string>,
  frame: Frame,
):
  | { readonly name: string; readonly after: readonly number[]; readonly labels: readonly string[] }
  | undefined
  | 'wrong' {
  const { session } = frame.context;
  const [keep, another] = body.filter((statement) => statement.kind === 'keep');
  if (keep === undefined) return undefined;
  if (another !== undefined) {
    session.report('not-supported', another.span, { what: "a second 'keep'", instead: '' });
    return 'wrong';
  }
  const name = keep.target.text;
  if (!carried.has(name)) {
    session.report('unknown-name', keep.target.span, { name, hint: "; 'keep' takes a carried name" });
    return 'wrong';
  }
  const at = frame.elaborate(keep.at);
  const numbers = at.kind === 'list' ? at.items.map((item) => (item.kind === 'scalar' ? item.value : undefined)) : [];
  const after: number[] = [];
  for (const number of numbers) {
    const i = number === undefined ? -1 : points.indexOf(number);
    if (i < 0) {
      const expected = `points of the loop, ${points[0]} to ${points.at(-1)}`;
      session.report('wrong-type', keep.at.span, {
        expected,
        found: number === undefined ? 'something else' : `${number}`,
      });
      return 'wrong';
    }
    after.push(i);
  }
  if (after.length === 0) {
    if (at.kind !== 'invalid') {
      session.report('wrong-type', keep.at.span, { expected: 'a list of points', found: describe(at) });
    }
    return 'wrong';
  }
  const order = after.map((_, i) => i).sort((i, j) => after[i]! - after[j]!);
  return { name, after: order.map((i) => after[i]!), labels: order.map((i) => String(numbers[i]!)) };
}

/** `z ~ ddim(eps, noise)`: a sampler's statements, run where it is called. */
function drawBy(sampler: Sampler, call: Extract<Expr, { kind: 'call' }>, target: string, frame: Frame): Value {
  const { context } = frame;
  const { session } = context;
  const { declaration, scope } = sampler;
  const drawn = applying(context, declaration.body, scope, (): Value => {
    const body = calledBody(sampler, call, target, frame);
    if (body === undefined) return invalid;
    const result = session.within([{ span: call.span, body: declaration.span }, ...body.calls], () =>
      runSample(body.statements, declaration.name, body.frame),
    );
    return result === undefined ? invalid : { ...result, text: target };
  });
  if (drawn !== undefined) return drawn;
  session.report('recursive-call', call.span, { name: declaration.name.text });
  return invalid;
}

/** `z ~ p(z)`, `x ~ p(x | z)`, `e ~ Normal(0, 1)[2]`. */
function draw(target: string, distribution: Expr, frame: Frame): Value {
  const { session } = frame.context;
  const samples: readonly Plate[] = [frame.program!.rows];
  const sampler = samplerIn(distribution, frame);
  if (sampler !== undefined && distribution.kind === 'call') return drawBy(sampler, distribution, target, frame);
  const isModel = distribution.kind === 'call' && frame.elaborate(distribution.callee).kind === 'model';
  if (distribution.kind !== 'density' && !isModel) {
    const value = frame.elaborate(distribution);
    if (value.kind === 'distribution') return drawFrom(frame, value, [frame.program!.name, target], samples);
    if (value.kind !== 'invalid') {
      session.report('wrong-type', distribution.span, {
        expected: "a distribution behind '~'",
        found: describe(value),
      });
    }
    return invalid;
  }
  const query = readDensity(distribution, frame);
  if (query === undefined) return invalid;
  const [variable, another] = query.of;
  if (variable === undefined || another !== undefined) {
    session.report('draw-name-mismatch', distribution.span, {
      names: `'${target}'`,
      density: printExpr(distribution),
      drawn: listed(query.of),
    });
    return invalid;
  }
  const values = new Map(query.values);
  values.delete(variable);
  if (!isTractable({ ...query, values }, frame)) return invalid;
  const path = [frame.program!.name, query.model.declaration.name.text, variable];
  const instance = instantiate(
    query.model,
    query.of,
    values,
    (_, found) => drawFrom(frame, found, path, samples),
    frame,
  );
  return instance?.factors.get(variable)?.value ?? invalid;
}
