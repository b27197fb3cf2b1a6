/** The scalar functions a kernel calls, each written out once for every width it is called at. */
import type { Scalar, ScalarFunction } from '../../ops/scalar.ts';
import { Expressions } from '../../5-kernel/schedule/expressions.ts';
import type { Expr, Variable, Width } from '../../5-kernel/schedule/loops.ts';
import { mapChildren } from '../../5-kernel/schedule/rewrite.ts';
import { legalName } from './names.ts';
import type { WgslFunction } from './program.ts';
import { unsplat } from './unsplat.ts';

export class Functions {
  readonly #written = new Map<string, WgslFunction>();
  readonly #taken: ReadonlySet<string>;

  /** `taken`: names of the kernel's own, which functions keep clear of. */
  constructor(taken: ReadonlySet<string>) {
    this.#taken = taken;
  }

  /** Callees before callers. */
  get all(): readonly WgslFunction[] {
    return [...this.#written.values()];
  }

  /** The function at a width, under the name of its WGSL version. */
  at(fn: ScalarFunction, width: Width): ScalarFunction {
    const wanted = legalName(width === 1 ? fn.name : `${fn.name}_vec4`);
    const name = this.#taken.has(wanted) ? `${wanted}_of` : wanted;
    if (!this.#written.has(name)) this.#written.set(name, this.#write(fn, name, width));
    return { ...fn, name };
  }

  #write(fn: ScalarFunction, name: string, width: Width): WgslFunction {
    const make = new Expressions();
    const locals = new Map<string, Variable>();
    const declare = (local: string, scalar: Scalar['type']): Variable => {
      const variable: Variable = { name: legalName(local), scalar, width, mutable: false };
      locals.set(local, variable);
      return variable;
    };
    const known = new Map<Scalar, Expr>();
    const build = (scalar: Scalar): Expr => {
      const before = known.get(scalar);
      if (before !== undefined) return before;
      const expr = this.#build(scalar, width, make, locals, build);
      known.set(scalar, expr);
      return expr;
    };
    const legal = (expr: Expr): Expr => {
      const inner = mapChildren(expr, legal);
      if (inner.kind === 'call') return { ...inner, fn: this.at(inner.fn, inner.width) };
      return inner.kind === 'builtin' ? unsplat(inner) : inner;
    };
    const parameters = fn.parameters.map((parameter) => declare(parameter.name, parameter.type));
    const lets = fn.lets.map((let_) => {
      const value = legal(make.widen(build(let_.value), width));
      return { variable: declare(let_.name, value.scalar), value };
    });
    return {
      name,
      documentation: fn.documentation,
      parameters,
      lets,
      result: legal(make.widen(build(fn.result), width)),
    };
  }

  #build(
    scalar: Scalar,
    width: Width,
    make: Expressions,
    locals: ReadonlyMap<string, Variable>,
    build: (scalar: Scalar) => Expr,
  ): Expr {
    switch (scalar.kind) {
      case 'literal':
        return make.literal(scalar.value, scalar.type);
      case 'local': {
        const variable = locals.get(scalar.name);
        if (variable === undefined) throw new Error(`no local ${scalar.name} in the function`);
        return make.variable(variable);
      }
      case 'builtin':
        return make.builtin(scalar.name, scalar.type, ...scalar.args.map(build));
      case 'call':
        return make.call(scalar.fn, scalar.type, ...scalar.args.map((arg) => make.widen(build(arg), width)));
    }
  }
}
