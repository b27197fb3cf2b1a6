/** Expressions of loops as values of WebAssembly. What they need on the way is written into the block at hand. */
import type { ScalarType } from '../../ops/scalar.ts';
import { childrenOf } from '../../5-kernel/schedule/expressions.ts';
import type { Binding, Expr, ExprOf, LocalArray, Variable } from '../../5-kernel/schedule/loops.ts';
import { addressOf, distance, type Address, type Scope } from './addresses.ts';
import * as b from './build.ts';
import type { Width } from './builtins.ts';
import type { Code, Local } from './ir.ts';
import type { Ranges } from './ranges.ts';
import { literal, typeOf, type Scalars } from './scalars.ts';
import type { Writer } from './writer.ts';

/** A variable as a local; `spread` holds its number in all four lanes. */
export interface Held {
  readonly local: Local;
  readonly spread: boolean;
  /** Its value, where that is known when compiling. */
  readonly known?: Code;
  /** What it was declared with, where that is the same wherever the variable is in sight. */
  readonly definition?: Expr;
  /** The number of loops around its declaration. */
  readonly depth: number;
}

/** What a kernel is given, by name. */
export interface Given {
  readonly bindings: ReadonlyMap<string, Local>;
  readonly uniforms: ReadonlyMap<string, Code>;
  readonly places: ReadonlyMap<string, Code>;
  readonly scratch?: { readonly local: Local; readonly offsets: ReadonlyMap<string, number> };
}

export class Values {
  readonly #given: Given;
  readonly #writer: Writer;
  readonly #scalars: Scalars;
  readonly #held = new Map<Variable, Held>();
  readonly #ranges: Ranges;
  readonly #scope: Scope;

