/** Densities as written: which variables of which model they speak of, what is given, and whether they are tractable. */
import type { Expr } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Span } from '../diagnostics/span.ts';
import type { Frame } from '../2-check/context.ts';
import { asDeclared } from '../2-check/parameters.ts';
import { variableOf } from '../2-check/roles.ts';
import { ancestors, structureOf } from '../2-check/structure.ts';
import { tensorOf } from '../2-check/tensors.ts';
import { describe, type ModelValue, type TensorValue } from '../2-check/values.ts';

/** A density as written, its names resolved: variables left of the bar, values of all that is known. */
export interface DensityQuery {
  readonly model: ModelValue;
  readonly of: readonly string[];
  /** Values by variable or parameter of the model, from both sides of the bar; an `of` without a value is to be drawn. */
  readonly values: ReadonlyMap<string, TensorValue>;
  readonly text: string;
  readonly span: Span;
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
  if (frame.roles !== undefined && model.declaration.kind === 'model') observeConditions(model, values, frame);
  return { model, of, values, text: printExpr(expr), span: expr.span };
}

/** In an objective over roles, what a model is conditioned on is observed: the field of the parameter's name. */
function observeConditions(model: ModelValue, values: Map<string, TensorValue>, frame: Frame): void {
  for (const { name } of model.declaration.parameters) {
    const field = frame.program?.fields.get(name.text);
    if (field !== undefined && !values.has(name.text)) values.set(name.text, field);
  }
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
    const hint = didYouMean(arg.variable, known) || `; it draws ${structure.variables.join(', ')}`;
    session.report('unknown-variable', arg.span, { name: arg.variable, model: of, hint });
    return undefined;
  }
  const unbound = arg.bare && frame.lookup(arg.variable) === undefined && !frame.program?.fields.has(arg.variable);
  if (unbound && side === 'of') return new Map([[arg.variable, undefined]]);
  const value = tensorOf(frame, arg.value);
  const parameter = model.declaration.parameters.find(({ name }) => name.text === arg.variable);
  const typed = value && parameter ? asDeclared(parameter, value, of, arg.value.span, frame) : value;
  return typed && new Map([[arg.variable, typed]]);
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
