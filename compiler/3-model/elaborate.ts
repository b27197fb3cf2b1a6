/** Elaborates expressions: from what was written to the value it stands for. Every kind of expression meets here. */
import type { Expr, ExprOf, TypeExpr } from '../1-syntax/ast.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { referenceOf } from './data.ts';
import { elaborateDensity, elaborateLogDensity } from './density.ts';
import { elaborateDivergence } from './divergence.ts';
import { elaborateExpectation } from './expectation.ts';
import { elaborateMean } from './mean.ts';
import { binary, negate } from '../2-check/arithmetic.ts';
import { builtinNames } from '../2-check/builtins/index.ts';
import { callFunction, elaborateCall } from '../2-check/calls.ts';
import { over } from '../2-check/comprehensions.ts';
import { conditional } from '../2-check/conditional.ts';
import { Frame } from '../2-check/context.ts';
import { declaredValue } from '../2-check/declared.ts';
import { repeatDistribution } from '../2-check/distributions.ts';
import { entryAt, entryOfTensor, itemOf } from '../2-check/entries.ts';
import { elaborateLike } from '../2-check/like.ts';
import { entryOf, memberOfSchedule } from '../2-check/schedules.ts';
import { readType } from '../2-check/types.ts';
import {
  describe,
  invalid,
  number,
  type FunctionValue,
  type NetValue,
  type TensorValue,
  type Value,
  type ValueOf,
} from '../2-check/values.ts';

export function elaborate(expr: Expr, frame: Frame): Value {
  switch (expr.kind) {
    case 'number':
      return number(expr.value);
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'name':
      return lookup(expr, frame);
    case 'list':
    case 'tuple':
      return { kind: 'list', items: expr.items.map((item) => frame.elaborate(item)) };
    case 'record':
      return {
        kind: 'record',
        entries: new Map(expr.entries.map((entry) => [entry.name.text, frame.elaborate(entry.value)])),
      };
    case 'negate':
      return negate(expr, frame.elaborate(expr.operand), frame);
    case 'binary':
      return elaborateBinary(expr, frame);
    case 'call':
      return elaborateCall(expr, frame);
    case 'index':
      return elaborateIndex(expr, frame);
    case 'member':
      return elaborateMember(expr, frame);
    case 'if':
      return conditional(expr, frame);
    case 'density':
      return elaborateDensity(expr, frame);
    case 'log-density':
      return elaborateLogDensity(expr, frame);
    case 'mean':
      return elaborateMean(expr, frame);
    case 'expectation':
      return elaborateExpectation(expr, frame);
    case 'divergence':
      return elaborateDivergence(expr, frame);
    case 'like':
      return elaborateLike(expr, frame);
    case 'comprehension':
      return over(expr, frame)?.value ?? invalid;
    case 'invalid':
      return invalid;
  }
}

function lookup(expr: ExprOf<'name'>, frame: Frame): Value {
  const name = expr.text;
  const local = frame.lookup(name);
  if (local !== undefined) return local;
  const declared = frame.scope.names.get(name);
  // A schedule is called where one is asked for, and nowhere else, so its name may be a function's.
  if (declared !== undefined && !(declared.declaration.kind === 'schedule' && builtinNames.has(name))) {
    const value = declaredValue(declared, frame, expr.span);
    // `minimize cfm`: an objective without parameters needs no parentheses.
    const isPlain = value.kind === 'function' && value.declaration.parameters.length === 0;
    return isPlain ? callFunction(value, { kind: 'call', callee: expr, args: [], span: expr.span }, frame) : value;
  }
  const field = frame.program?.fields.get(name);
  if (field !== undefined) return field;
  if (name === 'pi') return number(Math.PI);
  if (builtinNames.has(name)) return { kind: 'builtin', name };
  const known = [
    ...frame.names(),
    ...frame.scope.names.keys(),
    ...(frame.program?.fields.keys() ?? []),
    ...builtinNames,
  ];
  frame.context.session.report('unknown-name', expr.span, { name, hint: didYouMean(name, known) });
  return invalid;
}

function elaborateBinary(expr: ExprOf<'binary'>, frame: Frame): Value {
  if (expr.operator === '|>') return elaboratePipe(expr, frame);
  const left = frame.elaborate(expr.left);
  const right = frame.elaborate(expr.right);
  if (left.kind === 'invalid' || right.kind === 'invalid') return invalid;
  if (expr.operator === '->') return { kind: 'arrow', from: left, to: right };
  if (expr.operator === '..') return { kind: 'range', from: left, to: right };
  return binary(expr, left, right, frame);
}

/** `x |> f` is f(x); `x |> f(a)` is f(x, a). */
function elaboratePipe(expr: ExprOf<'binary'>, frame: Frame): Value {
  const piped = { value: expr.left, span: expr.left.span };
  const { right, span } = expr;
  if (right.kind === 'call') return elaborateCall({ ...right, span, args: [piped, ...right.args] }, frame);
  return elaborateCall({ kind: 'call', span, callee: right, args: [piped] }, frame);
}

