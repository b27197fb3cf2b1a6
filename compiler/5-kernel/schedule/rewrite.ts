/** Walks over statements and expressions, keeping what does not change. */
import type { Expr, Statement } from './loops.ts';

/** The expression with each of its direct parts replaced. */
export function mapChildren(expr: Expr, change: (child: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'literal':
    case 'constant':
    case 'variable':
    case 'uniform':
    case 'place':
      return expr;
    case 'load':
    case 'element': {
      const index = change(expr.index);
      return index === expr.index ? expr : { ...expr, index };
    }
    case 'builtin':
    case 'call': {
      const args = expr.args.map(change);
      return args.every((arg, i) => arg === expr.args[i]) ? expr : { ...expr, args };
    }
    case 'vector': {
      const args = expr.args.map(change) as [Expr, Expr, Expr, Expr];
      return args.every((arg, i) => arg === expr.args[i]) ? expr : { ...expr, args };
    }
    case 'splat':
    case 'broadcast':
    case 'combine': {
      const arg = change(expr.arg);
      return arg === expr.arg ? expr : { ...expr, arg };
    }
    case 'component': {
      const arg = change(expr.arg);
      const lane = typeof expr.lane === 'number' ? expr.lane : change(expr.lane);
      return arg === expr.arg && lane === expr.lane ? expr : { ...expr, arg, lane };
    }
  }
}

/** The expressions that a statement itself holds, in order; those of its blocks are not among them. */
export function expressionsOf(statement: Statement): readonly Expr[] {
  switch (statement.kind) {
    case 'declare':
    case 'assign':
      return [statement.value];
    case 'store':
    case 'put':
      return [statement.index, statement.value];
    case 'array':
      return statement.values ?? [];
    case 'for':
      return [statement.from, statement.below, statement.step];
    case 'if':
      return [statement.condition];
    case 'matrix':
      return statement.from === undefined ? [] : [statement.from.index];
    case 'put-matrix':
      return [statement.to.index];
    case 'multiply':
    case 'comment':
    case 'barrier':
    case 'return':
      return [];
  }
}

/** The statement with its own expressions replaced; its blocks stay. */
export function mapExpressions(statement: Statement, change: (expr: Expr) => Expr): Statement {
  switch (statement.kind) {
    case 'declare':
    case 'assign':
      return { ...statement, value: change(statement.value) };
    case 'store':
    case 'put':
      return { ...statement, index: change(statement.index), value: change(statement.value) };
    case 'array':
      return statement.values === undefined ? statement : { ...statement, values: statement.values.map(change) };
    case 'for':
      return {
        ...statement,
        from: change(statement.from),
        below: change(statement.below),
        step: change(statement.step),
      };
    case 'if':
      return { ...statement, condition: change(statement.condition) };
    case 'matrix': {
      const { from } = statement;
      return from === undefined ? statement : { ...statement, from: { ...from, index: change(from.index) } };
    }
    case 'put-matrix':
      return { ...statement, to: { ...statement.to, index: change(statement.to.index) } };
    case 'multiply':
    case 'comment':
    case 'barrier':
    case 'return':
      return statement;
  }
}

/** The blocks of a statement. */
export function blocksOf(statement: Statement): readonly (readonly Statement[])[] {
  if (statement.kind === 'for') return [statement.body];
  return statement.kind === 'if' ? [statement.then, statement.otherwise] : [];
}

/** The statement with its blocks replaced. */
export function mapBlocks(
  statement: Statement,
  change: (block: readonly Statement[]) => readonly Statement[],
): Statement {
  if (statement.kind === 'for') return { ...statement, body: change(statement.body) };
  if (statement.kind !== 'if') return statement;
  return { ...statement, then: change(statement.then), otherwise: change(statement.otherwise) };
}
