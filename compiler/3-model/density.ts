/** Densities: which variables a written density speaks of, whether it is tractable, and its logarithm. */
import type { Expr, ExprOf } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Span } from '../diagnostics/span.ts';
import { sameShape } from '../4-tensor/builder.ts';
import type { Frame } from '../2-check/context.ts';
import { liesWithin } from '../2-check/supports.ts';
import { joinPlates, spread, tensorOf } from '../2-check/tensors.ts';
import {
  describe,
  describeShape,
  describeSupport,
  invalid,
  type DistributionValue,
  type ModelValue,
  type TensorValue,
  type Value,
  type Factor,
  type ModelInstance,
} from '../2-check/values.ts';
import { decide } from '../2-check/derivation.ts';
import { parametersOver } from './draw.ts';
import { instantiate } from './instance.ts';
import { variableOf } from '../2-check/roles.ts';
import { ancestors, structureOf } from '../2-check/structure.ts';

/** A density as written, its names resolved: variables left of the bar, values of all that is known. */
export interface DensityQuery {
  readonly model: ModelValue;
  readonly of: readonly string[];
  /** Values by variable or parameter of the model, from both sides of the bar; an `of` without a value is to be drawn. */
  readonly values: ReadonlyMap<string, TensorValue>;
  readonly text: string;
  readonly span: Span;
}

/** A bare density stands for no number. */
export function elaborateDensity(expr: ExprOf<'density'>, frame: Frame): Value {
  frame.context.session.report('bare-density', expr.span, { text: printExpr(expr) });
  return invalid;
}

/** `log p(x, z)`, `log stop(q)(z | x)`, or any distribution's density at a value: `log Normal(m, s)(y)`. */
export function elaborateLogDensity(expr: ExprOf<'log-density'>, frame: Frame): Value {
  const { density } = expr;
  if (density.kind === 'call') {
    const callee = frame.elaborate(density.callee);
    if (callee.kind === 'invalid') return invalid;
    if (callee.kind === 'distribution') return logOfDistribution(callee, density, frame);
  }
  const query = readDensity(density, frame);
  if (query === undefined || !isTractable(query, frame)) return invalid;
  const instance = instanceOf(query, frame);
  if (instance === undefined) return invalid;
  const text = printExpr(expr);
  const parts: TensorValue[] = [];
  for (const name of query.of) {
    const factor = instance.factors.get(name);
    const part = factor && logOfFactor(factor, frame, expr.span);
    if (part === undefined) return invalid;
    parts.push(part);
  }
  if (frame.program) decide(frame.program.decisions, { kind: 'density', text, variables: query.of });
  const total = sumOf(parts, frame);
  frame.context.b.label(total.node, labelOf(query));
  return { ...total, terms: [{ text, value: total }] };
}

/** `log_p_x_z`, in the words of the spec: what an objective of a library calls its roles reaches no kernel. */
function labelOf({ model, of, values }: DensityQuery): string {
  const given = [...values.keys()].filter((name) => !of.includes(name));
  const variables = [...of, ...given];
  return ['log', model.declaration.name.text, ...(variables.length > 4 ? [] : variables)].join('_');
}

function logOfDistribution(distribution: DistributionValue, expr: ExprOf<'call'>, frame: Frame): Value {
  const [only] = expr.args;
  const value = only && tensorOf(frame, only.value);
  if (only === undefined || value === undefined) return invalid;
  return (
    logOfFactor({ variable: printExpr(only.value), distribution, value, span: only.span }, frame, expr.span) ?? invalid
  );
}

/** Reads `p(x | z)` in any of its forms; undefined where something was wrong and reported. */
export function readDensity(expr: Expr, frame: Frame): DensityQuery | undefined {
  const { session } = frame.context;
  const written = partsOf(expr);
  const model = written && frame.elaborate(written.model);
  if (written === undefined || model === undefined || model.kind !== 'model') {
    if (model?.kind !== 'invalid') {
      const found = model === undefined ? `'${printExpr(expr)}'` : describe(model);
      session.report('wrong-type', expr.span, { expected: 'a density of a model or guide', found });
    }
    return undefined;
  }
  const values = new Map<string, TensorValue>();
  const of: string[] = [];
  for (const [side, args] of [
    ['of', written.of],
    ['given', written.given],
  ] as const) {
    for (const arg of args) {
      const found = resolve(arg, model, frame, side);
      if (found === undefined) return undefined;
      for (const [name, value] of found) {
        if (side === 'of') of.push(name);
        if (value !== undefined) values.set(name, value);
      }
    }
  }
  if (of.length === 0) {
    session.report('nothing-drawn', expr.span, { text: printExpr(expr), model: describe(model) });
    return undefined;
  }
  return { model, of, values, text: printExpr(expr), span: expr.span };
}

