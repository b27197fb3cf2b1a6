/** Samplers: what a sample program runs, and with which arguments. */
import type { DeclarationOf, Expr, ExprOf } from '../../1-syntax/ast.ts';
import { matchArguments } from '../../2-check/arguments.ts';
import { fits } from '../../2-check/calls.ts';
import { Frame, type Context } from '../../2-check/context.ts';
import type { Declared, Scope } from '../../2-check/scope.ts';
import { staticCount } from '../../2-check/static.ts';
import { describe, number, type Value } from '../../2-check/values.ts';
import { readSet } from './clauses.ts';
import { fieldsAt } from './rows.ts';

/** What a sample program runs: its own statements, or those of the sampler that it is a call of. */
export interface Body {
  readonly parameters: DeclarationOf<'sample'>['parameters'];
  readonly statements: DeclarationOf<'sample'>['body'];
  readonly scope: Scope;
  /** What the call gives, to be read where it is written. */
  readonly given: ReadonlyMap<string, Expr>;
}

/** `sample full = ancestral(eps, noise, variance: noise.beta)` runs what `ancestral` says. */
export function bodyOf(declaration: DeclarationOf<'sample'>, context: Context): Body | undefined {
  const { scope } = context.spec;
  const [only] = declaration.body;
  const call = declaration.short && only?.kind === 'return' ? only.values[0]?.value : undefined;
  const callee = call?.kind === 'call' && call.callee.kind === 'name' ? scope.names.get(call.callee.text) : undefined;
  if (call?.kind !== 'call' || callee?.declaration.kind !== 'sample') {
    return { parameters: declaration.parameters, statements: declaration.body, scope, given: new Map() };
  }
  return calledBody(callee, call, new Frame({ context, program: undefined, scope }));
}

/** What a call of a sampler runs. */
function calledBody({ declaration, scope }: Declared, { args, span }: ExprOf<'call'>, frame: Frame): Body | undefined {
  if (declaration.kind !== 'sample') return undefined;
  const { parameters, body, name } = declaration;
  const formals = parameters.map((p) => ({ name: p.name.text, optional: p.initial !== undefined }));
  const given = matchArguments(`the sample '${name.text}'`, formals, args, span, frame);
  return given && { parameters, statements: body, scope, given };
}

/** The sampler that `z ~ ddim(eps, noise)` calls; undefined where it is something else that draws. */
export function samplerIn(distribution: Expr, frame: Frame): Declared | undefined {
  if (distribution.kind !== 'call' || distribution.callee.kind !== 'name') return undefined;
  const name = distribution.callee.text;
  const declared = frame.lookup(name) === undefined ? frame.scope.names.get(name) : undefined;
  return declared?.declaration.kind === 'sample' ? declared : undefined;
}

/**
 * A frame for the statements of a sampler that another program calls: as many draws as that one's, its arguments read
 * where it is called. `target` tells its draws from others of the program.
 */
export function callFrame(
  sampler: Declared & { readonly declaration: DeclarationOf<'sample'> },
  call: ExprOf<'call'>,
  target: string,
  frame: Frame,
): Frame | undefined {
  const { context } = frame;
  const program = frame.program!;
  const body = calledBody(sampler, call, frame);
  const found = body && argumentsOf(body, sampler.declaration, frame, program.rows.extent);
  if (body === undefined || found === undefined) return undefined;
  const count = body.given.get('n') ?? (found.sets.length > 0 ? call : undefined);
  if (count !== undefined) {
    const what = count === call ? 'calling a sample that takes rows of data' : "'n' in a call";
    context.session.report('not-supported', count.span, {
      what,
      instead: '; it draws as often as the program that calls it',
    });
    return undefined;
  }
  const inner = new Frame({ context, program: { ...program, name: `${program.name}.${target}` }, scope: body.scope });
  for (const [key, value] of found.values) inner.values.set(key, value);
  return inner;
}

interface Arguments {
  readonly values: ReadonlyMap<string, Value>;
  readonly sets: readonly string[];
  readonly n: number;
}

export function argumentsOf(
  { parameters, scope, given }: Body,
  declaration: DeclarationOf<'sample'>,
  outer: Frame,
  count: number | undefined,
): Arguments | undefined {
  const { context } = outer;
  const { session } = context;
  const name = declaration.name.text;
  const own = new Frame({ context, program: undefined, scope });
  const sets: string[] = [];
  let n = 1;
  for (const parameter of parameters) {
    const { type, initial } = parameter;
    const key = parameter.name.text;
    if (
      type?.member !== undefined ||
      (type !== undefined && outer.scope.names.get(type.name.text)?.declaration.kind === 'data')
    ) {
      const row = rowArgument(key, type, outer);
      if (row === undefined) return undefined;
      own.values.set(key, row);
      sets.push(row.set);
      continue;
    }
    const written = given.get(key);
    if (written === undefined && initial === undefined) {
      session.report('missing-argument', parameter.span, { of: `the sample '${name}'`, name: key });
      return undefined;
    }
    let value = written === undefined ? own.elaborate(initial!) : outer.elaborate(written);
    if (value.kind === 'invalid') return undefined;
    if (!fits(type?.name.text, value)) {
      const expected = `a ${type!.name.text} for '${key}'`;
      session.report('wrong-type', (written ?? parameter).span, { expected, found: describe(value) });
      return undefined;
    }
    if (key === 'n') {
      if (count !== undefined) value = number(count);
      const found = staticCount(value, (written ?? initial!).span, "'n'", outer);
      if (found === undefined) return undefined;
      n = found;
    }
    own.values.set(key, value);
  }
  return { values: own.values, sets, n };
}

/** `a: mnist.test`: one row, its index a scalar of the host. */
function rowArgument(
  name: string,
  type: NonNullable<DeclarationOf<'sample'>['parameters'][number]['type']>,
  frame: Frame,
): Extract<Value, { kind: 'row' }> | undefined {
  const { context } = frame;
  const base: Expr = { kind: 'name', text: type.name.text, span: type.name.span };
  const expr: Expr =
    type.member === undefined ? base : { kind: 'member', object: base, member: type.member, span: type.span };
  const set = readSet(expr, frame);
  if (set === undefined) return undefined;
  const uniform = `row_${name}`;
  context.uniforms.set(uniform, {
    name: uniform,
    dtype: 'u32',
    value: { kind: 'row', argument: name, set: set.reference },
  });
  const index = context.b.uniform(uniform, 'u32');
  const fields = fieldsAt(context, set.contract, set.reference, index, context.b.constant(0, 'u32'), []);
  return { kind: 'row', fields, set: set.reference };
}
