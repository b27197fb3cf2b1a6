/** Expressions on one line, as labels in derivations, metrics and messages. */
import { printer } from 'prettier/doc';
import type { Expr } from './ast.ts';
import { whole } from './layout/expression.ts';
import type { Layout } from './layout/layout.ts';

const plain: Layout = {
  child: (node, doc) => doc(node, plain),
  startsInline: () => true,
  blankAfter: () => false,
  dangling: () => '',
};

/** The expression as the formatter would write it on one line, with no more parentheses than it needs. */
export function printExpr(expr: Expr): string {
  const options = { printWidth: Number.POSITIVE_INFINITY, tabWidth: 2, useTabs: false };
  return printer.printDocToString(whole(expr, plain), options).formatted;
}
