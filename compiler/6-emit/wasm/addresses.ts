/**
 * Addresses from indices: sums of products, in which what loops do not change stands first, so that it can leave them,
 * and a constant becomes the instruction's own offset.
 */
import type { Expr, Variable } from '../../5-kernel/schedule/loops.ts';
import * as b from './build.ts';
import type { Code, Local } from './ir.ts';
import { isExact, type Ranges } from './ranges.ts';

export interface Address {
  readonly address: Code;
  readonly offset: number;
}

/** Σ factor · code + constant. */
interface Affine {
  readonly terms: ReadonlyMap<string, Term>;
  readonly constant: number;
  /** It holds in whole numbers, not only modulo 2^32. */
  readonly exact: boolean;
}

interface Term {
  readonly code: Code;
  readonly factor: number;
  /** The number of loops that it may change in. */
  readonly depth: number;
}

/** What an address needs to know of the function that it stands in. */
export interface Scope {
  readonly ranges: Ranges;
  /** What a variable was declared with, where that is the same wherever the variable is in sight. */
  readonly definitionOf: (variable: Variable) => Expr | undefined;
  readonly depthOf: (expr: Expr) => number;
  readonly valueOf: (expr: Expr) => Code;
}

/** Where entry `index` of `bytes` bytes lies, behind `base` and `before` bytes more. */
export function addressOf(scope: Scope, base: Local, before: number, index: Expr, bytes: number): Address {
  const found = new Indices(scope).affine(index);
  const scaled = [...found.terms.values()].map((term) => ({ ...term, factor: term.factor * bytes }));
  // A quotient that was taken apart must come out whole.
  const whole = [...scaled.map(({ factor }) => factor), found.constant * bytes].every(Number.isInteger);
  const affine = whole ? scaled : [{ code: scope.valueOf(index), factor: bytes, depth: scope.depthOf(index) }];
  const constant = (whole ? found.constant * bytes : 0) + before;

  let address: Code = b.get(base);
  for (const depth of [...new Set(affine.map((term) => term.depth))].sort((x, y) => x - y)) {
    const here = affine.filter((term) => term.depth === depth);
    address = b.sum(
      address,
      here.map(({ code, factor }) => b.times(code, b.i32(factor))).reduce((total, term) => b.sum(total, term)),
    );
  }
  // The engine adds the offset without wrapping: what it is added to must be a true address, of something before.
  const ahead = !whole || (found.exact && affine.every(({ factor }) => factor > 0));
  if (ahead && constant >= 0 && constant < 2 ** 31) return { address, offset: constant };
  return { address: b.sum(address, b.i32(constant)), offset: 0 };
}

/** below - from, where that is the same whatever they are; undefined where it is not, or they may wrap. */
export function distance(scope: Scope, from: Expr, below: Expr): number | undefined {
  const indices = new Indices(scope);
  const [a, c] = [indices.affine(from), indices.affine(below)];
  const { terms, constant: apart } = combined(c, a, -1, true);
  return terms.size === 0 && a.exact && c.exact ? apart : undefined;
}

class Indices {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  affine(expr: Expr): Affine {
    if (expr.width !== 1 || expr.scalar !== 'u32') return this.#atom(expr);
    switch (expr.kind) {
      case 'literal':
        return constant(expr.value);
      case 'constant':
        return constant(expr.constant.value);
      case 'variable': {
        const definition = this.#scope.definitionOf(expr.variable);
        if (definition?.kind === 'variable') return this.affine(definition);
        if (definition?.kind !== 'builtin' || !['add', 'sub', 'mul', 'div'].includes(definition.name))
          return this.#atom(expr);
        const inner = this.affine(definition);
        return isAtomic(inner) ? this.#atom(expr) : inner;
      }
      case 'builtin': {
        if (expr.name === 'div') return this.#quotient(expr);
        if (expr.name !== 'add' && expr.name !== 'sub' && expr.name !== 'mul') return this.#atom(expr);
        const [x, y] = expr.args as readonly [Expr, Expr];
        const exact = isExact(expr.name, this.#scope.ranges.of(x), this.#scope.ranges.of(y));
        const [a, c] = [this.affine(x), this.affine(y)];
        if (expr.name !== 'mul') return combined(a, c, expr.name === 'add' ? 1 : -1, exact);
        if (c.terms.size === 0) return scaled(a, c.constant, exact);
        return a.terms.size === 0 ? scaled(c, a.constant, exact) : this.#atom(expr);
      }
      default:
        return this.#atom(expr);
    }
  }

  /** A multiple of d, divided by d: each term may be, as long as the sum comes out whole. */
  #quotient(expr: Expr & { readonly kind: 'builtin' }): Affine {
    const [x, y] = expr.args as readonly [Expr, Expr];
    const by = this.#scope.ranges.of(y);
    const inner = this.affine(x);
    const whole = by.low === by.high && by.low > 0 && this.#scope.ranges.of(x).multiple % by.low === 0;
    return whole && inner.exact && b.exponentOf(by.low) !== undefined
      ? scaled(inner, 1 / by.low, true)
      : this.#atom(expr);
  }

  #atom(expr: Expr): Affine {
    const code = this.#scope.valueOf(expr);
    if (code.kind === 'number') return constant(code.value >>> 0);
    const term: Term = { code, factor: 1, depth: this.#scope.depthOf(expr) };
    return { terms: new Map([[b.keyOf(code), term]]), constant: 0, exact: true };
  }
}

/** Whether nothing was taken apart: the expression is then better read from its variable. */
function isAtomic({ terms, constant }: Affine): boolean {
  const [only] = terms.values();
  return terms.size === 1 && constant === 0 && only!.factor === 1 && only!.code.kind !== 'get';
}

function constant(value: number): Affine {
  return { terms: new Map(), constant: value, exact: true };
}

function scaled({ terms, constant, exact }: Affine, by: number, holds: boolean): Affine {
  if (by === 0) return { terms: new Map(), constant: 0, exact: true };
  const products = [...terms].map(([key, term]) => [key, { ...term, factor: term.factor * by }] as const);
  return { terms: new Map(products), constant: constant * by, exact: exact && holds };
}

/** a + sign · c */
function combined(a: Affine, c: Affine, sign: 1 | -1, holds: boolean): Affine {
  const terms = new Map(a.terms);
  for (const [key, term] of c.terms) {
    const factor = (terms.get(key)?.factor ?? 0) + sign * term.factor;
    if (factor === 0) terms.delete(key);
    else terms.set(key, { ...term, factor });
  }
  return { terms, constant: a.constant + sign * c.constant, exact: a.exact && c.exact && holds };
}
