/**
 * Schedules: tables over the steps 1 … T of a process, computed in float64 while compiling. A declared schedule is a
 * function from its parameters, T among them, to tables; `schedule noise = linear(500, …)` is its value.
 */
import { hostScalar } from './host.ts';
import type { DeclarationOf, Expr, ExprOf } from '../1-syntax/ast.ts';
import type { HostExpr } from '../4-tensor/program.ts';
import { matchArguments } from './arguments.ts';
import { Frame, type Context } from './context.ts';
import { fits } from './parameters.ts';
import type { Declared, Scope } from './scope.ts';
import { markStatic, staticCount } from './static.ts';
import { applying } from './recursion.ts';
import { fixedNumbers } from './supports.ts';
import { at, lastStep, type Table } from './tables.ts';
import { numbersOf, valuesOf } from './tensors.ts';
import { describe, invalid, number, type TensorValue, type Value, type ValueOf } from './values.ts';

type ScheduleValue = ValueOf<'schedule'>;

/** `schedule noise = linear(T, beta: 1e-4 -> 0.02)`, made once a spec. */
export function scheduleValue(declaration: DeclarationOf<'schedule-value'>, { scope }: Declared, frame: Frame): Value {
  const { context } = frame;
  const known = context.values.get(declaration);
  if (known !== undefined) return known;
  context.values.set(declaration, invalid);
  const outer = new Frame({ context, program: undefined, scope });
  const made = scheduleOf(declaration.value, outer);
  const value: Value = made === undefined ? invalid : { ...made, name: declaration.name.text };
  context.values.set(declaration, value);
  return value;
}

/** Where a schedule's process stands at its last step. */
export interface ScheduleEnd {
  readonly name: string;
  readonly step: number;
  /** The last number of each table with a step 0: those say what a process has become of, the others what a step does. */
  readonly tables: ReadonlyMap<string, number>;
}

/** Of every schedule of the file that is checked. What is wrong with one has been told already, or is told now. */
export function scheduleEnds(context: Context): readonly ScheduleEnd[] {
  const { root, scope } = context.spec;
  const frame = new Frame({ context, program: undefined, scope });
  return root.declarations.flatMap((declaration) => {
    if (declaration.kind !== 'schedule-value') return [];
    const value = scheduleValue(declaration, { declaration, scope }, frame);
    if (value.kind !== 'schedule') return [];
    const cumulated = [...value.tables].flatMap(([name, held]) =>
      held.kind === 'table' && held.table.first === 0 ? [[name, held.table.values.at(-1)!] as const] : [],
    );
    return [{ name: value.name, step: value.steps, tables: new Map(cumulated) }];
  });
}

/** The schedule that an expression is; undefined where it is none, which is reported. */
function scheduleOf(expr: Expr, frame: Frame): ScheduleValue | undefined {
  const value = readArgument('schedule', expr, frame);
  if (value.kind === 'schedule') return value;
  if (value.kind !== 'invalid') {
    frame.context.session.report('wrong-type', expr.span, { expected: 'a schedule', found: describe(value) });
  }
  return undefined;
}

/**
 * An argument as the type of its parameter has it read: a schedule is called where one is asked for and nowhere else,
 * so that its name may be a function's.
 */
export function readArgument(type: string | undefined, written: Expr, frame: Frame): Value {
  if (type === 'schedule' && written.kind === 'call' && written.callee.kind === 'name') {
    const name = written.callee.text;
    const declared = frame.lookup(name) === undefined ? frame.scope.names.get(name) : undefined;
    if (declared?.declaration.kind === 'schedule') {
      return callSchedule(declared.declaration, declared.scope, written, frame);
    }
  }
  return frame.elaborate(written);
}

/** A call of a declared schedule: its tables over its steps, under its name. */
function callSchedule(declaration: DeclarationOf<'schedule'>, scope: Scope, expr: ExprOf<'call'>, frame: Frame): Value {
  const { context } = frame;
  const { session } = context;
  const name = declaration.name.text;
  const inner = new Frame({ context, program: undefined, scope });
  if (!bindParameters(declaration, expr, frame, inner)) return invalid;
  const length = inner.values.get('T');
  if (length === undefined) {
    session.report('missing-argument', declaration.name.span, { of: `the schedule '${name}'`, name: 'T' });
    return invalid;
  }
  const steps = staticCount(length, expr.span, "'T'", frame);
  if (steps === undefined) return invalid;
  const made = applying(context, declaration.body, scope, () =>
    session.within([{ span: expr.span, body: declaration.span }], () => ({ tables: tablesOf(declaration, inner) })),
  );
  if (made === undefined) session.report('recursive-call', expr.span, { name });
  return made?.tables === undefined ? invalid : { kind: 'schedule', name, steps, tables: made.tables };
}

/**
 * The tables of a schedule's body, by name: those that it names, or those of the schedule that it returns. Undefined
 * where something was wrong and reported.
 */
