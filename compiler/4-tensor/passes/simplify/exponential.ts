/** Laws of exp, log and what is built from them: what is said in probabilities is computed in logits. */
import type { Builder } from '../../builder.ts';
import type { Node } from '../../ir.ts';
import { argumentOf, isMap, isSplat, scaledOf, shift } from './match.ts';
import { binary, unary, type MapRules } from './rule.ts';

/** log(1 - sigmoid(x)). */
function logOfOpposite(b: Builder, x: Node | undefined): Node | undefined {
  return x === undefined ? undefined : b.neg(b.map('softplus', x));
}

export const exponential: MapRules = {
  exp: [unary('exp(log(x)) = x', (_, x) => argumentOf(x, 'log'))],
  log: [
    unary('log(exp(x)) = x', (_, x) => argumentOf(x, 'exp')),
    unary('log(exp(x) * c) = x + log(c)', (b, x) => {
      const scaled = scaledOf(x);
      const inner = scaled === undefined ? undefined : argumentOf(scaled.base, 'exp');
      if (inner === undefined || scaled!.factor <= 0) return undefined;
      return shift(b, inner, 1, Math.log(scaled!.factor));
    }),
    unary('log(sigmoid(x)) = -softplus(-x)', (b, x) => {
      const inner = argumentOf(x, 'sigmoid');
      return inner === undefined ? undefined : b.neg(b.map('softplus', b.neg(inner)));
    }),
    unary('log(1 - sigmoid(x)) = -softplus(x)', (b, x) =>
      isMap(x, 'sub') && isSplat(x.args[0]!, 1) ? logOfOpposite(b, argumentOf(x.args[1]!, 'sigmoid')) : undefined,
    ),
    unary('log(1 + exp(x)) = softplus(x)', (b, x) => {
      const inner = isMap(x, 'add') && isSplat(x.args[1]!, 1) ? argumentOf(x.args[0]!, 'exp') : undefined;
      return inner === undefined ? undefined : b.map('softplus', inner);
    }),
  ],
  log1p: [
    unary('log1p(-sigmoid(x)) = -softplus(x)', (b, x) => {
      const inner = argumentOf(x, 'neg');
      return inner === undefined ? undefined : logOfOpposite(b, argumentOf(inner, 'sigmoid'));
    }),
    unary('log1p(exp(x)) = softplus(x)', (b, x) => {
      const inner = argumentOf(x, 'exp');
      return inner === undefined ? undefined : b.map('softplus', inner);
    }),
    unary('log1p(expm1(x)) = x', (_, x) => argumentOf(x, 'expm1')),
  ],
  expm1: [unary('expm1(log1p(x)) = x', (_, x) => argumentOf(x, 'log1p'))],
  square: [
    unary('square(exp(x)) = exp(x * 2)', (b, x) => {
      const inner = argumentOf(x, 'exp');
      return inner === undefined ? undefined : b.exp(b.mul(inner, 2));
    }),
  ],
  sqrt: [
    unary('sqrt(exp(x)) = exp(x / 2)', (b, x) => {
      const inner = argumentOf(x, 'exp');
      return inner === undefined ? undefined : b.exp(b.mul(inner, 0.5));
    }),
    unary('sqrt(square(x)) = abs(x)', (b, x) => {
      const inner = argumentOf(x, 'square');
      return inner === undefined ? undefined : b.map('abs', inner);
    }),
  ],
  pow: [binary('pow(x, 2) = square(x)', (b, x, y) => (isSplat(y, 2) ? b.square(x) : undefined))],
};
