/**
 * E[z ~ q(z | x)](f(z)): f at draws of z, one a row or K. The estimate is unbiased whatever f is; a function of it that
 * is not linear would not be, so the value is marked as the estimate that it is.
 */
import type { Draw, ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import type { Frame } from '../2-check/context.ts';
import { checkDraw } from '../2-check/later.ts';
import { listed } from '../diagnostics/listed.ts';
import { staticCount } from '../2-check/static.ts';
import { toTensor } from '../2-check/tensors.ts';
import { describe, invalid, type Plate, type TensorValue, type Value } from '../2-check/values.ts';
import { arrange, isPlain } from './arrange.ts';
import { isTractable, readDensity } from './query.ts';
import { expectedDraw } from './expected.ts';
import { sharedDraw } from './sharing.ts';

export function elaborateExpectation(expr: ExprOf<'expectation'>, frame: Frame): Value {
  if (frame.program !== undefined) return frame.program.openDraws.around(() => drawAndElaborate(expr, frame));
  const what = 'an expectation outside a program';
  frame.context.session.report('not-supported', expr.span, { what, instead: '' });
  return invalid;
}

function drawAndElaborate(expr: ExprOf<'expectation'>, frame: Frame): Value {
  const { session } = frame.context;
  const inner = frame.child();
  const plates: Plate[] = [];
  for (const draw of expr.draws) {
    const plate = platesOf(draw, frame, inner);
    if (plate === 'wrong' || !bind(draw, plate, frame, inner)) return invalid;
    if (plate !== undefined) plates.push(plate);
  }
  for (const binding of expr.where) {
    const { name, index } = binding;
    if (index !== undefined && inner.lookup(index.text)?.kind !== 'plate') {
      session.report('unknown-name', index.span, { name: index.text, hint: '; it must be the index of a draw' });
      return invalid;
    }
    if (inner.values.has(name.text)) {
      session.report('assigned-twice', name.span, { name: name.text });
      return invalid;
    }
    inner.values.set(name.text, inner.elaborate(binding.value));
  }
  const body = inner.elaborate(expr.body);
  if (body.kind === 'invalid' || body.kind === 'scalar') return body;
  const value = toTensor(inner, body, expr.body.span);
  const open = plates.find((plate) => value?.plates.some((other) => other.id === plate.id));
  if (open === undefined) return value ? { ...value, estimate: 'expectation' } : invalid;
  session.report('unreduced-index', expr.body.span, { index: open.name });
  return invalid;
}

/** The plate of `for k in 1..K`; its index is bound in the inner frame. */
function platesOf(draw: Draw, frame: Frame, inner: Frame): Plate | undefined | 'wrong' {
  const { session } = frame.context;
  if (!checkDraw(session, draw)) return 'wrong';
  if (draw.each === undefined) return undefined;
  const range = frame.elaborate(draw.each.range);
  const [name] = draw.each.names;
  if (range.kind !== 'range' || name === undefined) {
    if (range.kind !== 'invalid') {
      session.report('wrong-type', draw.each.span, { expected: 'a range such as 1..K', found: describe(range) });
    }
    return 'wrong';
  }
  const first = staticCount(range.from, draw.each.range.span, 'the first draw', frame);
  const count = staticCount(range.to, draw.each.range.span, 'the number of draws', frame);
  if (first === undefined || count === undefined) return 'wrong';
  if (first !== 1) {
    session.report('wrong-type', draw.each.range.span, { expected: 'draws numbered from 1', found: `${first}..` });
    return 'wrong';
  }
  // `z[k] ~ … for k in 1..K, e[k] ~ … for k in 1..K` draws pairs.
  const known = inner.values.get(name.text);
  if (known?.kind === 'plate' && known.plate.extent === count) return known.plate;
  if (known !== undefined) {
    session.report('assigned-twice', name.span, { name: name.text });
    return 'wrong';
  }
  const found = frame.program!.openDraws.plate(count, () => frame.context.plate(name.text, count));
  const plate = { ...found, name: name.text };
  inner.values.set(name.text, { kind: 'plate', plate });
  return plate;
}

/** Binds the drawn names: jointly to all that a guide draws where the name is a role, else one variable a name. */
function bind(draw: Draw, plate: Plate | undefined, frame: Frame, inner: Frame): boolean {
  const { session } = frame.context;
  const { distribution } = draw;
  const isCall = distribution.kind === 'call' ? frame.elaborate(distribution.callee) : undefined;
  if (distribution.kind !== 'density' && isCall?.kind !== 'model') return bindNoise(draw, plate, frame, inner);
  const query = readDensity(distribution, frame);
  if (query === undefined) return false;
  if (!isPlain(draw, "and this draws from a model; draw noise of the objective's own", frame)) return false;
  const values = new Map(query.values);
  for (const variable of query.of) values.delete(variable);
  if (!isTractable({ ...query, values }, frame)) return false;
  const instance = sharedDraw({ ...query, values }, plate, frame);
  if (instance === undefined) return false;
  const names = draw.names.map(({ name }) => name.text);
  const [only] = names;
  if (names.length === 1 && only !== undefined && frame.roles?.get(only) === 'latent') {
    const variables = [...instance.factors].map(([name, factor]) => [name, factor.value!] as const);
    inner.values.set(only, { kind: 'assignment', variables: new Map<string, TensorValue>(variables) });
    return true;
  }
  if (names.length !== query.of.length || names.some((name) => !query.of.includes(name))) {
    const params = { names: listed(names), density: printExpr(distribution), drawn: listed(query.of) };
    session.report('draw-name-mismatch', draw.span, params);
    return false;
  }
  for (const { name } of draw.names) {
    if (!isNew(name, inner)) return false;
    inner.values.set(name.text, instance.factors.get(name.text)!.value!);
  }
  return true;
}

/** False (and reported) where this expectation draws the name already. */
function isNew(name: Draw['names'][number]['name'], inner: Frame): boolean {
  if (!inner.values.has(name.text)) return true;
  inner.context.session.report('assigned-twice', name.span, { name: name.text });
  return false;
}

/** `e ~ Normal(0, 1) like x`: noise of the objective's own. */
function bindNoise(draw: Draw, plate: Plate | undefined, frame: Frame, inner: Frame): boolean {
  const { session } = frame.context;
  const value = frame.elaborate(draw.distribution);
  if (value.kind === 'invalid') return false;
  if (value.kind !== 'distribution') {
    session.report('wrong-type', draw.distribution.span, {
      expected: "a density or a distribution behind '~'",
      found: describe(value),
    });
    return false;
  }
  const [name, another] = draw.names;
  if (name === undefined || another !== undefined) {
    const names = listed(draw.names.map((each) => each.name.text));
    const params = { names, density: printExpr(draw.distribution), drawn: 'one variable' };
    session.report('draw-name-mismatch', draw.span, params);
    return false;
  }
  const variable = name.name.text;
  if (!isNew(name.name, inner)) return false;
  // Expectations beside one another that draw `e` draw the same e; one within another does not.
  const around = frame.program!.openDraws.noise(variable);
  const path = ['E', variable, ...(around === 0 ? [] : [`within ${around}`])];
  const arranged = arrange(draw, value, path, plate, frame);
  const drawn = arranged && expectedDraw(variable, value, path, plate, frame, arranged);
  if (drawn === undefined) return false;
  inner.values.set(variable, drawn);
  return true;
}
