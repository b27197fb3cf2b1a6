/**
 * Builds the statements of a kernel. Values that are asked for twice become lets, placed in the outermost open block
 * where all they depend on is known: what a loop does not change is computed before it.
 */
import { builtins } from '../../ops/scalar.ts';
import type { ScalarType } from '../../ops/scalar.ts';
import { childrenOf, Expressions, isAtom } from './expressions.ts';
import type { Binding, Constant, Expr, LocalArray, Matrix, MatrixPlace, Statement, Variable, Width } from './loops.ts';

/** Names that no variable takes: functions of the target, and what every kernel is told. */
const reserved: ReadonlySet<string> = new Set([...builtins, 'group', 'lane', 'subgroup', 'scalars']);

interface Block {
  readonly statements: Statement[];
  /** The lets of this block, by the expression they hold. */
  readonly lets: Map<Expr, Expr>;
  /** What is declared here. */
  readonly names: Set<string>;
  /** Loads must not leave this block: it runs only under a condition. */
  readonly fence: boolean;
}

export class Emitter {
  readonly make = new Expressions();
  readonly shared: LocalArray[] = [];
  readonly constants: Constant[] = [];
  readonly #blocks: Block[] = [openBlock(false)];
  readonly #depths = new Map<Variable, number>();

  get statements(): readonly Statement[] {
    return this.#blocks[0]!.statements;
  }

  /** Marks an open block; `isOpen` tells whether statements of it are still in scope. */
  get block(): object {
    return this.#blocks.at(-1)!;
  }

  isOpen(block: object): boolean {
    return this.#blocks.includes(block as Block);
  }

  /** `hint` as a name that nothing in sight has; it is then the innermost block's, or that of the block at `depth`. */
  name(hint: string, depth = this.#blocks.length - 1): string {
    const isTaken = (name: string): boolean =>
      reserved.has(name) || this.#blocks.some((block) => block.names.has(name));
    let name = hint;
    for (let i = 2; isTaken(name); i++) name = /\d$/.test(hint) ? `${hint}_${i}` : `${hint}${i}`;
    this.#blocks[depth]!.names.add(name);
    return name;
  }

  /** A named number at the head of the kernel; the same name and value give the same constant. */
  constant(name: string, value: number): Expr {
    const known = this.constants.find((constant) => constant.name === name && constant.value === value);
    if (known !== undefined) return this.make.constant(known);
    const constant: Constant = { name: this.name(name, 0), scalar: 'u32', value };
    this.constants.push(constant);
    return this.make.constant(constant);
  }

  /** The value, held by a let unless it is as cheap as one. */
  let(hint: string, value: Expr): Expr {
    if (isAtom(value)) return value;
    // What an array holds changes; the rest is the same wherever it is asked for.
    const lasting = !readsArray(value);
    for (const block of lasting ? this.#blocks : []) {
      const known = block.lets.get(value);
      if (known !== undefined) return known;
    }
    const depth = this.#depthOf(value);
    const block = this.#blocks[depth]!;
    const variable = this.#variable(hint, value, false, depth);
    block.statements.push({ kind: 'declare', variable, value });
    const expr = this.make.variable(variable);
    if (lasting) block.lets.set(value, expr);
    return expr;
  }

  /** The value under its own name, even where it is as cheap as one: what a place in the dispatch stands for. */
  named(hint: string, value: Expr): Expr {
    if (value.kind !== 'place') return this.let(hint, value);
    const variable = this.#variable(hint, value, false, this.#blocks.length - 1);
    this.push({ kind: 'declare', variable, value });
    return this.make.variable(variable);
  }

  comment(text: string): void {
    this.push({ kind: 'comment', text });
  }

  /** `hint` with a number behind it, apart from a number that it ends in. */
  numbered(hint: string, i: number): string {
    return /\d$/.test(hint) ? `${hint}_${i}` : `${hint}${i}`;
  }

  /** A variable that is assigned later. */
  mutable(hint: string, value: Expr): Variable {
    const variable = this.#variable(hint, value, true, this.#blocks.length - 1);
    this.push({ kind: 'declare', variable, value });
    return variable;
  }

  assign(variable: Variable, value: Expr): void {
    this.push({ kind: 'assign', variable, value });
  }

