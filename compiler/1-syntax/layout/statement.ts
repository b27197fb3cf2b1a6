/** How parameters, types and statements are laid out. */
import { builders } from 'prettier/doc';
import type { ParamDeclaration, Parameter, Statement, TypeExpr } from '../ast.ts';
import { assigned, each, expression, plainArgument, whole } from './expression.ts';
import { block, indexed, listing, series } from './layout.ts';
import type { Doc, Layout } from './layout.ts';

const { group } = builders;

/** `(p: model, beta = 1)`, or nothing where there are none. */
export function parameters(items: readonly Parameter[], cx: Layout): Doc {
  if (items.length === 0) return '';
  return listing(
    '(',
    items.map((item) => cx.child(item, parameter)),
    ')',
  );
}

function parameter(node: Parameter, cx: Layout): Doc {
  const type = node.type === undefined ? '' : [': ', cx.child(node.type, typeExpr)];
  return [node.name.text, type, node.initial === undefined ? '' : [' = ', whole(node.initial, cx)]];
}

export function typeExpr(node: TypeExpr, cx: Layout): Doc {
  const items = (exprs: TypeExpr['args']) => exprs.map((expr) => whole(expr, cx));
  return [
    node.name.text,
    node.member === undefined ? '' : `.${node.member.text}`,
    node.args.length === 0 ? '' : listing('(', items(node.args), ')'),
    node.shape.length === 0 ? '' : listing('[', items(node.shape), ']'),
  ];
}

export function paramDeclaration(node: ParamDeclaration, cx: Layout): Doc {
  const head = ['param ', indexed(node.name, node.index), ' : ', cx.child(node.type, typeExpr)];
  if (node.from !== undefined) return [head, ' = from ', cx.child(node.from, expression)];
  return node.initial === undefined ? head : [head, assigned('=', node.initial, cx)];
}

/** The block of a declaration or a loop. */
export function statements(body: readonly Statement[], cx: Layout): Doc {
  return block(cx, body, statement);
}

function statement(node: Statement, cx: Layout): Doc {
  switch (node.kind) {
    case 'sample': {
      const modifier = node.modifier === undefined ? '' : `${node.modifier} `;
      return [modifier, indexed(node.target, node.index), assigned('~', node.distribution, cx)];
    }
    case 'let': {
      const modifier = node.modifier === undefined ? '' : `${node.modifier} `;
      return [modifier, node.targets.map(({ text }) => text).join(', '), assigned('=', node.value, cx)];
    }
    case 'param':
      return paramDeclaration(node.parameter, cx);
    case 'return':
      return group(['return ', series(node.values.map((value) => plainArgument(value, cx)))]);
    case 'for':
      return [cx.child(node.each, each), ' ', statements(node.body, cx)];
    case 'keep':
      return ['keep ', node.target.text, ' at ', whole(node.at, cx)];
  }
}
