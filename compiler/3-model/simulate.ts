/** `simulate(p0, n: 1000, seed: 1)`: the rows of a data set drawn from a model of the file, in float64 on the host. */
import type { ExprOf } from '../1-syntax/ast.ts';
import { topological } from '../4-tensor/ir.ts';
import type { DataContract } from '../4-tensor/program.ts';
import { drawFrom } from './draw.ts';
import { instantiate } from './instance.ts';
import { structureOf } from '../2-check/structure.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { matchArguments } from '../2-check/arguments.ts';
import { Frame } from '../2-check/context.ts';
import { openProgram, rowsPlate } from './programs/open.ts';
import { staticCount } from '../2-check/static.ts';
import { spread } from '../2-check/tensors.ts';
import { describe } from '../2-check/values.ts';

/** The source with a graph of each field, [n, …shape]; undefined where something was wrong and reported. */
export function readSimulation(
  expr: ExprOf<'call'>,
  set: string,
  fields: readonly { readonly name: string }[],
  frame: Frame,
): DataContract['source'] | undefined {
  const { context } = frame;
  const { session, b } = context;
  const formals = [{ name: 'model' }, { name: 'n' }, { name: 'seed', optional: true }];
  const given = matchArguments("'simulate'", formals, expr.args, expr.span, frame);
  if (given === undefined) return undefined;
  const model = frame.elaborate(given.get('model')!);
  const n = staticCount(frame.elaborate(given.get('n')!), given.get('n')!.span, "'n'", frame);
  const written = given.get('seed');
  const seed = written === undefined ? 0 : staticCount(frame.elaborate(written), written.span, "'seed'", frame, 0);
  if (model.kind === 'invalid' || n === undefined || seed === undefined) return undefined;
  if (model.kind !== 'model' || model.declaration.kind !== 'model') {
    session.report('wrong-type', given.get('model')!.span, { expected: 'a model', found: describe(model) });
    return undefined;
  }
  const { variables } = structureOf(model.declaration);
  const missing = fields.find((field) => !variables.includes(field.name));
  if (missing !== undefined) {
    const hint = didYouMean(missing.name, variables);
    session.report('unknown-variable', expr.span, { name: missing.name, model: describe(model), hint });
    return undefined;
  }
  const rows = rowsPlate('samples', n);
  const program = openProgram({
    name: `simulate.${set}`,
    kind: 'sample',
    rows,
    rowIndex: b.iota(n),
    set: '',
    fields: new Map(),
  });
  const inner = new Frame({ context, program, scope: frame.scope });
  const draw: Parameters<typeof instantiate>[3] = (variable, found) =>
    drawFrom(inner, found, ['simulate', set, variable]);
  const instance = instantiate(model, variables, new Map(), draw, inner);
  if (instance === undefined) return undefined;
  const graphs = fields.map(({ name }) => {
    const value = instance.factors.get(name)!.value!;
    return { field: name, node: spread(inner, value, [rows], value.shape) };
  });
  const trained = topological(graphs.map(({ node }) => node)).some(
    (node) => node.kind === 'input' && 'path' in node.source,
  );
  if (trained) {
    const what = `simulating ${describe(model)}, whose parameters are trained`;
    session.report('not-supported', expr.span, { what, instead: '; give it fixed numbers' });
    return undefined;
  }
  return { kind: 'simulate', args: { n, seed }, graphs };
}