  store(binding: Binding, index: Expr, value: Expr): void {
    this.push({ kind: 'store', binding, index, value });
  }

  put(array: LocalArray, index: Expr, value: Expr): void {
    this.push({ kind: 'put', array, index, value });
  }

  /** A matrix as it lies in memory, or of zeros. */
  matrix(hint: string, part: Matrix['part'], from?: MatrixPlace): Matrix {
    const matrix: Matrix = { name: this.name(hint), part };
    this.push({ kind: 'matrix', matrix, ...(from && { from }) });
    return matrix;
  }

  /** sum += left · right */
  multiply(sum: Matrix, left: Matrix, right: Matrix): void {
    this.push({ kind: 'multiply', sum, left, right });
  }

  putMatrix(matrix: Matrix, to: MatrixPlace): void {
    this.push({ kind: 'put-matrix', matrix, to });
  }

  barrier(): void {
    this.push({ kind: 'barrier' });
  }

  array(hint: string, scalar: ScalarType, width: Width, length: number, values?: readonly Expr[]): LocalArray {
    const array: LocalArray = { name: this.name(hint), scalar, width, length, space: 'private' };
    this.push(values === undefined ? { kind: 'array', array } : { kind: 'array', array, values });
    return array;
  }

  workgroupArray(hint: string, scalar: ScalarType, width: Width, length: number): LocalArray {
    const array: LocalArray = { name: this.name(hint, 0), scalar, width, length, space: 'workgroup' };
    this.shared.push(array);
    return array;
  }

  /** Memory of the thread's own, [length], with no values yet. */
  scratchArray(hint: string, scalar: ScalarType, width: Width, length: number): LocalArray {
    const array: LocalArray = { name: this.name(hint, 0), scalar, width, length, space: 'scratch' };
    this.shared.push(array);
    return array;
  }

  push(statement: Statement): void {
    this.#blocks.at(-1)!.statements.push(statement);
  }

  /** for (hint = from; hint < below; hint += step) body(hint) */
  loop(hint: string, from: Expr, below: Expr, step: Expr, body: (index: Expr) => void): void {
    const block = openBlock(false);
    this.#blocks.push(block);
    const variable: Variable = { name: this.name(hint), scalar: 'u32', width: 1, mutable: true };
    this.#depths.set(variable, this.#blocks.length - 1);
    body(this.make.variable(variable));
    this.#blocks.pop();
    this.push({ kind: 'for', variable, from, below, step, body: block.statements });
  }

  when(condition: Expr, then: () => void, otherwise?: () => void): void {
    const taken = this.#inside(then);
    const other = otherwise === undefined ? [] : this.#inside(otherwise);
    this.push({ kind: 'if', condition, then: taken, otherwise: other });
  }

  #inside(body: () => void): readonly Statement[] {
    const block = openBlock(true);
    this.#blocks.push(block);
    body();
    this.#blocks.pop();
    return block.statements;
  }

  #variable(hint: string, value: Expr, mutable: boolean, depth: number): Variable {
    const variable: Variable = { name: this.name(hint, depth), scalar: value.scalar, width: value.width, mutable };
    this.#depths.set(variable, depth);
    return variable;
  }

  /** The outermost block in which the value can be computed. */
  #depthOf(value: Expr): number {
    let depth = 0;
    const stack: Expr[] = [value];
    while (stack.length > 0) {
      const expr = stack.pop()!;
      if (expr.kind === 'variable') depth = Math.max(depth, this.#depths.get(expr.variable) ?? 0);
      if (expr.kind === 'load') depth = Math.max(depth, this.#innermostFence());
      // A private array is filled where it is used, and lanes meet where they are told to.
      if (expr.kind === 'element' || expr.kind === 'broadcast' || expr.kind === 'combine')
        return this.#blocks.length - 1;
      stack.push(...childrenOf(expr));
    }
    return depth;
  }

  #innermostFence(): number {
    return Math.max(
      0,
      this.#blocks.findLastIndex((block) => block.fence),
    );
  }
}

function readsArray(value: Expr): boolean {
  return value.kind === 'element' || childrenOf(value).some(readsArray);
}

function openBlock(fence: boolean): Block {
  return { statements: [], lets: new Map(), names: new Set(), fence };
}