interface WrittenArgument {
  readonly variable: string;
  readonly value: Expr;
  readonly bare: boolean;
  readonly span: Span;
}

function partsOf(expr: Expr): { model: Expr; of: WrittenArgument[]; given: WrittenArgument[] } | undefined {
  if (expr.kind === 'density') {
    const read = (args: typeof expr.of): WrittenArgument[] =>
      args.map((arg) => ({ variable: arg.variable.text, value: arg.value, bare: arg.bare, span: arg.span }));
    return { model: expr.model, of: read(expr.of), given: read(expr.given) };
  }
  if (expr.kind !== 'call') return undefined;
  const of: WrittenArgument[] = [];
  for (const arg of expr.args) {
    const variable = arg.name?.text ?? variableOf(arg.value);
    if (variable === undefined) return undefined;
    of.push({ variable, value: arg.value, bare: arg.name === undefined, span: arg.span });
  }
  return { model: expr.callee, of, given: [] };
}

/** The variables of the model that one argument speaks of, with their values where they have some. */
function resolve(
  arg: WrittenArgument,
  model: ModelValue,
  frame: Frame,
  side: 'of' | 'given',
): Map<string, TensorValue | undefined> | undefined {
  const { session } = frame.context;
  const role = arg.bare ? frame.roles?.get(arg.variable) : undefined;
  const structure = structureOf(model.declaration);
  const parameters = model.declaration.parameters.map((parameter) => parameter.name.text);
  const of = describe(model);
  if (role !== undefined) {
    const names = roleNames(role, model, frame);
    const bound = frame.lookup(arg.variable);
    const held = bound === undefined ? undefined : frame.elaborate(arg.value);
    if (held?.kind === 'invalid') return undefined;
    const found = new Map<string, TensorValue | undefined>();
    for (const name of names) {
      const value = held?.kind === 'assignment' ? held.variables.get(name) : frame.program?.fields.get(name);
      if (value === undefined && role === 'observed') {
        const data = frame.program === undefined ? 'the data' : `'${frame.program.set}'`;
        session.report('unobserved-variable', arg.span, { name, model: of, data });
        return undefined;
      }
      found.set(name, value);
    }
    return found;
  }
  const known = side === 'given' ? [...structure.variables, ...parameters] : structure.variables;
  if (!known.includes(arg.variable)) {
    const hint = didYouMean(arg.variable, known);
    session.report('unknown-variable', arg.span, { name: arg.variable, model: of, hint });
    return undefined;
  }
  const unbound = arg.bare && frame.lookup(arg.variable) === undefined && !frame.program?.fields.has(arg.variable);
  if (unbound && side === 'of') return new Map([[arg.variable, undefined]]);
  const value = tensorOf(frame, arg.value);
  return value && new Map([[arg.variable, value]]);
}

/** The variables of `model` that play a role: latent is what the objective's guides draw. */
function roleNames(role: 'latent' | 'observed', model: ModelValue, frame: Frame): string[] {
  const { variables } = structureOf(model.declaration);
  if (model.declaration.kind === 'guide') {
    return role === 'latent' ? [...variables] : model.declaration.parameters.map((parameter) => parameter.name.text);
  }
  const latent = latentsInSight(frame);
  return variables.filter((name) => latent.has(name) === (role === 'latent'));
}

function latentsInSight(frame: Frame): Set<string> {
  const found = new Set<string>();
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    for (const value of at.values.values()) {
      if (value.kind !== 'model' || value.declaration.kind !== 'guide') continue;
      for (const name of structureOf(value.declaration).variables) found.add(name);
    }
  }
  return found;
}

/**
 * p(A | B) is a product of the model's own factors iff every parent of A is in A or B, and nothing in B descends from A.
 */
export function isTractable(query: DensityQuery, frame: Frame): boolean {
  const { session } = frame.context;
  const structure = structureOf(query.model.declaration);
  const parameters = new Set(query.model.declaration.parameters.map((parameter) => parameter.name.text));
  const of = new Set(query.of);
  const { text } = query;
  for (const observed of query.values.keys()) {
    if (of.has(observed)) continue;
    const latent = [...ancestors(structure, observed)].find((name) => of.has(name));
    if (latent === undefined) continue;
    session.report('intractable-posterior', query.span, { text, latent, observed });
    return false;
  }
  for (const name of query.of) {
    for (const parent of structure.parents.get(name) ?? []) {
      if (of.has(parent) || query.values.has(parent)) continue;
      if (parameters.has(parent)) {
        session.report('missing-observation', query.span, { model: describe(query.model), name: parent });
      } else session.report('intractable-marginal', query.span, { text, latent: parent });
      return false;
    }
  }
  return true;
}

