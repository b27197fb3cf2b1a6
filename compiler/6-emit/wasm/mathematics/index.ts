/** Builtins that WebAssembly lacks, as functions of those that it has. */
import { tanhFunction } from '../../../ops/functions/exponential.ts';
import { cosFunction, sinFunction } from '../../../ops/functions/trigonometric.ts';
import type { ScalarFunction } from '../../../ops/scalar.ts';
import type { FunctionBuiltin } from '../builtins.ts';
import { exp2Function, expFunction } from './exponential.ts';
import { log2Function, logFunction } from './logarithm.ts';
import { powFunction } from './power.ts';

export const mathematics: Readonly<Record<FunctionBuiltin, ScalarFunction>> = {
  exp: expFunction,
  exp2: exp2Function,
  log: logFunction,
  log2: log2Function,
  sin: sinFunction,
  cos: cosFunction,
  tanh: tanhFunction,
  pow: powFunction,
};
