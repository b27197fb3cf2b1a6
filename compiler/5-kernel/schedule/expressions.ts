/** The maker of loop expressions: equal expressions of one kernel are one object, and u32 arithmetic is folded. */
import type { Builtin, ScalarFunction, ScalarType } from '../../ops/scalar.ts';
import type { ReduceOp } from '../../4-tensor/ir.ts';
import type { Binding, Constant, Expr, LocalArray, Place, Variable, Width } from './loops.ts';

type Draft = Expr extends infer E ? (E extends Expr ? E : never) : never;

const comparisons: ReadonlySet<Builtin> = new Set(['lt', 'le', 'gt', 'ge', 'eq', 'ne', 'and', 'or', 'not']);

export class Expressions {
  readonly #interned = new Map<string, Expr>();
  readonly #ids = new Map<Expr, number>();
  readonly #sizes = new Map<Expr, number>();
  readonly #named = new Map<object, number>();

  literal(value: number, scalar: ScalarType): Expr {
    return this.#make(`literal ${scalar} ${Object.is(value, -0) ? '-0' : value}`, {
      kind: 'literal',
      scalar,
      width: 1,
      value,
    });
  }

  u32(value: number): Expr {
    return this.literal(value, 'u32');
  }

  constant(constant: Constant): Expr {
    return this.#make(`constant ${constant.name}`, { kind: 'constant', scalar: constant.scalar, width: 1, constant });
  }

  variable(variable: Variable): Expr {
    const { scalar, width } = variable;
    return this.#make(`variable ${this.#ordinal(variable)}`, { kind: 'variable', scalar, width, variable });
  }

  uniform(name: string, scalar: ScalarType): Expr {
    return this.#make(`uniform ${name}`, { kind: 'uniform', scalar, width: 1, name });
  }

  place(place: Place): Expr {
    return this.#make(`place ${place}`, { kind: 'place', scalar: 'u32', width: 1, place });
  }

  load(binding: Binding, index: Expr): Expr {
    const scalar = binding.storage === 'u32' ? 'u32' : 'f32';
    const key = `load ${this.#ordinal(binding)} ${this.#id(index)}`;
    return this.#make(key, { kind: 'load', scalar, width: binding.width, binding, index });
  }

  element(array: LocalArray, index: Expr): Expr {
    const { scalar, width } = array;
    return this.#make(`element ${array.name} ${this.#id(index)}`, { kind: 'element', scalar, width, array, index });
  }

  /** A builtin, at the widest width among its arguments. */
  builtin(name: Builtin, scalar: ScalarType, ...args: readonly Expr[]): Expr {
    const width = widest(args);
    const wide = args.map((arg) => this.widen(arg, width));
    const key = `${name} ${scalar} ${wide.map((arg) => this.#id(arg)).join(' ')}`;
    return this.#make(key, {
      kind: 'builtin',
      scalar: comparisons.has(name) ? 'bool' : scalar,
      width,
      name,
      args: wide,
    });
  }

  call(fn: ScalarFunction, scalar: ScalarType, ...args: readonly Expr[]): Expr {
    const width = widest(args);
    const wide = args.map((arg) => this.widen(arg, width));
    const key = `call ${fn.name} ${wide.map((arg) => this.#id(arg)).join(' ')}`;
    return this.#make(key, { kind: 'call', scalar, width, fn, args: wide });
  }

  /** The same value at `width`. */
  widen(arg: Expr, width: Width): Expr {
    if (arg.width === width) return arg;
    if (width === 1) throw new Error('a vector where a scalar is expected');
    return this.#make(`splat ${this.#id(arg)}`, { kind: 'splat', scalar: arg.scalar, width, arg });
  }

  vector(a: Expr, b: Expr, c: Expr, d: Expr): Expr {
    if (a === b && b === c && c === d) return this.widen(a, 4);
    if (a.kind === 'component' && [a, b, c, d].every((part, lane) => part === this.component(a.arg, lane)))
      return a.arg;
    const key = `vector ${[a, b, c, d].map((arg) => this.#id(arg)).join(' ')}`;
    return this.#make(key, { kind: 'vector', scalar: a.scalar, width: 4, args: [a, b, c, d] });
  }

  /** Component `lane` of a vector; a scalar is the same in every lane. */
  component(arg: Expr, lane: number | Expr): Expr {
    if (arg.width === 1) return arg;
    if (arg.kind === 'splat') return arg.arg;
    if (arg.kind === 'vector' && typeof lane === 'number') return arg.args[lane]!;
    const key = `component ${this.#id(arg)} ${typeof lane === 'number' ? lane : `of ${this.#id(lane)}`}`;
    return this.#make(key, { kind: 'component', scalar: arg.scalar, width: 1, arg, lane });
  }

  broadcast(arg: Expr, lane: number): Expr {
    const { scalar, width } = arg;
    return this.#make(`broadcast ${this.#id(arg)} ${lane}`, { kind: 'broadcast', scalar, width, arg, lane });
  }

  combine(op: ReduceOp, arg: Expr): Expr {
    const { scalar, width } = arg;
    return this.#make(`combine ${op} ${this.#id(arg)}`, { kind: 'combine', scalar, width, op, arg });
  }

  // ---- u32 arithmetic, folded ---------------------------------------------------------------------------------------

  add(a: Expr, b: Expr): Expr {
    const x = numberOf(a);
    const y = numberOf(b);
    if (x !== undefined && y !== undefined) return this.u32(x + y);
    if (x === 0) return b;
    if (y === 0) return a;
    // (a + 1) + 2 is a + 3, and a + (b + c) is a + b + c: u32 addition is associative.
    if (isSum(b)) return this.add(this.add(a, b.args[0]!), b.args[1]!);
    if (isSum(a) && y !== undefined && numberOf(a.args[1]!) !== undefined)
      return this.add(a.args[0]!, this.add(a.args[1]!, b));
    return this.builtin('add', 'u32', a, b);
  }

  sub(a: Expr, b: Expr): Expr {
    const x = numberOf(a);
    const y = numberOf(b);
    if (x !== undefined && y !== undefined && x >= y) return this.u32(x - y);
    return y === 0 ? a : this.builtin('sub', 'u32', a, b);
  }

  mul(a: Expr, b: Expr): Expr {
    const x = numberOf(a);
    const y = numberOf(b);
    if (x !== undefined && y !== undefined) return this.u32(x * y);
    if (x === 0 || y === 0) return this.u32(0);
    if (x === 1) return b;
    return y === 1 ? a : this.builtin('mul', 'u32', a, b);
  }

  /** floor(a / b) */
  div(a: Expr, by: number | Expr): Expr {
    const b = typeof by === 'number' ? this.u32(by) : by;
    const [x, y] = [numberOf(a), numberOf(b)];
    if (x !== undefined && y !== undefined) return this.u32(Math.floor(x / y));
    return y === 1 ? a : this.builtin('div', 'u32', a, b);
  }

  rem(a: Expr, by: number | Expr): Expr {
    const b = typeof by === 'number' ? this.u32(by) : by;
    const [x, y] = [numberOf(a), numberOf(b)];
    if (x !== undefined && y !== undefined) return this.u32(x % y);
    return y === 1 ? this.u32(0) : this.builtin('rem', 'u32', a, b);
  }

  min(a: Expr, b: Expr): Expr {
    return this.builtin('min', 'u32', a, b);
  }

  less(a: Expr, b: Expr): Expr {
    return this.builtin('lt', 'bool', a, b);
  }

  /** How many operations the expression holds, a shared one counted each time. */
  size(expr: Expr): number {
    return this.#sizes.get(expr) ?? 0;
  }

  #make(key: string, draft: Draft): Expr {
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    this.#interned.set(key, draft);
    this.#ids.set(draft, this.#ids.size);
    const inner = childrenOf(draft).reduce((sum, child) => sum + this.size(child), 0);
    this.#sizes.set(draft, inner + (isAtom(draft) ? 0 : 1));
    return draft;
  }

  #id(expr: Expr): number {
    const id = this.#ids.get(expr);
    if (id === undefined) throw new Error('an expression of another kernel');
    return id;
  }

  #ordinal(thing: object): number {
    const known = this.#named.get(thing);
    if (known !== undefined) return known;
    this.#named.set(thing, this.#named.size);
    return this.#named.size - 1;
  }
}

/** Whether an expression costs nothing to repeat. */
export function isAtom(expr: Expr): boolean {
  return ['literal', 'constant', 'variable', 'uniform', 'place'].includes(expr.kind);
}

/** The expressions an expression is made of, in order. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'constant':
    case 'variable':
    case 'uniform':
    case 'place':
      return [];
    case 'load':
    case 'element':
      return [expr.index];
    case 'builtin':
    case 'call':
    case 'vector':
      return expr.args;
    case 'splat':
    case 'broadcast':
    case 'combine':
      return [expr.arg];
    case 'component':
      return typeof expr.lane === 'number' ? [expr.arg] : [expr.arg, expr.lane];
  }
}

function numberOf(expr: Expr): number | undefined {
  return expr.kind === 'literal' ? expr.value : undefined;
}

function isSum(expr: Expr): expr is Expr & { readonly kind: 'builtin' } {
  return expr.kind === 'builtin' && expr.name === 'add' && expr.scalar === 'u32' && expr.width === 1;
}

function widest(args: readonly Expr[]): Width {
  return args.some((arg) => arg.width === 4) ? 4 : 1;
}
