/** Samplers: what a sample program runs, and with which arguments. */
import type { DeclarationOf, Expr, ExprOf, Parameter, Statement } from '../../1-syntax/ast.ts';
import { matchArguments } from '../../2-check/arguments.ts';
import { Frame, type Context, type ProgramContext } from '../../2-check/context.ts';
import { asDeclared, fits } from '../../2-check/parameters.ts';
import { readArgument } from '../../2-check/schedules.ts';
import { isRowType, type Declared } from '../../2-check/scope.ts';
import { staticCount } from '../../2-check/static.ts';
import { namesIn } from '../../2-check/structure.ts';
import { toTensor } from '../../2-check/tensors.ts';
import { describe, number, type Value } from '../../2-check/values.ts';
import type { Span } from '../../diagnostics/span.ts';
import type { Call } from '../../session.ts';
import { readSet } from './clauses.ts';
import { fieldsAt } from './rows.ts';

/** A sample with what its names mean. */
export type Sampler = Declared & { readonly declaration: DeclarationOf<'sample'> };

/** What a sample program runs, with the values of its parameters in sight. */
export interface Body {
  readonly statements: readonly Statement[];
  readonly arguments: Frame;
  /** The data sets that it takes rows of. */
  readonly sets: readonly string[];
  readonly n: number;
  /** Where the spec says how many draws, if it does and nothing else reads that number. */
  readonly onlyCount: Span | undefined;
  /** The calls that led to it, the outermost first. */
  readonly calls: readonly Call[];
}

/** Of a sample program; `wanted` draws where another number than its own is asked for. */
export function bodyOf(declaration: DeclarationOf<'sample'>, context: Context, wanted?: number): Body | undefined {
  const { scope } = context.spec;
  const outer = new Frame({ context, program: undefined, scope });
  return follow({ declaration, scope }, new Map(), outer, wanted);
}

/** A frame for a body's statements in the program that they are part of. */
export function frameOf({ arguments: { context, scope, values } }: Body, program: ProgramContext): Frame {
  const frame = new Frame({ context, program, scope });
  for (const [key, value] of values) frame.values.set(key, value);
  return frame;
}

/**
 * Its own statements, or those of the sampler that it is a call of: `sample full = ancestral(eps, noise, …)`, or
 * `sample twos = of_class(2)` where that is such a call itself. The outermost `n` is the number of draws.
 */
function follow(
  first: Sampler,
  written: ReadonlyMap<string, Expr>,
  outer: Frame,
  wanted: number | undefined,
): Body | undefined {
  const { context } = outer;
  let [sampler, given, caller, n] = [first, written, outer, wanted];
  const sets: string[] = [];
  const calls: Call[] = [];
  let counted: Span | undefined;
  let reads = false;
  for (const open = new Set<object>(); ;) {
    const { declaration, scope } = sampler;
    const frame = new Frame({ context, program: undefined, scope });
    for (const parameter of declaration.parameters) {
      const value = argumentOf(parameter, given.get(parameter.name.text), declaration, n, caller, frame);
      if (value === undefined) return undefined;
      if (value.kind === 'row') sets.push(value.set);
      if (parameter.name.text === 'n' && value.kind === 'scalar') {
        n ??= value.value;
        counted ??= given.get('n')?.span ?? parameter.span;
      }
      frame.values.set(parameter.name.text, value);
    }
    reads ||= namesIn(declaration.parameters).has('n');
    const [only] = declaration.body;
    const call = declaration.short && only?.kind === 'return' ? only.values[0]?.value : undefined;
    const next = call && samplerIn(call, frame);
    if (call?.kind !== 'call' || next === undefined) {
      reads ||= namesIn(declaration.body).has('n');
      const onlyCount = reads ? undefined : counted;
      return { statements: declaration.body, arguments: frame, sets, n: n ?? 1, onlyCount, calls };
    }
    if (open.has(next.declaration)) {
      context.session.report('recursive-call', call.span, { name: next.declaration.name.text });
      return undefined;
    }
    open.add(next.declaration);
    const matched = matchedArguments(next, call, frame);
    if (matched === undefined) return undefined;
    reads ||= [...matched].some(([name, value]) => name !== 'n' && namesIn(value).has('n'));
    calls.push({ span: call.span, body: next.declaration.span });
    [sampler, given, caller] = [next, matched, frame];
  }
}

