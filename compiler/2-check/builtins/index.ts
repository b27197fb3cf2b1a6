/** The functions of the language: a name, how it is called, and where its meaning stands. */
import type { ExprOf } from '../../1-syntax/ast.ts';
import { distributions, laterDistributions } from '../../distributions/index.ts';
import { activations, initialisers, layers } from '../../layers/index.ts';
import type { Frame } from '../context.ts';
import { callDistribution } from '../distributions.ts';
import { callActivation, callLayer } from '../layers.ts';
import { invalid, type Value } from '../values.ts';
import { ofBatch } from './batch.ts';
import { elementwise } from './elementwise.ts';
import { elaborateReduction, isReduction, reductionNames } from './reductions.ts';
import { residualFunction } from './residual.ts';
import { hostFunctions } from './schedules.ts';
import { shapeWords } from './shapes.ts';
import { tableFunctions } from './tables.ts';
import { odeFunctions } from './ode.ts';
import { special } from './special.ts';

/** A function of the language: gets the call as written, because some look at names or at an index. */
export type BuiltinFunction = (expr: ExprOf<'call'>, frame: Frame) => Value;

const functions: Readonly<Record<string, BuiltinFunction>> = {
  ...elementwise,
  ...hostFunctions,
  ...ofBatch,
  ...residualFunction,
  ...shapeWords,
  ...special,
  ...tableFunctions,
  ...odeFunctions,
};

/** What the language has words for and a later version compiles. */
const later: ReadonlySet<string> = new Set([
  ...laterDistributions,
  ...['grad', 'norm'],
  'mean_field',
  ...['best_f1', 'disentanglement', 'fit', 'gradient_variance', 'mode_coverage', 'nearest_neighbour', 'pareto_k'],
]);

/** Whether a word is the language's and no version compiles it yet. */
export function isLater(name: string): boolean {
  return later.has(name);
}

export const builtinNames: ReadonlySet<string> = new Set([
  ...Object.keys(functions),
  ...reductionNames,
  ...activations.keys(),
  ...layers.keys(),
  ...initialisers.keys(),
  ...Object.keys(distributions),
  ...later,
  'pi',
]);

export function callBuiltin(name: string, expr: ExprOf<'call'>, frame: Frame): Value {
  if (later.has(name)) {
    frame.context.session.report('not-supported', expr.span, { what: `'${name}'`, instead: '' });
    return invalid;
  }
  const own = functions[name];
  if (own !== undefined) return own(expr, frame);
  if (isReduction(name)) return elaborateReduction(name, undefined, expr, frame);
  if (name in distributions) return callDistribution(name, expr, frame);
  if (layers.has(name)) return callLayer(name, expr, frame);
  if (activations.has(name)) return callActivation(name, expr, frame);
  frame.context.session.report('not-callable', expr.span, { found: `'${name}'` });
  return invalid;
}
