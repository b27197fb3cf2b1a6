/** Takes away lets that nothing reads and puts those read once in their reader's place: what is left reads well. */
import { childrenOf } from './expressions.ts';
import type { Expr, Statement, Variable } from './loops.ts';
import { blocksOf, expressionsOf, mapBlocks, mapChildren, mapExpressions } from './rewrite.ts';

/** A value put in another's place must be smaller than this many operands and operations. */
const largestPart = 8;

export function tidy(statements: readonly Statement[]): readonly Statement[] {
  let kept = statements;
  for (;;) {
    const uses = countUses(kept);
    const fewer = withoutUnread(kept, uses);
    if (fewer === kept) return inlineBlock(kept, uses, new Map());
    kept = fewer;
  }
}

/** How often each variable is read; a read in a loop that its declaration stands outside of counts as many. */
function countUses(statements: readonly Statement[]): ReadonlyMap<Variable, number> {
  const uses = new Map<Variable, number>();
  const declaredAt = new Map<Variable, number>();
  const read = (expr: Expr, depth: number): void => {
    if (expr.kind === 'variable') {
      const outside = (declaredAt.get(expr.variable) ?? depth) < depth;
      uses.set(expr.variable, (uses.get(expr.variable) ?? 0) + (outside ? 2 : 1));
    }
    for (const child of childrenOf(expr)) read(child, depth);
  };
  const visit = (block: readonly Statement[], depth: number): void => {
    for (const statement of block) {
      // A loop asks for its bound and its step again and again: they keep their names.
      if (statement.kind === 'for') {
        read(statement.from, depth);
        for (const expr of [statement.below, statement.step]) read(expr, depth + 1);
      } else for (const expr of expressionsOf(statement)) read(expr, depth);
      if (statement.kind === 'declare') declaredAt.set(statement.variable, depth);
      for (const inner of blocksOf(statement)) visit(inner, statement.kind === 'for' ? depth + 1 : depth);
    }
  };
  visit(statements, 0);
  return uses;
}

function withoutUnread(block: readonly Statement[], uses: ReadonlyMap<Variable, number>): readonly Statement[] {
  let changed = false;
  const kept = block.flatMap((statement): readonly Statement[] => {
    if (statement.kind === 'declare' && !statement.variable.mutable && !uses.has(statement.variable)) {
      changed = true;
      return [];
    }
    return [
      mapBlocks(statement, (inner) => {
        const fewer = withoutUnread(inner, uses);
        if (fewer !== inner) changed = true;
        return fewer;
      }),
    ];
  });
  return changed ? kept : block;
}

function inlineBlock(
  block: readonly Statement[],
  uses: ReadonlyMap<Variable, number>,
  outer: ReadonlyMap<Variable, Expr>,
): readonly Statement[] {
  const parts = new Map(outer);
  const put = (expr: Expr): Expr => {
    if (expr.kind === 'variable') return parts.get(expr.variable) ?? expr;
    return mapChildren(expr, put);
  };
  const kept: Statement[] = [];
  for (const statement of block) {
    const next = mapExpressions(statement, put);
    const once = next.kind === 'declare' && !next.variable.mutable && uses.get(next.variable) === 1;
    if (once && movable(next.value) && operandsOf(next.value) <= largestPart) parts.set(next.variable, next.value);
    else kept.push(mapBlocks(next, (inner) => inlineBlock(inner, uses, parts)));
  }
  return kept;
}

/** Memory changes, variables are assigned, and lanes must meet where they did; anything else may stand elsewhere. */
function movable(expr: Expr): boolean {
  if (['load', 'element', 'broadcast', 'combine'].includes(expr.kind)) return false;
  if (expr.kind === 'variable' && expr.variable.mutable) return false;
  return childrenOf(expr).every(movable);
}

function operandsOf(expr: Expr): number {
  return childrenOf(expr).reduce((sum, child) => sum + operandsOf(child), 1);
}
