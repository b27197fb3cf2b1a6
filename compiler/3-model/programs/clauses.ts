/** Reads the clauses of train and evaluate: one of each, with messages for what is missing or not yet compiled. */
import type { Clause, Expr } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import type { HostExpr, Limit } from '../../4-tensor/program.ts';
import { didYouMean } from '../../diagnostics/suggest.ts';
import type { Span } from '../../diagnostics/span.ts';
import { laterOptimizers, optimizers } from '../../optimizers/index.ts';
import { allows, type Bound, magnitude } from '../../optimizers/bounds.ts';
import {
  limitsOf,
  type OptimizerArgument,
  OptimizerError,
  type OptimizerValues,
  type UpdateRule,
} from '../../optimizers/optimizer.ts';
import { matchArguments } from '../../2-check/arguments.ts';
import type { Frame } from '../../2-check/context.ts';
import { checkPart, contractOf, referenceOf } from '../data.ts';
import { describe, type ScalarValue, type Value, type Contract } from '../../2-check/values.ts';

export type ClauseOf<Kind extends Clause['kind']> = Extract<Clause, { kind: Kind }>;

/** Clauses by kind; a setting by its name. Says which stand twice. */
export function gather(clauses: readonly Clause[], frame: Frame): Map<string, Clause> {
  const found = new Map<string, Clause>();
  for (const clause of clauses) {
    const key = clause.kind === 'setting' ? clause.name : clause.kind;
    const first = found.get(key);
    if (first !== undefined) {
      const note = { message: 'the first one is here', span: first.span };
      frame.context.session.report('repeated-clause', clause.span, { clause: key }, [note]);
    } else found.set(key, clause);
  }
  return found;
}

/** The data set a clause names: `mnist.train`. */
export function readSet(expr: Expr, frame: Frame): { contract: Contract; reference: string } | undefined {
  const set = frame.elaborate(expr);
  if (set.kind !== 'data') {
    if (set.kind !== 'invalid') {
      frame.context.session.report('wrong-type', expr.span, { expected: 'a data set', found: describe(set) });
    }
    return undefined;
  }
  const contract = contractOf(set, frame.context);
  if (contract === undefined || !checkPart(contract, set, expr, frame.context)) return undefined;
  return { contract, reference: referenceOf(set) };
}

/** A number of the host, or undefined (and reported). */
export function readScalar(expr: Expr, what: string, frame: Frame, bound?: Bound): HostExpr | undefined {
  const value: Value = frame.elaborate(expr);
  if (value.kind === 'scalar' && isAllowed(value, bound)) return value.expression;
  if (value.kind !== 'invalid') {
    const params = { expected: `${bound?.words ?? 'a number'} for ${what}`, found: describe(value) };
    frame.context.session.report('wrong-type', expr.span, params);
  }
  return undefined;
}

/** A value that is not known when compiling is held to its bound by the run. */
function isAllowed({ value }: ScalarValue, bound: Bound | undefined): boolean {
  return value === undefined || bound === undefined || allows(bound, value);
}

/** How gradients are held in bounds: together, by their norm, or each by its own value. */
export interface Clip {
  readonly by: 'norm' | 'value';
  readonly limit: HostExpr;
}

/** `clip 5`, which is `clip norm(5)`; `clip value(0.5)`. */
export function readClip(expr: Expr, frame: Frame): Clip | undefined {
  const word = expr.kind === 'call' && expr.callee.kind === 'name' ? expr.callee.text : undefined;
  if (expr.kind !== 'call' || (word !== 'norm' && word !== 'value')) {
    const limit = readScalar(expr, "'clip'", frame, magnitude);
    return limit && { by: 'norm', limit };
  }
  const given = matchArguments(`'clip ${word}'`, [{ name: 'limit' }], expr.args, expr.span, frame);
  const written = given?.get('limit');
  const limit = written && readScalar(written, `'clip ${word}'`, frame, magnitude);
  return limit && { by: word, limit };
}

