/** Sample programs: their arguments, how many draws, and the parts that loops cut them into. */
import type { DeclarationOf, Expr } from '../../1-syntax/ast.ts';
import { matchArguments } from '../../2-check/arguments.ts';
import { fits } from '../../2-check/calls.ts';
import { Frame, type Context, type ProgramContext } from '../../2-check/context.ts';
import type { Scope } from '../../2-check/scope.ts';
import { staticCount } from '../../2-check/static.ts';
import { describe, number, type Value } from '../../2-check/values.ts';
import type { PartProgram, SampleProgram } from '../../4-tensor/program.ts';
import { readSet } from './clauses.ts';
import { SampleLoops } from './loops.ts';
import { openProgram, rowsPlate } from './open.ts';
import { fieldsAt } from './rows.ts';
import { runSample } from './statements.ts';

export interface DraftSample {
  readonly sample: SampleProgram;
  /** What runs before it: its loops, and what they begin from. */
  readonly parts: readonly PartProgram[];
}

export function draftSample(
  declaration: DeclarationOf<'sample'>,
  context: Context,
  counts: Readonly<Record<string, number>>,
): DraftSample | undefined {
  const { b } = context;
  const name = declaration.name.text;
  const body = bodyOf(declaration, context);
  const found = body && argumentsOf(body, declaration, context, counts[name]);
  if (body === undefined || found === undefined) return undefined;
  const rows = rowsPlate('samples', found.n);
  const index = b.label(b.add(context.clock('first'), b.iota(found.n)), 'samples');
  const loops = new SampleLoops(context, `sample.${name}`, rows);
  const program: ProgramContext = {
    ...openProgram({
      name: `sample.${name}`,
      kind: 'sample',
      rows,
      rowIndex: index,
      set: found.sets[0] ?? '',
      fields: new Map(),
    }),
    loops,
  };
  const frame = new Frame({ context, program, scope: body.scope });
  for (const [key, value] of found.values) frame.values.set(key, value);
  const result = runSample(body.statements, declaration.name, frame);
  if (result === undefined) return undefined;
  const extents = result.plates.map((plate) => plate.extent);
  const total = extents.reduce((product, extent) => product * extent, 1);
  const real = result.node.dtype === 'u32' ? b.map('toF32', result.node) : result.node;
  const node = b.reshape(real, [total, ...result.shape]);
  const { shape } = result;
  const display = shape.length === 2 ? 'picture' : shape.length === 1 && shape[0] === 2 ? 'points' : 'numbers';
  const outputs = [{ name: 'sample', node, target: { kind: 'result' } as const }];
  const { parts, programs } = loops.finish(outputs);
  const sample: SampleProgram = {
    kind: 'sample',
    name: program.name,
    parts,
    function: { name: program.name, outputs },
    n: total,
    shape,
    display,
    sets: found.sets,
  };
  return { sample, parts: programs };
}

/** What a sample program runs: its own statements, or those of the sampler that it is a call of. */
interface Body {
  readonly parameters: DeclarationOf<'sample'>['parameters'];
  readonly statements: DeclarationOf<'sample'>['body'];
  readonly scope: Scope;
  /** What the call gives, to be read where it is written. */
  readonly given: ReadonlyMap<string, Expr>;
}

/** `sample full = ancestral(eps, noise, variance: noise.beta)` runs what `ancestral` says. */
function bodyOf(declaration: DeclarationOf<'sample'>, context: Context): Body | undefined {
  const { scope } = context.spec;
  const [only] = declaration.body;
  const call = declaration.short && only?.kind === 'return' ? only.values[0]?.value : undefined;
  const callee = call?.kind === 'call' && call.callee.kind === 'name' ? scope.names.get(call.callee.text) : undefined;
  if (call?.kind !== 'call' || callee?.declaration.kind !== 'sample') {
    return { parameters: declaration.parameters, statements: declaration.body, scope, given: new Map() };
  }
  const { parameters, body, name } = callee.declaration;
  const frame = new Frame({ context, program: undefined, scope });
  const formals = parameters.map((p) => ({ name: p.name.text, optional: p.initial !== undefined }));
  const given = matchArguments(`the sample '${name.text}'`, formals, call.args, call.span, frame);
  return given && { parameters, statements: body, scope: callee.scope, given };
}

interface Arguments {
  readonly values: ReadonlyMap<string, Value>;
  readonly sets: readonly string[];
  readonly n: number;
}

function argumentsOf(
  { parameters, scope, given }: Body,
  declaration: DeclarationOf<'sample'>,
  context: Context,
  count: number | undefined,
): Arguments | undefined {
  const { session } = context;
  const name = declaration.name.text;
  const outer = new Frame({ context, program: undefined, scope: context.spec.scope });
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
