/** What is known of a u32 before it is computed: bounds, a number that it is a multiple of, and what they decide. */
import type { Expr, Variable } from '../../5-kernel/schedule/loops.ts';

/** low <= value <= high, and value mod multiple = 0; a multiple of 0 is 0 itself. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly multiple: number;
}

const largest = 2 ** 32 - 1;
const anything: Range = { low: 0, high: largest, multiple: 1 };
/** Larger products are not whole numbers of float64 for certain. */
const mostExact = 2 ** 52;

export class Ranges {
  readonly #variables = new Map<Variable, Range>();
  readonly #groups: readonly [number, number, number];

  constructor(groups: readonly [number, number, number]) {
    this.#groups = groups;
  }

  /** An immutable variable holds the value from here on. */
  declare(variable: Variable, value: Expr): void {
    this.#variables.set(variable, this.of(value));
  }

  /** The variable of a loop runs from `from` in steps, below `below`. */
  loop(variable: Variable, from: Expr, below: Expr, step: Expr): void {
    const [start, end, by] = [this.of(from), this.of(below), this.of(step)];
    const multiple = divisorOf(start.multiple, by.multiple);
    const last = multiple === 0 ? 0 : Math.floor((end.high - 1) / multiple) * multiple;
    this.#variables.set(variable, { low: start.low, high: Math.max(start.low, last), multiple });
  }

  /** What the expression must come to, where its bounds decide that; else the expression. */
  decided(expr: Expr): Expr {
    if (expr.kind !== 'builtin' || expr.width !== 1) return expr;
    const { low, high } = this.of(expr);
    if (low === high) return { kind: 'literal', scalar: expr.scalar, width: 1, value: low };
    const [first, second] = expr.args as readonly [Expr, Expr];
    if (first.scalar === 'bool') return this.#decidedTruth(expr.name, expr.args) ?? expr;
    if (first.scalar !== 'u32' || expr.args.length !== 2) return expr;
    const [a, b] = [this.of(first), this.of(second)];
    if (expr.name === 'min' || expr.name === 'max') {
      const isMin = expr.name === 'min';
      if (a.high <= b.low) return this.decided(isMin ? first : second);
      return b.high <= a.low ? this.decided(isMin ? second : first) : expr;
    }
    const holds = compared(expr.name, a, b);
    return holds === undefined ? expr : truth(holds);
  }

  #decidedTruth(name: string, args: readonly Expr[]): Expr | undefined {
    if (name !== 'and' && name !== 'or') return undefined;
    const [a, b] = args.map((arg) => this.decided(arg)) as [Expr, Expr];
    // True and b is b, true or b is true.
    const decides = name === 'or' ? 1 : 0;
    if (a.kind === 'literal') return a.value === decides ? a : b;
    if (b.kind === 'literal') return b.value === decides ? b : a;
    return undefined;
  }

  of(expr: Expr): Range {
    if (expr.scalar !== 'u32' || expr.width !== 1) return anything;
    switch (expr.kind) {
      case 'literal':
        return only(expr.value >>> 0);
      case 'constant':
        return only(expr.constant.value >>> 0);
      case 'variable':
        return this.#variables.get(expr.variable) ?? anything;
      case 'place': {
        const [x, y, z] = this.#groups;
        const count = { 'group.x': x, 'group.y': y, 'group.z': z, lane: 1, subgroup: 1 }[expr.place];
        return { low: 0, high: count - 1, multiple: count === 1 ? 0 : 1 };
      }
      case 'builtin':
        return this.#builtin(expr.name, expr.args);
      default:
        return anything;
    }
  }

  #builtin(name: string, args: readonly Expr[]): Range {
    if (name === 'select') return union(this.of(args[1]!), this.of(args[2]!));
    const [a, b] = args.map((arg) => this.of(arg)) as [Range, Range];
    switch (name) {
      case 'add':
        return within(a.low + b.low, a.high + b.high, divisorOf(a.multiple, b.multiple));
      case 'sub':
        return within(a.low - b.high, a.high - b.low, divisorOf(a.multiple, b.multiple));
      case 'mul':
        return within(a.low * b.low, a.high * b.high, a.multiple * b.multiple);
      case 'shiftLeft':
        return b.low === b.high ? within(a.low * 2 ** b.low, a.high * 2 ** b.low, a.multiple * 2 ** b.low) : anything;
      case 'shiftRight':
        return b.low === b.high ? quotient(a, only(2 ** b.low)) : anything;
      case 'div':
        return quotient(a, b);
      case 'rem':
        if (b.low === 0) return anything;
        return { low: 0, high: Math.min(a.high, b.high - 1), multiple: divisorOf(a.multiple, b.multiple) };
      case 'min':
        return {
          low: Math.min(a.low, b.low),
          high: Math.min(a.high, b.high),
          multiple: divisorOf(a.multiple, b.multiple),
        };
      case 'max':
        return {
          low: Math.max(a.low, b.low),
          high: Math.max(a.high, b.high),
          multiple: divisorOf(a.multiple, b.multiple),
        };
      case 'bitAnd':
        return { low: 0, high: Math.min(a.high, b.high), multiple: 1 };
      default:
        return anything;
    }
  }
}

/** Whether the comparison holds for all numbers within the bounds, or for none; undefined where it may be either. */
function compared(name: string, a: Range, b: Range): boolean | undefined {
  switch (name) {
    case 'lt':
      return a.high < b.low ? true : a.low >= b.high ? false : undefined;
    case 'le':
      return a.high <= b.low ? true : a.low > b.high ? false : undefined;
    case 'gt':
      return compared('lt', b, a);
    case 'ge':
      return compared('le', b, a);
    case 'eq':
      return a.high < b.low || b.high < a.low ? false : undefined;
    default:
      return undefined;
  }
}

function truth(holds: boolean): Expr {
  return { kind: 'literal', scalar: 'bool', width: 1, value: holds ? 1 : 0 };
}

function only(value: number): Range {
  return { low: value, high: value, multiple: value };
}

/** Nothing is known where the bounds leave the numbers of 32 bits: the value may have wrapped. */
function within(low: number, high: number, multiple: number): Range {
  return low >= 0 && high <= largest ? { low, high, multiple: multiple <= mostExact ? multiple : 1 } : anything;
}

function quotient(a: Range, b: Range): Range {
  if (b.low === 0) return anything;
  const whole = b.low === b.high && a.multiple % b.low === 0;
  return {
    low: Math.floor(a.low / b.high),
    high: Math.floor(a.high / b.low),
    multiple: whole ? a.multiple / b.low : 1,
  };
}

function union(a: Range, b: Range): Range {
  return {
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
    multiple: divisorOf(a.multiple, b.multiple),
  };
}

/** The greatest common divisor; 0 is a multiple of everything. */
function divisorOf(a: number, b: number): number {
  return b === 0 ? a : divisorOf(b, a % b);
}

/** Whether u32 arithmetic on the two does not wrap: the range of the result then holds for whole numbers too. */
export function isExact(name: 'add' | 'sub' | 'mul', a: Range, b: Range): boolean {
  if (name === 'add') return a.high + b.high <= largest;
  return name === 'sub' ? a.low >= b.high : a.high * b.high <= largest;
}
