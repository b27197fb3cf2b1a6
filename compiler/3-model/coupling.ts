/** Draws coupled with a value of the batch's rows: `e ~ Normal(0, 1) like x coupled(x, by: optimal_transport)`. */
import type { Draw, Expr } from '../1-syntax/ast.ts';
import { printExpr } from '../1-syntax/print.ts';
import { sameShape } from '../4-tensor/builder.ts';
import { topological, type Node } from '../4-tensor/ir.ts';
import { simplifyNodes } from '../4-tensor/passes/simplify.ts';
import type { Coupling } from '../4-tensor/program.ts';
import { matchArguments } from '../2-check/arguments.ts';
import type { Frame, ProgramContext } from '../2-check/context.ts';
import { floating, tensorOf } from '../2-check/tensors.ts';
import { describeShape, type DistributionValue, type TensorValue } from '../2-check/values.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { drawFrom } from './draw.ts';
import type { Arrangement } from '../2-check/noise.ts';

/**
 * The permutation of the rows as an argument of the program, which the host is to compute; undefined (and reported) where
 * it cannot. `own` says how the draws are spread before they are coupled.
 */
export function couple(
  draw: Draw,
  distribution: DistributionValue,
  path: readonly string[],
  own: Arrangement,
  frame: Frame,
): { readonly permutation: Node; readonly text: string } | undefined {
  const { b, session } = frame.context;
  const program = frame.program!;
  if (distribution.plates.length > 0) {
    session.report('coupled-draw', draw.span, { why: 'and here each row has a distribution of its own; give all one' });
    return undefined;
  }
  const target = targetOf(draw, frame);
  const value = target && valueOf(target, distribution, frame);
  if (target === undefined || value === undefined) return undefined;
  const drawn = floating(drawFrom(frame, distribution, path, [], own), frame);
  const all = program.counted?.() ?? b.constant(program.rows.extent, 'u32');
  const [values, draws, counted] = simplifyNodes(b, [floating(value, frame), drawn, all]);
  if (topological([values!, draws!]).some(isBeyondHost)) {
    const why = 'which the host does ahead of the step; nothing that is trained or coupled may enter';
    session.report('coupled-draw', target.span, { why });
    return undefined;
  }
  const variable = draw.names[0]!.name.text;
  const text = `coupled with ${printExpr(target)}`;
  const coupling = { text: `${variable} ${text}`, values: values!, draws: draws!, counted: counted! };
  const argument = argumentOf(program, variable, coupling);
  const permutation = b.input({ kind: 'argument', name: argument }, [program.rows.extent], 'u32');
  return { permutation, text: `${text} within the batch by optimal transport` };
}

/** What is written within `coupled(…)`, whose method is the only one there is. */
function targetOf(draw: Draw, frame: Frame): Expr | undefined {
  const formals = [{ name: 'with' }, { name: 'by', named: true }];
  const given = matchArguments("'coupled'", formals, draw.coupled!, draw.span, frame);
  const method = given?.get('by');
  if (method === undefined) return undefined;
  const word = printExpr(method);
  if (word === 'optimal_transport') return given?.get('with');
  const hint = didYouMean(word, ['optimal_transport']) || "; draws are coupled by 'optimal_transport'";
  frame.context.session.report('unknown-name', method.span, { name: word, hint });
  return undefined;
}

/** The value to couple with: one for each row, of the draw's shape. */
function valueOf(target: Expr, { shape }: DistributionValue, frame: Frame): TensorValue | undefined {
  const { session } = frame.context;
  const value = tensorOf(frame, target);
  if (value === undefined) return undefined;
  if (value.plates.length !== 1 || value.plates[0]!.id !== frame.program!.rows.id || value.deferred !== undefined) {
    const why = "and this is not one value for each row; couple with one, such as 'x'";
    session.report('coupled-draw', target.span, { why });
    return undefined;
  }
  if (sameShape(value.shape, shape)) return value;
  const sides = { left: describeShape(shape), right: describeShape(value.shape) };
  session.report('shape-mismatch', target.span, { ...sides, of: "'coupled'" });
  return undefined;
}

/** Whether the host does not know such an input before the step. */
function isBeyondHost(node: Node): boolean {
  return node.kind === 'input' && node.source.kind !== 'uniform';
}

/** The coupling's name: that of an equal one, else a new one after the variable. */
function argumentOf({ couplings }: ProgramContext, variable: string, coupling: Omit<Coupling, 'argument'>): string {
  const same = couplings.find(({ values, draws }) => values === coupling.values && draws === coupling.draws);
  if (same !== undefined) return same.argument;
  const taken = new Set(couplings.map(({ argument }) => argument));
  let argument = `coupling_${variable}`;
  for (let n = 2; taken.has(argument); n++) argument = `coupling_${variable}_${n}`;
  couplings.push({ argument, ...coupling });
  return argument;
}
