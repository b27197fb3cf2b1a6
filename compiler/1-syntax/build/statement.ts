/** Parameters, types and statements. */
import type {
  AssignmentCstNode,
  BlockCstNode,
  ParamCstNode,
  ParametersCstNode,
  ReturnedCstNode,
  StatementCstNode,
  TypeCstNode,
} from '../../../grammar/cst.generated.d.ts';
import { diagnostic } from '../../diagnostics/messages.ts';
import type { Argument, ParamDeclaration, Parameter, Statement, TypeExpr } from '../ast.ts';
import { maybeName, nameOf, nodeSpan, one, the, tokenSpan } from './context.ts';
import type { Context } from './context.ts';
import { each, target } from './parts.ts';

/** `(p: model, beta = 1)`. */
export function parameters(cx: Context, node: ParametersCstNode | undefined): readonly Parameter[] {
  return (node?.children.parameter ?? []).map((item) => {
    const declared = one(item.children.type);
    const initial = one(item.children.expression);
    return {
      name: nameOf(cx, the(item.children.Identifier)),
      ...(declared && { type: type(cx, declared) }),
      ...(initial && { initial: cx.expression(initial) }),
      span: nodeSpan(cx, item),
    };
  });
}

/** `unit[28, 28]`, `category(10)`, `mnist.test`. */
export function type(cx: Context, node: TypeCstNode): TypeExpr {
  const [, second] = node.children.Identifier;
  const member = maybeName(cx, second);
  const shape = one(node.children.indices);
  return {
    name: nameOf(cx, the(node.children.Identifier)),
    ...(member && { member }),
    args: (node.children.expression ?? []).map((item) => cx.expression(item)),
    shape: (shape?.children.expression ?? []).map((item) => cx.expression(item)),
    span: nodeSpan(cx, node),
  };
}

/** `param u[k] : real[2] = from data`. */
export function paramDeclaration(cx: Context, node: ParamCstNode): ParamDeclaration {
  const initial = one(node.children.expression);
  const from = one(node.children.designator);
  return {
    ...target(cx, the(node.children.target)),
    type: type(cx, the(node.children.type)),
    ...(initial && { initial: cx.expression(initial) }),
    ...(from && { from: cx.designator(from) }),
    span: nodeSpan(cx, node),
  };
}

export function block(cx: Context, node: BlockCstNode): readonly Statement[] {
  return (node.children.statement ?? []).map((item) => statement(cx, item));
}

function statement(cx: Context, node: StatementCstNode): Statement {
  const span = nodeSpan(cx, node);
  const { children } = node;
  const loop = one(children.each);
  if (loop !== undefined) return { kind: 'for', each: each(cx, loop), body: block(cx, the(children.block)), span };
  if (children.returned !== undefined) {
    return { kind: 'return', values: children.returned.map((item) => returned(cx, item)), span };
  }
  const param = one(children.param);
  if (param !== undefined) return { kind: 'param', parameter: paramDeclaration(cx, param), span };
  const kept = one(children.Identifier);
  if (kept === undefined) return assignment(cx, the(children.assignment));
  return { kind: 'keep', target: nameOf(cx, kept), at: cx.expression(the(children.expression)), span };
}

function returned(cx: Context, node: ReturnedCstNode): Argument {
  const name = maybeName(cx, one(node.children.Identifier));
  return { ...(name && { name }), value: cx.expression(the(node.children.expression)), span: nodeSpan(cx, node) };
}

/** `global mu[k] ~ Normal(0, 1)`, `mu, logvar = encoder(x)`. */
function assignment(cx: Context, node: AssignmentCstNode): Statement {
  const span = nodeSpan(cx, node);
  const targets = node.children.target.map((item) => ({ ...target(cx, item), span: nodeSpan(cx, item) }));
  const value = cx.expression(the(node.children.expression));
  const global = one(node.children.Global);
  const modifier = one(node.children.Carry) && ({ modifier: 'carry' } as const);
  if (one(node.children.Tilde) !== undefined) {
    const { name, index } = targets[0]!;
    const [, second] = targets;
    if (second !== undefined) cx.report(diagnostic('one-variable-a-draw', second.span, {}));
    const kept = global ? ({ modifier: 'global' } as const) : modifier;
    return { kind: 'sample', ...kept, target: name, ...(index && { index }), distribution: value, span };
  }
  if (global !== undefined) cx.report(diagnostic('global-assignment', tokenSpan(cx, global), {}));
  const indexed = targets.find(({ index }) => index !== undefined);
  if (indexed !== undefined) cx.report(diagnostic('indexed-assignment', indexed.span, { name: indexed.name.text }));
  return { kind: 'let', ...modifier, targets: targets.map(({ name }) => name), value, span };
}
