/** The value of a declared name: made once a use for closures, once a spec for hypers. */
import type { DeclarationOf } from '../1-syntax/ast.ts';
import { evaluateHost } from '../4-tensor/host.ts';
import type { HostExpr } from '../4-tensor/program.ts';
import type { Span } from '../diagnostics/span.ts';
import { Frame, type Context } from './context.ts';
import { nameOf, type Declared, type Scope } from './scope.ts';
import { readParam } from './params.ts';
import { scheduleValue } from './schedules.ts';
import { describe, invalid, number, type Value } from './values.ts';

/** `span`: where the name is used. */
export function declaredValue(declared: Declared, frame: Frame, span: Span): Value {
  const { declaration, scope } = declared;
  const { stopped, context } = frame;
  switch (declaration.kind) {
    case 'hyper':
      return hyperValue(declaration, declared, frame);
    case 'data':
    case 'derived-data':
      return { kind: 'data', declaration, scope, name: nameOfSet(declared, context.spec.scope) };
    case 'net':
      return { kind: 'net', declaration, scope, stopped, given: new Map() };
    case 'model':
    case 'guide':
      return { kind: 'model', declaration: declaration, scope, stopped };
    case 'function':
    case 'objective': {
      const roles = declaration.parameters.some((p) => p.type?.name.text === 'model' || p.type?.name.text === 'guide');
      return { kind: 'function', declaration, scope, given: new Map(), roles };
    }
    case 'param':
      // Of its own file: its type may speak of names there, and a run's is frozen.
      return readParam(
        declaration.parameter,
        declaration.parameter.name.text,
        new Frame({ context, program: frame.program, scope, stopped }),
      );
    case 'schedule-value':
      return scheduleValue(declaration, declared, frame);
    case 'schedule':
      context.session.report('wrong-type', span, {
        expected: `a value, as in 'schedule noise = ${declaration.name.text}(…)'`,
        found: `the schedule '${declaration.name.text}' itself`,
      });
      return invalid;
    case 'infer':
    case 'sample': {
      const what = `using the ${declaration.kind} '${declaration.name.text}'`;
      context.session.report('not-supported', span, { what, instead: '' });
      return invalid;
    }
  }
}

/** A set of a run that the spec itself cannot name, because a declaration of its own hides it, has the run's name too. */
function nameOfSet({ declaration, scope }: Declared, root: Scope): string {
  const name = nameOf(declaration).text;
  const isHidden = root.names.get(name)?.declaration !== declaration;
  return scope.run !== undefined && isHidden ? `${scope.run.name}:${name}` : name;
}

/** A hyper is a number of the host with a name: its value, or what `--set` says. A run's is the number it ended with. */
function hyperValue(declaration: DeclarationOf<'hyper'>, declared: Declared, frame: Frame): Value {
  const { context } = frame;
  const known = context.values.get(declaration);
  if (known !== undefined) return known;
  const name = declaration.name.text;
  context.values.set(declaration, invalid);
  const inner = new Frame({ context, program: undefined, scope: declared.scope });
  let value = inner.elaborate(declaration.value);
  if (value.kind !== 'scalar') {
    if (value.kind === 'string' || value.kind === 'list') {
      context.values.set(declaration, value);
      return value;
    }
    if (value.kind !== 'invalid') {
      const params = { expected: `a number for the hyper '${name}'`, found: describe(value) };
      context.session.report('wrong-type', declaration.value.span, params);
    }
    return invalid;
  }
  const override = overrideOf(declared, name, context);
  if (override !== undefined) {
    const given = Number(override);
    if (override.trim() === '' || !Number.isFinite(given)) {
      context.session.report('invalid-hyper-value', declaration.name.span, {
        name,
        value: override,
        needed: 'a number',
      });
      return invalid;
    }
    value = { kind: 'scalar', value: given, expression: { kind: 'number', value: given } };
  }
  const written: HostExpr = value.expression;
  const { run } = declared.scope;
  if (run !== undefined) {
    const hyper = (of: string): never => {
      throw new Error(`the hyper '${of}' of the run '${run.name}' is not a number yet`);
    };
    const ended = number(evaluateHost(written, { clock: run.clock, hyper }));
    context.values.set(declaration, ended);
    return ended;
  }
  context.hypers.set(name, { name, value: written, span: declaration.name.span, static: false });
  const result: Value = { kind: 'scalar', value: value.value, expression: { kind: 'hyper', name } };
  context.values.set(declaration, result);
  return result;
}

/** What `--set` gave a hyper: for the spec that is compiled, or when the run was begun that declares it. */
function overrideOf({ declaration, scope: { run } }: Declared, name: string, context: Context): string | undefined {
  const { names } = run ?? context.spec.scope;
  if (names.get(name)?.declaration !== declaration) return undefined;
  return run === undefined ? context.overrides.get(name) : run.settings[name];
}
