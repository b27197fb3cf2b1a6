/**
 * Functions of the scalar language. Short ones are written out where they are called, since a call costs as much as
 * they do; long ones become functions of the module, one for numbers and one for vectors.
 */
import type { Builtin, Scalar, ScalarFunction } from '../../ops/scalar.ts';
import * as b from './build.ts';
import { applyBuiltin, type FunctionBuiltin, type InstructionBuiltin, type Width } from './builtins.ts';
import type { ValueType } from './instructions.ts';
import { mathematics } from './mathematics/index.ts';
import type { Code, WasmFunction } from './ir.ts';
import { Writer } from './writer.ts';

/** Functions of more operations than this are called. */
const mostWrittenOut = 150;
/** Within functions of more operations than this, only those of a few are written out: there are many of them. */
const longest = 500;
const few = 10;

export function typeOf(scalar: Scalar['type'], width: Width): ValueType {
  if (width === 4) return 'v128';
  return scalar === 'f32' ? 'f32' : 'i32';
}

/** A literal at a width; truths are lanes of ones or zeros in a vector, 1 or 0 otherwise. */
export function literal(value: number, scalar: Scalar['type'], width: Width): Code {
  if (scalar === 'f32') return width === 4 ? b.splat(b.f32(value)) : b.f32(value);
  if (scalar !== 'bool') return width === 4 ? b.splat(b.i32(value)) : b.i32(value);
  return width === 4 ? b.splat(b.i32(value === 0 ? 0 : -1)) : b.i32(value === 0 ? 0 : 1);
}

export class Scalars {
  readonly #functions = new Map<string, WasmFunction>();
  readonly #sizes = new Map<ScalarFunction, number>();

  /** A builtin that may be a function. `of` is the type of the first argument. */
  builtin(name: Builtin, of: Scalar['type'], width: Width, args: readonly Code[], writer: Writer): Code {
    if (isFunction(name)) return this.call(mathematics[name], width, args, writer);
    return applyBuiltin(name, of, width, args, (code) => writer.hold('held', code));
  }

  call(fn: ScalarFunction, width: Width, args: readonly Code[], writer: Writer, most = mostWrittenOut): Code {
    if (this.#sizeOf(fn) <= most) return this.#writeOut(fn, width, args, writer);
    const callee = this.#at(fn, width);
    return { kind: 'call', type: callee.result!.type, callee, args };
  }

  #at(fn: ScalarFunction, width: Width): WasmFunction {
    // No kernel's name has a point in it.
    const name = `${fn.name}.x${width}`;
    const known = this.#functions.get(name);
    if (known !== undefined) return known;
    const writer = new Writer();
    const parameters = fn.parameters.map((one) => ({ ...writer.local(one.name, typeOf(one.type, width)) }));
    const result = this.#writeOut(fn, width, parameters.map(b.get), writer);
    const { instructions: body } = writer;
    const made = { name, documentation: fn.documentation.split('\n'), parameters, body, result, exported: false };
    this.#functions.set(name, made);
    return made;
  }

  #writeOut(fn: ScalarFunction, width: Width, args: readonly Code[], writer: Writer): Code {
    const uses = usesOf(fn);
    const most = this.#sizeOf(fn) > longest ? few : mostWrittenOut;
    const known = new Map<Scalar, Code>();
    const locals = new Map(
      fn.parameters.map(({ name }, i) => [name, writer.hold(`${fn.name}_${name}`, args[i]!)] as const),
    );
    const value = (scalar: Scalar): Code => {
      const before = known.get(scalar);
      if (before !== undefined) return before;
      const code = build(scalar);
      const made = (uses.get(scalar) ?? 0) > 1 ? writer.hold(`${fn.name}_value`, code) : code;
      known.set(scalar, made);
      return made;
    };
    const build = (scalar: Scalar): Code => {
      switch (scalar.kind) {
        case 'literal':
          return literal(scalar.value, scalar.type, width);
        case 'local':
          return locals.get(scalar.name)!;
        case 'builtin':
          return this.builtin(scalar.name, scalar.args[0]!.type, width, scalar.args.map(value), writer);
        case 'call':
          return this.call(scalar.fn, width, scalar.args.map(value), writer, most);
      }
    };
    for (const kept of fn.lets) locals.set(kept.name, writer.hold(`${fn.name}_${kept.name}`, value(kept.value)));
    return value(fn.result);
  }

  /** Operations, with those of the functions that it calls. */
  #sizeOf(fn: ScalarFunction): number {
    const known = this.#sizes.get(fn);
    if (known !== undefined) return known;
    const seen = new Set<Scalar>();
    const count = (scalar: Scalar): number => {
      if (seen.has(scalar) || scalar.kind === 'literal' || scalar.kind === 'local') return 0;
      seen.add(scalar);
      const inner = scalar.args.reduce((sum, arg) => sum + count(arg), 0);
      if (scalar.kind === 'call') return inner + this.#sizeOf(scalar.fn);
      return inner + (isFunction(scalar.name) ? this.#sizeOf(mathematics[scalar.name]) : 1);
    };
    const size = [...fn.lets.map(({ value }) => value), fn.result].reduce((sum, value) => sum + count(value), 0);
    this.#sizes.set(fn, size);
    return size;
  }
}

function isFunction(name: Builtin): name is FunctionBuiltin & Exclude<Builtin, InstructionBuiltin> {
  return name in mathematics;
}

/** How often each part of the function is read. */
function usesOf(fn: ScalarFunction): ReadonlyMap<Scalar, number> {
  const uses = new Map<Scalar, number>();
  const visit = (scalar: Scalar): void => {
    const count = uses.get(scalar) ?? 0;
    uses.set(scalar, count + 1);
    if (count === 0 && (scalar.kind === 'builtin' || scalar.kind === 'call')) scalar.args.forEach(visit);
  };
  for (const { value } of fn.lets) visit(value);
  visit(fn.result);
  return uses;
}