  constructor(given: Given, writer: Writer, scalars: Scalars, ranges: Ranges) {
    this.#given = given;
    this.#writer = writer;
    this.#scalars = scalars;
    this.#ranges = ranges;
    this.#scope = {
      ranges,
      definitionOf: (variable) => this.#held.get(variable)?.definition,
      depthOf: (expr) => this.depthOf(expr),
      valueOf: (expr) => this.of(expr),
    };
  }

  declare(variable: Variable, held: Held): void {
    this.#held.set(variable, held);
  }

  localOf(variable: Variable): Local {
    const held = this.#held.get(variable);
    if (held === undefined) throw new Error(`the variable ${variable.name} is not in sight`);
    return held.local;
  }

  /** The number of loops that the value may change in; the kernel's own loop over workgroups is the first. */
  depthOf(expr: Expr): number {
    const own = expr.kind === 'variable' ? (this.#held.get(expr.variable)?.depth ?? 0) : expr.kind === 'place' ? 1 : 0;
    return Math.max(own, ...childrenOf(expr).map((child) => this.depthOf(child)));
  }

  of(undecided: Expr): Code {
    const expr = this.#ranges.decided(undecided);
    switch (expr.kind) {
      case 'literal':
        return literal(expr.value, expr.scalar, expr.width);
      case 'constant':
        return literal(expr.constant.value, expr.scalar, expr.width);
      case 'variable': {
        const held = this.#held.get(expr.variable);
        return held?.known ?? b.get(this.localOf(expr.variable));
      }
      case 'uniform':
        return this.#given.uniforms.get(expr.name)!;
      case 'place':
        return this.#given.places.get(expr.place)!;
      case 'load':
        return read(this.bindingAt(expr.binding, expr.index), expr.binding, expr.width);
      case 'element':
        return wordAt(this.elementAt(expr.array, expr.index), expr.scalar, expr.width);
      case 'builtin':
        return this.#scalars.builtin(
          expr.name,
          expr.args[0]!.scalar,
          expr.width,
          expr.args.map((arg) => this.of(arg)),
          this.#writer,
        );
      case 'call':
        return this.#scalars.call(
          expr.fn,
          expr.width,
          expr.args.map((arg) => this.of(arg)),
          this.#writer,
        );
      case 'splat':
        return this.#splat(expr);
      case 'vector':
        return b.assemble(expr.args.map((arg) => masked(this.of(arg), arg.scalar)));
      case 'component':
        return this.#component(expr);
      case 'broadcast':
      case 'combine':
        throw new Error("a processor's kernels have no subgroups");
    }
  }

  /** below - from, where that is known when compiling. */
  distance(from: Expr, below: Expr): number | undefined {
    return distance(this.#scope, from, below);
  }

  /** Entry `index` of a binding. */
  bindingAt({ name, storage, width }: Binding, index: Expr): Address {
    const local = this.#given.bindings.get(name);
    if (local === undefined) throw new Error(`there is no binding ${name}`);
    return addressOf(this.#scope, local, 0, index, (storage === 'u8' ? 1 : 4) * width);
  }

  elementAt({ name, width }: LocalArray, index: Expr): Address {
    const { scratch } = this.#given;
    const offset = scratch?.offsets.get(name);
    if (scratch === undefined || offset === undefined) throw new Error(`there is no array ${name}`);
    return addressOf(this.#scope, scratch.local, offset, index, 4 * width);
  }

  #splat({ arg }: ExprOf<'splat'>): Code {
    if (arg.kind === 'variable' && this.#held.get(arg.variable)?.spread === true) return this.of(arg);
    return b.splat(masked(this.of(arg), arg.scalar));
  }

  #component({ arg, lane }: ExprOf<'component'>): Code {
    const vector = this.of(arg);
    const part = typeof lane === 'number' ? this.#part(vector, arg.scalar, lane) : this.#partAt(vector, arg, lane);
    // Lanes of truths are all ones.
    return arg.scalar === 'bool' ? b.apply('i32.and', part, b.i32(1)) : part;
  }

  #part(vector: Code, scalar: ScalarType, lane: number): Code {
    if (vector.kind === 'load' && vector.load === 'v128.load') {
      return wordAt({ address: vector.address, offset: vector.offset + 4 * lane }, scalar, 1);
    }
    return b.extract(typeOf(scalar, 1), vector, lane);
  }

  /** A lane known only when it runs: by its address, or by a choice between all four. */
  #partAt(vector: Code, arg: Expr, lane: Expr): Code {
    const at = this.of(lane);
    if (vector.kind === 'load' && vector.load === 'v128.load') {
      const address = b.sum(vector.address, b.times(at, b.i32(4)));
      return wordAt({ address, offset: vector.offset }, arg.scalar, 1);
    }
    const [held, number] = [this.#writer.hold('held', vector), this.#writer.hold('lane', at)];
    const select = arg.scalar === 'f32' ? 'select_f32' : 'select_i32';
    return [2, 1, 0].reduce<Code>(
      (others, i) => b.apply(select, this.#part(held, arg.scalar, i), others, b.apply('i32.eq', number, b.i32(i))),
      this.#part(held, arg.scalar, 3),
    );
  }
}

/** A truth as the lanes of a vector hold it: all ones, or all zeros. */
function masked(code: Code, scalar: ScalarType): Code {
  return scalar === 'bool' ? b.difference(b.i32(0), code) : code;
}

function wordAt({ address, offset }: Address, scalar: ScalarType, width: Width): Code {
  if (width === 4) return b.load('v128.load', address, offset);
  return b.load(scalar === 'f32' ? 'f32.load' : 'i32.load', address, offset);
}

/** What a binding holds there; bytes become f32. */
function read(at: Address, { storage }: Binding, width: Width): Code {
  if (storage !== 'u8') return wordAt(at, storage, width);
  if (width === 1) return b.apply('f32.convert_i32_s', b.load('i32.load8_u', at.address, at.offset));
  const bytes = b.load('v128.load32_zero', at.address, at.offset);
  const words = b.apply('i32x4.extend_low_i16x8_u', b.apply('i16x8.extend_low_i8x16_u', bytes));
  return b.apply('f32x4.convert_i32x4_s', words);
}