function elaborateIndex(expr: ExprOf<'index'>, frame: Frame): Value {
  const object = frame.elaborate(expr.object);
  if (object.kind === 'distribution') return repeatDistribution(object, expr, frame);
  const indices = expr.indices.map((index) => frame.elaborate(index));
  if (object.kind === 'invalid' || indices.some((index) => index.kind === 'invalid')) return invalid;
  const [index, another] = indices;
  if (another === undefined) {
    if (object.kind === 'table') return entryOf(object.table, index!, expr, frame);
    if (object.kind === 'list' && index?.kind === 'scalar') return itemOf(object, index, expr, frame);
    if (object.kind === 'tensor' && index?.kind === 'scalar') return entryOfTensor(object, index, expr, frame);
    if (index?.kind === 'plate' && object.kind !== 'list') return draw(expr, object, index, frame);
    if (index?.kind === 'tensor' && (object.kind === 'list' || object.kind === 'tensor')) {
      return entryAt(object, index, expr, frame);
    }
  }
  frame.context.session.report('not-supported', expr.span, notIndexed(object, indices));
  return invalid;
}

/** What was indexed by what, and what can be instead. */
function notIndexed(object: Value, indices: readonly Value[]): { readonly what: string; readonly instead: string } {
  if (object.kind === 'data') {
    const instead = `; a sample takes a row of it as an argument, as in 'sample f(a: ${referenceOf(object)})'`;
    return { what: `indexing ${describe(object)}`, instead };
  }
  const [index, another] = indices;
  if (another !== undefined)
    return { what: 'indexing by several numbers at once', instead: '; write one after the other, x[0][1]' };
  return {
    what: `indexing ${describe(object)} by ${describe(index ?? invalid)}`,
    instead: '; lists and tensors take a fixed number or a category, and draws their own index, as in z[k]',
  };
}

/** `z[k]`: the k-th draw is the value itself, which varies over the plate. */
function draw(expr: ExprOf<'index'>, object: Value, index: ValueOf<'plate'>, frame: Frame): Value {
  const varies = (value: TensorValue): boolean => value.plates.some((plate) => plate.id === index.plate.id);
  if (object.kind === 'tensor' && varies(object)) return object;
  if (object.kind === 'assignment' && [...object.variables.values()].every(varies)) return object;
  if (object.kind === 'scalar' || object.kind === 'tensor' || object.kind === 'assignment') {
    const { name } = index.plate;
    const instead = `draw it by '${name}' or leave the index out`;
    frame.context.session.report('index-unused', expr.object.span, { index: `'${name}'`, instead });
    return invalid;
  }
  frame.context.session.report('wrong-type', expr.object.span, { expected: 'draws', found: describe(object) });
  return invalid;
}

function elaborateMember(expr: ExprOf<'member'>, frame: Frame): Value {
  const object = frame.elaborate(expr.object);
  const name = expr.member.text;
  const missing = (known: Iterable<string>): Value => {
    const hint = didYouMean(name, known);
    frame.context.session.report('unknown-member', expr.member.span, { name, of: describe(object), hint });
    return invalid;
  };
  switch (object.kind) {
    case 'invalid':
      return invalid;
    case 'record':
      return object.entries.get(name) ?? missing(object.entries.keys());
    case 'row':
      return object.fields.get(name) ?? missing(object.fields.keys());
    case 'schedule':
      return memberOfSchedule(object, name) ?? missing(['T', ...object.tables.keys()]);
    case 'net':
    case 'function': {
      const { parameters } = object.declaration;
      const parameter = parameters.find((each) => each.name.text === name);
      if (parameter?.type === undefined) return missing(parameters.filter((p) => p.type).map((p) => p.name.text));
      return prototypeOf(object, parameter.type, frame);
    }
    case 'data':
      return { ...object, part: name };
    default:
      return missing([]);
  }
}

/**
 * `eps.x`, what a net or a function takes as its argument: a value of that shape, for 'like'. Its type may be what
 * another of its parameters takes, `x: conditional.x`.
 */
function prototypeOf(
  { scope, given }: NetValue | FunctionValue,
  written: TypeExpr,
  { context, program }: Frame,
): Value {
  const frame = new Frame({ context, program, scope });
  for (const [name, value] of given) frame.values.set(name, value);
  const { name, member, span } = written;
  if (member !== undefined) return frame.elaborate({ kind: 'member', object: { kind: 'name', ...name }, member, span });
  const type = readType(written, frame);
  if (type === undefined) return invalid;
  const { b } = context;
  const node = b.broadcastTo(b.constant(0), type.shape);
  return { kind: 'tensor', node, support: type.support, shape: type.shape, plates: [] };
}