/** The factors of a query's left side, at its values. */
export function instanceOf(query: DensityQuery, frame: Frame): ModelInstance | undefined {
  return instantiate(query.model, query.of, query.values, (variable) => query.values.get(variable), frame);
}

/** log p(value), summed over the variable's own shape: nats, one number a row (and a draw). */
export function logOfFactor(factor: Factor, frame: Frame, span: Span): TensorValue | undefined {
  const { b } = frame.context;
  const { distribution, value } = factor;
  if (value === undefined) {
    const params = { expected: `a value for '${factor.variable}'`, found: 'none' };
    frame.context.session.report('wrong-type', span, params);
    return undefined;
  }
  if (!checkValue(factor, value, frame)) return undefined;
  const plates = joinPlates([distribution.plates, value.plates]);
  const parameters = parametersOver(frame, distribution, plates);
  const node = spread(frame, value, plates, distribution.shape);
  const family = distribution.distribution;
  const at = family.dtype === 'f32' && node.dtype === 'u32' ? b.map('toF32', node) : node;
  const total = b.sumFrom(family.logProb(b, parameters, at), plates.length);
  return { kind: 'tensor', node: total, support: { kind: 'real' }, shape: [], plates };
}

/** Shape and support of a value against the distribution that should have drawn it. */
function checkValue(factor: Factor, value: TensorValue, frame: Frame): boolean {
  const { session } = frame.context;
  const { distribution, variable, span } = factor;
  if (!sameShape(distribution.shape, value.shape)) {
    const params = {
      left: describeShape(distribution.shape),
      right: describeShape(value.shape),
      of: `the distribution of '${variable}' and its value`,
    };
    session.report('shape-mismatch', span, params);
    return false;
  }
  const family = distribution.distribution;
  const support = family.support(distribution.parameters);
  if (liesWithin(value.support, support) || support.kind === 'interval') return true;
  if (family.name === 'Bernoulli' && value.support.kind === 'unit') {
    session.report('grey-bernoulli', span, {});
    return true;
  }
  session.report('outside-support', span, {
    value: `'${variable}'`,
    found: describeSupport(value.support),
    of: `a ${family.name}`,
    expected: describeSupport(support),
    hint: family.name === 'Bernoulli' ? '; binarize the field, or choose another family' : '; choose another family',
  });
  return false;
}

export function sumOf(parts: readonly TensorValue[], frame: Frame): TensorValue {
  const { b } = frame.context;
  return parts.reduce((sum, part) => {
    const plates = joinPlates([sum.plates, part.plates]);
    const node = b.add(spread(frame, sum, plates, []), spread(frame, part, plates, []));
    return { kind: 'tensor', node, support: { kind: 'real' }, shape: [], plates };
  });
}

/** `mean p(x | z)`: the mean of the one variable left of the bar, at the values given. */
export function elaborateMean(expr: ExprOf<'mean'>, frame: Frame): Value {
  const query = readDensity(expr.density, frame);
  if (query === undefined) return invalid;
  const { session, b } = frame.context;
  const [name, another] = query.of;
  if (name === undefined || another !== undefined) {
    const found = `${query.of.length} variables`;
    session.report('wrong-type', expr.span, { expected: 'one variable left of the bar', found });
    return invalid;
  }
  const values = new Map(query.values);
  values.delete(name);
  if (!isTractable({ ...query, values }, frame)) return invalid;
  const instance = instantiate(query.model, query.of, values, () => undefined, frame);
  const distribution = instance?.factors.get(name)?.distribution;
  if (distribution === undefined) return invalid;
  const family = distribution.distribution;
  if (family.mean === undefined) {
    session.report('not-supported', expr.span, {
      what: `the mean of a ${family.name}`,
      instead: '; draw from it instead',
    });
    return invalid;
  }
  const node = family.mean(b, distribution.parameters);
  const lead = distribution.plates.length;
  const shape = node.shape.slice(lead);
  const support = family.support(distribution.parameters);
  const unit = support.kind === 'binary' || support.kind === 'unit' ? 'unit' : 'real';
  return { kind: 'tensor', node, support: { kind: unit }, shape, plates: distribution.plates };
}
