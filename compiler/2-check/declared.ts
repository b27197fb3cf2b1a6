/** The value of a declared name: made once a use for closures, once a spec for hypers. */
import type { DeclarationOf } from '../1-syntax/ast.ts';
import type { HostExpr } from '../4-tensor/program.ts';
import { Frame } from './context.ts';
import type { Declared } from './load.ts';
import { readParam } from './params.ts';
import { scheduleValue } from './schedules.ts';
import { describe, invalid, type Value } from './values.ts';

export function declaredValue(declared: Declared, frame: Frame): Value {
  const { declaration, scope } = declared;
  const { stopped, context } = frame;
  switch (declaration.kind) {
    case 'hyper':
      return hyperValue(declaration, declared, frame);
    case 'data':
    case 'derived-data':
      return { kind: 'data', declaration };
    case 'net':
      return { kind: 'net', declaration, scope, stopped };
    case 'model':
    case 'guide':
      return { kind: 'model', declaration: declaration, scope, stopped };
    case 'function':
    case 'objective': {
      const { name, parameters, body } = declaration;
      const roles = parameters.some((p) => p.type?.name.text === 'model' || p.type?.name.text === 'guide');
      return { kind: 'function', name: name.text, parameters, body, scope, roles };
    }
    case 'param':
      return readParam(declaration.parameter, declaration.parameter.name.text, frame);
    case 'schedule-value':
      return scheduleValue(declaration, declared, frame);
    case 'schedule':
      context.session.report('wrong-type', declaration.name.span, {
        expected: `a value, as in 'schedule noise = ${declaration.name.text}(…)'`,
        found: `the schedule '${declaration.name.text}' itself`,
      });
      return invalid;
    case 'infer':
    case 'sample': {
      const what = `using the ${declaration.kind} '${declaration.name.text}'`;
      context.session.report('not-supported', declaration.name.span, { what, instead: '' });
      return invalid;
    }
  }
}

/** A hyper is a number of the host with a name: its value, or what `--set` says. */
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
  const override =
    context.spec.scope.names.get(name)?.declaration === declaration ? context.overrides.get(name) : undefined;
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
  context.hypers.set(name, { name, value: written, span: declaration.name.span, static: false });
  const result: Value = { kind: 'scalar', value: value.value, expression: { kind: 'hyper', name } };
  context.values.set(declaration, result);
  return result;
}
