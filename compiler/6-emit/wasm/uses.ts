/** How a kernel reads its variables and which of them keep one value, found before a word of it is written. */
import { childrenOf } from '../../5-kernel/schedule/expressions.ts';
import type { Expr, Statement, Variable } from '../../5-kernel/schedule/loops.ts';
import { blocksOf, expressionsOf } from '../../5-kernel/schedule/rewrite.ts';

export class Uses {
  readonly #reads = new Map<Variable, number>();
  readonly #spread = new Map<Variable, number>();
  readonly #loops = new Set<Variable>();
  /** Members of the uniform block and places in the dispatch that are asked for. */
  readonly uniforms = new Set<string>();
  readonly places = new Set<string>();

  constructor(statements: readonly Statement[]) {
    this.#visit(statements);
  }

  /** A number that is only ever put in all four lanes: it had better be held so. */
  isSpread(variable: Variable): boolean {
    const { mutable, width } = variable;
    return !mutable && width === 1 && this.#spread.get(variable) === this.#reads.get(variable);
  }

  /** Whether the value is the same wherever its variables are in sight: nothing that is assigned, no memory. */
  isLasting(expr: Expr): boolean {
    if (expr.kind === 'load' || expr.kind === 'element') return false;
    if (expr.kind === 'variable' && expr.variable.mutable && !this.#loops.has(expr.variable)) return false;
    return childrenOf(expr).every((child) => this.isLasting(child));
  }

  #visit(block: readonly Statement[]): void {
    for (const statement of block) {
      if (statement.kind === 'for') this.#loops.add(statement.variable);
      expressionsOf(statement).forEach((expr) => this.#read(expr));
      blocksOf(statement).forEach((inner) => this.#visit(inner));
    }
  }

  #read(expr: Expr): void {
    if (expr.kind === 'variable') this.#reads.set(expr.variable, (this.#reads.get(expr.variable) ?? 0) + 1);
    if (expr.kind === 'uniform') this.uniforms.add(expr.name);
    if (expr.kind === 'place') this.places.add(expr.place);
    if (expr.kind === 'splat' && expr.arg.kind === 'variable') {
      const { variable } = expr.arg;
      this.#spread.set(variable, (this.#spread.get(variable) ?? 0) + 1);
    }
    childrenOf(expr).forEach((child) => this.#read(child));
  }
}
