/** Elementwise functions by their names in the language; on numbers of the host the host computes them. */
import { applyToTables, hostScalar } from '../host.ts';
import { printExpr } from '../../1-syntax/print.ts';
import type { OpName } from '../../ops/index.ts';
import { matchArguments } from '../arguments.ts';

import { apply } from '../tensors.ts';
import { invalid } from '../values.ts';
import type { BuiltinFunction } from './index.ts';

const names = [
  'exp', 'expm1', 'log', 'log1p', 'sqrt', 'square', 'abs', 'sin', 'cos',
  'floor', 'round', 'sign', 'lgamma', 'digamma', 'erf',
] as const satisfies readonly OpName[]; // prettier-ignore

const hostNames = ['exp', 'log', 'sqrt', 'abs', 'sin', 'cos', 'floor'] as const;

function one(name: (typeof names)[number]): BuiltinFunction {
  return (expr, frame) => {
    const given = matchArguments(`'${name}'`, [{ name: 'x' }], expr.args, expr.span, frame);
    const arg = given?.get('x');
    if (arg === undefined) return invalid;
    const value = frame.elaborate(arg);
    if (value.kind === 'invalid') return invalid;
    const host = hostNames.find((candidate) => candidate === name);
    if (value.kind === 'scalar' && host !== undefined) return hostScalar(host, [value]);
    if (value.kind === 'arrow' && value.from.kind === 'scalar' && value.to.kind === 'scalar' && host !== undefined) {
      return { kind: 'arrow', from: hostScalar(host, [value.from]), to: hostScalar(host, [value.to]) };
    }
    if (value.kind === 'table' && host !== undefined) return applyToTables(host, [value], expr.span, frame);
    return apply(frame, name, [value], expr.span, `'${printExpr(expr)}'`);
  };
}

export const elementwise: Readonly<Record<string, BuiltinFunction>> = Object.fromEntries(
  names.map((name) => [name, one(name)]),
);