function matchedArguments(
  { declaration: { name, parameters } }: Sampler,
  { args, span }: ExprOf<'call'>,
  frame: Frame,
): ReadonlyMap<string, Expr> | undefined {
  const formals = parameters.map((p) => ({ name: p.name.text, optional: p.initial !== undefined }));
  return matchArguments(`the sample '${name.text}'`, formals, args, span, frame);
}

/** The sampler that `z ~ ddim(eps, noise)` calls; undefined where it is something else that draws. */
export function samplerIn(distribution: Expr, frame: Frame): Sampler | undefined {
  if (distribution.kind !== 'call' || distribution.callee.kind !== 'name') return undefined;
  const name = distribution.callee.text;
  const declared = frame.lookup(name) === undefined ? frame.scope.names.get(name) : undefined;
  if (declared?.declaration.kind !== 'sample') return undefined;
  return { declaration: declared.declaration, scope: declared.scope };
}

/**
 * A sampler that another program calls: its statements, and a frame for them. As many draws as that program's, its
 * arguments read where it is called. `target` tells its draws from others of the program.
 */
export function calledBody(
  sampler: Sampler,
  call: ExprOf<'call'>,
  target: string,
  frame: Frame,
): (Pick<Body, 'statements' | 'calls'> & { readonly frame: Frame }) | undefined {
  const program = frame.program!;
  const given = matchedArguments(sampler, call, frame);
  const body = given && follow(sampler, given, frame, program.rows.extent);
  if (given === undefined || body === undefined) return undefined;
  const count = given.get('n') ?? (body.sets.length > 0 ? call : undefined);
  if (count !== undefined) {
    const what = count === call ? 'calling a sample that takes rows of data' : "'n' in a call";
    frame.context.session.report('not-supported', count.span, {
      what,
      instead: '; it draws as often as the program that calls it',
    });
    return undefined;
  }
  const { statements, calls } = body;
  return { statements, calls, frame: frameOf(body, { ...program, name: `${program.name}.${target}` }) };
}

/** The value of a parameter: a row of a set, what the call gives, or its default. Undefined where that is reported. */
function argumentOf(
  { name, type, initial, span }: Parameter,
  written: Expr | undefined,
  { name: of }: DeclarationOf<'sample'>,
  n: number | undefined,
  caller: Frame,
  own: Frame,
): Value | undefined {
  const { session } = own.context;
  if (written === undefined && type !== undefined && isRowType(type, own.scope)) {
    return rowArgument(name.text, type, own);
  }
  if (written === undefined && initial === undefined) {
    session.report('missing-argument', span, { of: `the sample '${of.text}'`, name: name.text });
    return undefined;
  }
  const place = written ?? initial!;
  const value = readArgument(type?.name.text, place, written === undefined ? own : caller);
  if (value.kind === 'invalid') return undefined;
  if (name.text === 'n') {
    const count = staticCount(n === undefined ? value : number(n), place.span, "'n'", caller);
    return count === undefined ? undefined : number(count);
  }
  if (!fits(type?.name.text, value)) {
    const expected = `a ${type!.name.text} for '${name.text}'`;
    session.report('wrong-type', place.span, { expected, found: describe(value) });
    return undefined;
  }
  if (type?.name.text !== 'category') return value;
  const category = toTensor(own, value, place.span);
  const parameter = { name, type, span };
  return category && asDeclared(parameter, category, `the sample '${of.text}'`, place.span, own);
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
