/** Which operator binds tighter, for the builder and the printer alike. */
import type { BinaryOperator, Expr } from './ast.ts';

interface Binding {
  /** Larger binds tighter. */
  readonly level: number;
  /** `none`: two in a row need parentheses. */
  readonly associates: 'left' | 'right' | 'none';
}

export const bindings: Readonly<Record<BinaryOperator, Binding>> = {
  '->': { level: 1, associates: 'none' },
  '..': { level: 2, associates: 'none' },
  '==': { level: 3, associates: 'none' },
  '!=': { level: 3, associates: 'none' },
  '<': { level: 3, associates: 'none' },
  '<=': { level: 3, associates: 'none' },
  '>': { level: 3, associates: 'none' },
  '>=': { level: 3, associates: 'none' },
  '|>': { level: 4, associates: 'left' },
  '+': { level: 5, associates: 'left' },
  '-': { level: 5, associates: 'left' },
  '*': { level: 6, associates: 'left' },
  '/': { level: 6, associates: 'left' },
  '^': { level: 8, associates: 'right' },
};

/** The levels of what is not a binary operator; a bare `for` suffix is looser than any expression. */
export const levels = { suffixed: -1, loosest: 0, prefix: 7, like: 9, postfix: 10 } as const;

/** How tightly an expression holds together as it is printed: an operand of a tighter place needs parentheses. */
export function levelOf(expr: Expr): number {
  switch (expr.kind) {
    case 'binary':
      return bindings[expr.operator].level;
    case 'negate':
    case 'log-density':
    case 'mean':
      return levels.prefix;
    case 'if':
      return levels.loosest;
    case 'like':
      return levels.like;
    case 'comprehension':
      return expr.bracketed ? levels.postfix : levels.suffixed;
    default:
      return levels.postfix;
  }
}
