/** How files, declarations and data sets are laid out. */
import { builders } from 'prettier/doc';
import type { DataClause, Declaration, DeclarationOf, Expr, SourceFile, Statement } from '../ast.ts';
import { quoted } from '../build/literal.ts';
import { assigned, plainArgument, whole } from './expression.ts';
import { block, series, stacked } from './layout.ts';
import type { Doc, Layout } from './layout.ts';
import { clauses } from './program.ts';
import { paramDeclaration, parameters, statements, typeExpr } from './statement.ts';

const { group, hardline, join } = builders;

export function sourceFile(file: SourceFile, cx: Layout): Doc {
  const comments = cx.dangling();
  if (file.declarations.length === 0) return comments === '' ? '' : [comments, hardline];
  return [stacked(cx, file.declarations, documented), hardline];
}

function documented(node: Declaration, cx: Layout): Doc {
  if (node.documentation === undefined) return declaration(node, cx);
  const lines = node.documentation.split('\n').map((text) => (text === '' ? '///' : `/// ${text}`));
  return [join(hardline, lines), hardline, declaration(node, cx)];
}

function declaration(node: Declaration, cx: Layout): Doc {
  switch (node.kind) {
    case 'use':
      return ['use ', node.run === true ? 'run ' : '', quoted(node.path)];
    case 'hyper':
      return ['hyper ', node.name.text, assigned('=', node.value, cx)];
    case 'data':
      return ['data ', node.name.text, ' ', block(cx, node.clauses, dataClause)];
    case 'derived-data':
      return derivedData(node, cx);
    case 'function':
    case 'objective':
    case 'net':
    case 'sample':
      return shaped(node, cx);
    case 'param':
      return paramDeclaration(node.parameter, cx);
    case 'model':
    case 'guide':
    case 'schedule': {
      const head = [node.kind, ' ', node.name.text, parameters(node.parameters, cx), ' '];
      return [head, statements(node.body, cx)];
    }
    case 'schedule-value':
      return ['schedule ', node.name.text, assigned('=', node.value, cx)];
    case 'train':
    case 'evaluate':
      return [node.kind, ' ', clauses(node.clauses, cx)];
    case 'infer':
      return ['infer ', node.name.text, ' ', clauses(node.clauses, cx)];
    case 'sweep':
      return ['sweep ', node.hyper.text, assigned('in', node.values, cx)];
  }
}

/** What is called by its name: a block, or the one expression that it returns. */
function shaped(node: DeclarationOf<'function' | 'objective' | 'net' | 'sample'>, cx: Layout): Doc {
  const head = [node.kind, ' ', node.name.text, parameters(node.parameters, cx)];
  const value = node.short ? onlyValue(node) : undefined;
  if (value === undefined) return [head, ' ', statements(node.body, cx)];
  return group([head, assigned('=', value, cx)]);
}

/** What a body of one `return` returns. */
function onlyValue({ body }: { readonly body: readonly Statement[] }): Expr | undefined {
  const [statement] = body;
  return statement?.kind === 'return' ? statement.values[0]?.value : undefined;
}

/** One condition follows on the line; anything more stands in a block. */
function derivedData(node: DeclarationOf<'derived-data'>, cx: Layout): Doc {
  const head = ['data ', node.name.text, assigned('=', node.value, cx)];
  const [first, second] = node.clauses;
  if (first === undefined) return head;
  if (second === undefined && first.kind === 'where') return [head, ' ', cx.child(first, dataClause)];
  return [head, ' ', block(cx, node.clauses, dataClause)];
}

function dataClause(node: DataClause, cx: Layout): Doc {
  switch (node.kind) {
    case 'field':
      return [node.field.name.text, ' : ', cx.child(node.field.type, typeExpr)];
    case 'source':
      return ['source ', whole(node.source, cx)];
    case 'split':
      return group(['split ', series(node.parts.map((part) => plainArgument(part, cx)))]);
    case 'binarize': {
      const how = node.at === undefined ? 'dynamic' : ['at ', whole(node.at, cx)];
      return ['binarize ', node.field.text, ' ', how];
    }
    case 'standardize':
      return ['standardize ', node.field.text];
    case 'where':
      return ['where ', whole(node.condition, cx)];
    case 'derived':
      return [node.name.text, assigned('=', node.value, cx)];
  }
}