/** Says of clauses that this kind of program does not have: they would do nothing. */
export function refuseOthers(
  clauses: readonly Clause[],
  known: readonly string[],
  program: 'train' | 'evaluate',
  frame: Frame,
): void {
  for (const clause of clauses) {
    const word = clause.kind === 'setting' ? clause.name : clause.kind.replace('-', '_');
    if (known.includes(word)) continue;
    const what = clause.kind === 'goal' ? `'${clause.goal.sense}'` : `'${word}'`;
    frame.context.session.report('not-supported', clause.span, { what: `${what} in ${program}`, instead: '' });
  }
}

export interface ChosenOptimizer {
  readonly name: string;
  readonly rule: UpdateRule;
  readonly limits: readonly Limit[];
}

/** `adam(lr: 1e-3, betas: (0.9, 0.999))`. */
export function readOptimizer(expr: Expr, frame: Frame): ChosenOptimizer | undefined {
  const { session } = frame.context;
  const word = expr.kind === 'call' ? expr.callee : expr;
  const name = word.kind === 'name' ? word.text : printExpr(word);
  const optimizer = optimizers.get(name);
  if (optimizer === undefined) {
    if (laterOptimizers.includes(name))
      session.report('not-supported', expr.span, { what: `the optimizer '${name}'`, instead: '' });
    else session.report('unknown-name', word.span, { name, hint: didYouMean(name, optimizers.keys()) });
    return undefined;
  }
  const formals = optimizer.arguments.map((arg) => ({ name: arg.name, optional: !arg.required }));
  const given = matchArguments(`'${name}'`, formals, expr.kind === 'call' ? expr.args : [], expr.span, frame);
  if (given === undefined) return undefined;
  const values: Record<string, OptimizerValues[string]> = {};
  for (const arg of optimizer.arguments) {
    const written = given.get(arg.name);
    if (written === undefined) {
      const fallback = defaultOf(arg);
      if (fallback !== undefined) values[arg.name] = fallback;
      continue;
    }
    const value = readArgument(arg, written, frame);
    if (value === undefined) return undefined;
    values[arg.name] = value;
  }
  try {
    const rule = optimizer.make(values);
    return { name, rule, limits: [...limitsOf(optimizer, values), ...(rule.limits ?? [])] };
  } catch (error) {
    if (!(error instanceof OptimizerError)) throw error;
    session.report('optimizer-arguments', expr.span, { message: error.message });
    return undefined;
  }
}

function defaultOf(arg: {
  readonly default?: number | readonly [number, number];
}): OptimizerValues[string] | undefined {
  if (arg.default === undefined) return undefined;
  const number = (value: number): HostExpr => ({ kind: 'number', value });
  return typeof arg.default === 'number' ? number(arg.default) : [number(arg.default[0]), number(arg.default[1])];
}

function readArgument(
  { kind, name, bound }: OptimizerArgument,
  written: Expr,
  frame: Frame,
): OptimizerValues[string] | undefined {
  const { session } = frame.context;
  if (kind === 'number') return readScalar(written, `'${name}'`, frame, bound);
  if (kind === 'flag') {
    if (written.kind === 'name' && (written.text === 'true' || written.text === 'false'))
      return written.text === 'true';
    session.report('wrong-type', written.span, { expected: 'true or false', found: printExpr(written) });
    return undefined;
  }
  const value = frame.elaborate(written);
  const [first, second] = value.kind === 'list' ? value.items : [];
  if (value.kind === 'list' && value.items.length === 2 && first?.kind === 'scalar' && second?.kind === 'scalar') {
    const wrong = [first, second].find((each) => !isAllowed(each, bound));
    if (wrong === undefined) return [first.expression, second.expression];
    const expected = `${bound!.words} for both of '${name}'`;
    session.report('wrong-type', written.span, { expected, found: describe(wrong) });
    return undefined;
  }
  session.report('wrong-type', written.span, { expected: "a pair such as '(0.9, 0.999)'", found: describe(value) });
  return undefined;
}

export function missing(clause: string, of: string, span: Span, frame: Frame): undefined {
  frame.context.session.report('missing-clause', span, { clause, of });
  return undefined;
}
