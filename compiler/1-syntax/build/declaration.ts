/** Declarations, and the clauses of data sets. */
import type {
  DataClauseCstNode,
  DataCstNode,
  DeclarationCstNode,
  ModelCstNode,
  ProgramCstNode,
  SignedCstNode,
} from '../../../grammar/cst.generated.d.ts';
import { diagnostic } from '../../diagnostics/messages.ts';
import type { Span } from '../../diagnostics/span.ts';
import type { DataClause, Declaration, Expr, Statement } from '../ast.ts';
import { nameOf, nodeSpan, one, the } from './context.ts';
import type { Context } from './context.ts';
import { stringValue } from './literal.ts';
import { namedArgument } from './parts.ts';
import { clause } from './program.ts';
import { block, paramDeclaration, parameters, type } from './statement.ts';

export function declaration(cx: Context, node: DeclarationCstNode): Declaration {
  const span = nodeSpan(cx, node);
  const { children } = node;
  const used = one(children.use);
  if (used !== undefined) {
    const path = stringValue(the(used.children.StringLiteral).image);
    return { kind: 'use', path, ...(used.children.Run && { run: true }), span };
  }
  const valued = one(children.hyper) ?? one(children.sweep);
  if (valued !== undefined) {
    const name = nameOf(cx, the(valued.children.Identifier));
    const value = cx.expression(the(valued.children.expression));
    if (valued.name === 'hyper') return { kind: 'hyper', name, value, span };
    return { kind: 'sweep', hyper: name, values: value, span };
  }
  const set = one(children.data);
  if (set !== undefined) return data(cx, set);
  const param = one(children.param);
  if (param !== undefined) return { kind: 'param', parameter: paramDeclaration(cx, param), span };
  const modelled = one(children.model);
  if (modelled !== undefined) return model(cx, modelled);
  const run = one(children.program);
  if (run !== undefined) return program(cx, run);
  const shaped =
    one(children.function) ??
    one(children.objective) ??
    one(children.net) ??
    one(children.schedule) ??
    the(children.sample);
  return signed(cx, shaped.name, the(shaped.children.signed), span);
}

function model(cx: Context, node: ModelCstNode): Declaration {
  return {
    kind: one(node.children.Guide) ? 'guide' : 'model',
    name: nameOf(cx, the(node.children.Identifier)),
    parameters: parameters(cx, one(node.children.parameters)),
    body: block(cx, the(node.children.block)),
    span: nodeSpan(cx, node),
  };
}

function program(cx: Context, node: ProgramCstNode): Declaration {
  const span = nodeSpan(cx, node);
  const clauses = (node.children.clause ?? []).map((item) => clause(cx, item));
  const name = one(node.children.Identifier);
  if (name !== undefined) return { kind: 'infer', name: nameOf(cx, name), clauses, span };
  return { kind: one(node.children.Train) ? 'train' : 'evaluate', clauses, span };
}

/** A name, its parameters, and a block or the one expression that stands for it. */
function signed(
  cx: Context,
  kind: 'function' | 'objective' | 'net' | 'schedule' | 'sample',
  node: SignedCstNode,
  span: Span,
): Declaration {
  const name = nameOf(cx, the(node.children.Identifier));
  const head = { name, parameters: parameters(cx, one(node.children.parameters)) };
  const expression = one(node.children.expression);
  if (expression === undefined) {
    const body = block(cx, the(node.children.block));
    return kind === 'schedule' ? { kind, ...head, body, span } : { kind, ...head, body, short: false, span };
  }
  const value = cx.expression(expression);
  if (kind === 'schedule') {
    const given = one(node.children.parameters);
    if (given !== undefined) cx.report(diagnostic('schedule-parameters', nodeSpan(cx, given), {}));
    return { kind: 'schedule-value', name, value, span };
  }
  return { kind, ...head, body: [returning(value)], short: true, span };
}

function returning(value: Expr): Statement {
  return { kind: 'return', values: [{ value, span: value.span }], span: value.span };
}

function data(cx: Context, node: DataCstNode): Declaration {
  const span = nodeSpan(cx, node);
  const name = nameOf(cx, the(node.children.Identifier));
  const nodes = one(node.children.dataBlock)?.children.dataClause ?? node.children.dataClause ?? [];
  const clauses = nodes.map((item) => dataClause(cx, item));
  const value = one(node.children.expression);
  if (value === undefined) return { kind: 'data', name, clauses, span };
  return { kind: 'derived-data', name, value: cx.expression(value), clauses, span };
}

function dataClause(cx: Context, node: DataClauseCstNode): DataClause {
  const span = nodeSpan(cx, node);
  const { children } = node;
  const value = () => cx.expression(the(children.expression));
  if (children.Where) return { kind: 'where', condition: value(), span };
  if (children.Source) return { kind: 'source', source: value(), span };
  if (children.namedArgument) {
    return { kind: 'split', parts: children.namedArgument.map((part) => namedArgument(cx, part)), span };
  }
  const binary = one(children.binarize);
  if (binary !== undefined) {
    const field = nameOf(cx, the(binary.children.Identifier));
    const at = one(binary.children.expression);
    return { kind: 'binarize', field, ...(at && { at: cx.expression(at) }), dynamic: at === undefined, span };
  }
  const name = nameOf(cx, the(children.Identifier));
  if (children.Standardize) return { kind: 'standardize', field: name, span };
  if (children.Equals) return { kind: 'derived', name, value: value(), span };
  return { kind: 'field', field: { name, type: type(cx, the(children.type)), span }, span };
}
