/** Sample programs without loops: draws, deterministic names, and what they return. */
import type { DeclarationOf } from '../../1-syntax/ast.ts';
import { printExpr } from '../../1-syntax/print.ts';
import type { SampleProgram } from '../../4-tensor/program.ts';
import { instantiate } from '../instance.ts';
import { isTractable, readDensity } from '../query.ts';
import { drawFrom } from '../draw.ts';
import { Frame, type Context } from '../../2-check/context.ts';
import { readSet } from './clauses.ts';
import { checkStatement } from '../../2-check/later.ts';
import { assign } from '../../2-check/nets.ts';
import { staticCount } from '../../2-check/static.ts';
import { joinPlates, toTensor } from '../../2-check/tensors.ts';
import { describe, invalid, type Plate, type TensorValue, type Value } from '../../2-check/values.ts';
import type { Expr } from '../../1-syntax/ast.ts';
import { openProgram, rowsPlate } from './open.ts';
import { fieldsAt } from './rows.ts';

export function draftSample(
  declaration: DeclarationOf<'sample'>,
  context: Context,
  counts: Readonly<Record<string, number>>,
): SampleProgram | undefined {
  const { session, b } = context;
  const name = declaration.name.text;
  const outer = new Frame({ context, program: undefined, scope: context.spec.scope });
  const values = new Map<string, Value>();
  const sets: string[] = [];
  let n = 1;
  for (const parameter of declaration.parameters) {
    const { type, initial } = parameter;
    if (
      type?.member !== undefined ||
      (type !== undefined && outer.scope.names.get(type.name.text)?.declaration.kind === 'data')
    ) {
      const row = rowArgument(parameter.name.text, type, outer);
      if (row === undefined) return undefined;
      values.set(parameter.name.text, row);
      sets.push(row.set);
      continue;
    }
    if (initial === undefined) {
      session.report('missing-argument', parameter.span, { of: `the sample '${name}'`, name: parameter.name.text });
      return undefined;
    }
    let value = outer.elaborate(initial);
    if (parameter.name.text === 'n') {
      const given = counts[name];
      if (given !== undefined) value = { kind: 'scalar', value: given, expression: { kind: 'number', value: given } };
      const count = staticCount(value, initial.span, "'n'", outer);
      if (count === undefined) return undefined;
      n = count;
    }
    values.set(parameter.name.text, value);
  }
  const rows = rowsPlate('samples', n);
  const index = b.label(b.add(context.clock('first'), b.iota(n)), 'samples');
  const program = openProgram({
    name: `sample.${name}`,
    kind: 'sample',
    rows,
    rowIndex: index,
    set: sets[0] ?? '',
    fields: new Map(),
  });
  const frame = new Frame({ context, program, scope: context.spec.scope });
  for (const [key, value] of values) frame.values.set(key, value);
  const result = run(declaration, frame);
  if (result === undefined) return undefined;
  const extents = result.plates.map((plate) => plate.extent);
  const total = extents.reduce((product, extent) => product * extent, 1);
  const real = result.node.dtype === 'u32' ? b.map('toF32', result.node) : result.node;
  const node = b.reshape(real, [total, ...result.shape]);
  const { shape } = result;
  const display = shape.length === 2 ? 'picture' : shape.length === 1 && shape[0] === 2 ? 'points' : 'numbers';
  const outputs = [{ name: 'sample', node, target: { kind: 'result' } as const }];
  return {
    kind: 'sample',
    name: program.name,
    function: { name: program.name, outputs },
    n: total,
    shape,
    display,
    sets,
  };
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

function run(declaration: DeclarationOf<'sample'>, frame: Frame): TensorValue | undefined {
  const { session } = frame.context;
  for (const statement of declaration.body) {
    switch (statement.kind) {
      case 'sample':
        if (!checkStatement(session, statement, 'sample')) return undefined;
        if (frame.values.has(statement.target.text)) {
          session.report('assigned-twice', statement.target.span, { name: statement.target.text });
          return undefined;
        }
        frame.values.set(statement.target.text, draw(statement.target.text, statement.distribution, frame));
        break;
      case 'let':
        if (!checkStatement(session, statement, 'sample')) return undefined;
        assign(statement, frame);
        break;
      case 'return': {
        const [only] = statement.values;
        if (only === undefined) return undefined;
        const value = frame.elaborate(only.value);
        if (value.kind === 'invalid') return undefined;
        if (value.kind === 'tensor' || value.kind === 'list') return toTensor(frame, value, only.span);
        session.report('no-result', only.span, { found: describe(value) });
        return undefined;
      }
      case 'for':
      case 'keep':
        checkStatement(session, statement, 'sample');
        return undefined;
      case 'param':
        session.report('not-supported', statement.span, { what: "'param' in a sample", instead: '' });
        return undefined;
    }
  }
  session.report('missing-return', declaration.name.span, { name: declaration.name.text });
  return undefined;
}

/** `z ~ p(z)`, `x ~ p(x | z)`, `e ~ Normal(0, 1)[2]`. */
function draw(target: string, distribution: Expr, frame: Frame): Value {
  const { session } = frame.context;
  const samples: readonly Plate[] = joinPlates([[frame.program!.rows]]);
  const isModel = distribution.kind === 'call' && frame.elaborate(distribution.callee).kind === 'model';
  if (distribution.kind !== 'density' && !isModel) {
    const value = frame.elaborate(distribution);
    if (value.kind === 'distribution') return drawFrom(frame, value, [frame.program!.name, target], samples);
    if (value.kind !== 'invalid') {
      session.report('wrong-type', distribution.span, {
        expected: "a distribution behind '~'",
        found: describe(value),
      });
    }
    return invalid;
  }
  const query = readDensity(distribution, frame);
  if (query === undefined) return invalid;
  const [variable, another] = query.of;
  if (variable === undefined || another !== undefined) {
    session.report('draw-name-mismatch', distribution.span, { names: `'${target}'`, density: printExpr(distribution) });
    return invalid;
  }
  const values = new Map(query.values);
  values.delete(variable);
  if (!isTractable({ ...query, values }, frame)) return invalid;
  const path = [frame.program!.name, query.model.declaration.name.text, variable];
  const instance = instantiate(
    query.model,
    query.of,
    values,
    (_, found) => drawFrom(frame, found, path, samples),
    frame,
  );
  return instance?.factors.get(variable)?.value ?? invalid;
}
