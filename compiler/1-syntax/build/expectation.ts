/** Expectations and divergences. */
import type { DivergenceCstNode, DrawCstNode, ExpectationCstNode } from '../../../grammar/cst.generated.d.ts';
import type { Draw, Expr } from '../ast.ts';
import { callArguments } from './call.ts';
import { nodeSpan, one, the } from './context.ts';
import type { Context } from './context.ts';
import { each, namedArgument, target } from './parts.ts';

/** `E[z ~ q(z | x)](f where a = …)`. */
export function expectation(cx: Context, node: ExpectationCstNode): Expr {
  return {
    kind: 'expectation',
    draws: node.children.draw.map((item) => draw(cx, item)),
    body: cx.expression(the(node.children.expression)),
    where: (node.children.binding ?? []).map((binding) => ({
      ...target(cx, the(binding.children.target)),
      value: cx.expression(the(binding.children.expression)),
      span: nodeSpan(cx, binding),
    })),
    span: nodeSpan(cx, node),
  };
}

function draw(cx: Context, node: DrawCstNode): Draw {
  const [, estimator] = node.children.expression;
  const coupled = one(node.children.call);
  const suffix = one(node.children.each);
  return {
    names: node.children.target.map((item) => target(cx, item)),
    distribution: cx.expression(the(node.children.expression)),
    ...(coupled && { coupled: callArguments(cx, coupled) }),
    ...(estimator && { by: cx.expression(estimator) }),
    ...(suffix && { each: each(cx, suffix) }),
    span: nodeSpan(cx, node),
  };
}

/** `KL(q || p, per: dim)`. */
export function divergence(cx: Context, node: DivergenceCstNode): Expr {
  const [left, right] = node.children.expression.map((side) => cx.expression(side));
  return {
    kind: 'divergence',
    left: left!,
    right: right!,
    options: (node.children.namedArgument ?? []).map((option) => namedArgument(cx, option)),
    span: nodeSpan(cx, node),
  };
}