function tablesOf(declaration: DeclarationOf<'schedule'>, inner: Frame): ScheduleValue['tables'] | undefined {
  const { session } = inner.context;
  const tables = new Map<string, Value>();
  for (const statement of declaration.body) {
    if (statement.kind === 'return' && statement.values.length === 1) {
      return scheduleOf(statement.values[0]!.value, inner)?.tables;
    }
    if (statement.kind !== 'let' || statement.targets.length !== 1) {
      session.report('not-supported', statement.span, { what: 'anything but a table in a schedule', instead: '' });
      return undefined;
    }
    const [target] = statement.targets;
    const value = inner.elaborate(statement.value);
    if (inner.values.has(target!.text) && !isParameter(declaration, target!.text)) {
      session.report('assigned-twice', target!.span, { name: target!.text });
      return undefined;
    }
    inner.values.set(target!.text, value);
    tables.set(target!.text, value);
  }
  return tables;
}

function isParameter({ parameters }: DeclarationOf<'schedule'>, name: string): boolean {
  return parameters.some((parameter) => parameter.name.text === name);
}

function bindParameters(
  declaration: DeclarationOf<'schedule'>,
  expr: ExprOf<'call'>,
  frame: Frame,
  inner: Frame,
): boolean {
  const formals = declaration.parameters.map((p) => ({ name: p.name.text, optional: p.initial !== undefined }));
  const of = `the schedule '${declaration.name.text}'`;
  const given = matchArguments(of, formals, expr.args, expr.span, frame);
  if (given === undefined) return false;
  for (const { name, type, initial } of declaration.parameters) {
    const written = given.get(name.text);
    const value = readArgument(type?.name.text, written ?? initial!, written === undefined ? inner : frame);
    if (value.kind === 'invalid') return false;
    if (!fits(type?.name.text, value)) {
      const expected = `a ${type!.name.text} for '${name.text}'`;
      frame.context.session.report('wrong-type', (written ?? initial!).span, { expected, found: describe(value) });
      return false;
    }
    inner.values.set(name.text, value);
  }
  return true;
}

export function memberOfSchedule(value: ScheduleValue, name: string): Value | undefined {
  return name === 'T' ? number(value.steps) : value.tables.get(name);
}

/**
 * `noise.abar[t]`: a number of the host where t is one (a loop's step, read in float64 at each iteration), else the
 * entries at each row's own step. A step that the table does not have is an error here, not a wrong read there.
 */
export function entryOf(table: Table, index: Value, expr: ExprOf<'index'>, frame: Frame): Value {
  const { session } = frame.context;
  const [written] = expr.indices;
  const span = written!.span;
  if (index.kind === 'scalar') {
    const wrong = valuesOf(index, frame).find((step) => at(table, step) === undefined);
    if (wrong !== undefined) {
      const expected = `a step from ${table.first} to ${lastStep(table)}`;
      session.report('wrong-type', span, { expected, found: `the step ${wrong}` });
      return invalid;
    }
    markStatic(frame.context, index.expression);
    const offset = hostScalar('sub', [index, number(table.first)]);
    if (offset.expression.kind === 'number') return number(table.values[offset.value!]!);
    const expression: HostExpr = { kind: 'table', values: table.values, index: offset.expression };
    const value = offset.value === undefined ? undefined : table.values[offset.value];
    return { kind: 'scalar', value, expression };
  }
  if (index.kind === 'plate') return entryOf(table, numbersOf(frame, index.plate), expr, frame);
  if (index.kind === 'tensor' && isStepOf(table, index)) return lookedUp(table, index, frame);
  if (index.kind !== 'invalid') {
    const expected = `a step of the table's own schedule, up to ${lastStep(table)}`;
    session.report('wrong-type', span, { expected, found: describe(index) });
  }
  return invalid;
}

/** Whether a table has a number at each of the steps: at any of its schedule's, or at these where they are fixed. */
function isStepOf(table: Table, { node, support }: TensorValue): boolean {
  const fixed = fixedNumbers(node);
  if (fixed !== undefined) return fixed.every((step) => at(table, step) !== undefined);
  return support.kind === 'step' && support.size === lastStep(table);
}

function lookedUp(table: Table, index: TensorValue, frame: Frame): TensorValue {
  const { b } = frame.context;
  const { values, first } = table;
  // Entry 0 stands for step 0: steps index the array as they are.
  const whole = first === 0 ? values : [values[0]!, ...values];
  const steps = index.node.dtype === 'u32' ? index.node : b.map('toU32', index.node);
  const node = b.take(b.array(whole, [whole.length]), steps);
  const support = values.every((value) => value > 0)
    ? ({ kind: 'positive' } as const)
    : values.every((value) => value >= 0)
      ? ({ kind: 'nonnegative' } as const)
      : ({ kind: 'real' } as const);
  return { kind: 'tensor', node, support, shape: index.shape, plates: index.plates };
}
