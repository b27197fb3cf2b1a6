/** Indices as u32 expressions, and what they do across a vector: stay, advance by one in step, or scatter. */
import type { Index } from '../ir.ts';
import type { Affine, Atom } from './affine.ts';
import type { Dependence } from './dependence.ts';
import type { Expressions } from './expressions.ts';
import type { Extents } from './extents.ts';
import type { Expr } from './loops.ts';
import type { Point } from './point.ts';

/** Over the four components: the same index; 4q, 4q + 1, 4q + 2, 4q + 3; anything. */
export type Form = 'uniform' | 'aligned' | 'varying';

/** Gives the u32 value of an index loaded or computed at a point. */
export type ValueAt = (atom: Atom & { kind: 'value' }, point: Point) => Expr;

export class Indices {
  readonly #dependence: Dependence;
  readonly #make: Expressions;
  readonly #extents: Extents;
  readonly #valueAt: ValueAt;

  constructor(dependence: Dependence, make: Expressions, extents: Extents, valueAt: ValueAt) {
    this.#dependence = dependence;
    this.#make = make;
    this.#extents = extents;
    this.#valueAt = valueAt;
  }

  affine(index: Index): Affine {
    return this.#dependence.affine(index);
  }

  form(of: Affine, point: Point): Form {
    const { vector } = point;
    if (vector === undefined || !this.#dependence.axesOfAffine(of).has(vector.axis)) return 'uniform';
    if (vector.clamp !== undefined) return 'varying';
    // One atom may advance in step, by one; whatever else is added must keep the start a multiple of four.
    const forms = of.terms.map(({ factor, atom }) => ({ factor, form: this.#formOfAtom(atom, point) }));
    const moving = forms.filter(({ form }) => form !== 'uniform');
    if (moving.length === 0) return 'uniform';
    const still = forms.filter(({ form }) => form === 'uniform');
    const inStep = moving.length === 1 && moving[0]!.form === 'aligned' && moving[0]!.factor === 1;
    return inStep && of.constant % 4 === 0 && still.every(({ factor }) => factor % 4 === 0) ? 'aligned' : 'varying';
  }

  #formOfAtom(atom: Atom, point: Point): Form {
    switch (atom.kind) {
      case 'axis':
        return atom.axis.name === point.vector?.axis ? 'aligned' : 'uniform';
      case 'value':
        return this.#dependence.axesOf(atom.value).has(point.vector!.axis) ? 'varying' : 'uniform';
      case 'quotient':
      case 'remainder': {
        const inner = this.form(atom.of, point);
        if (inner === 'uniform') return inner;
        if (inner === 'varying' || atom.divisor % 4 !== 0) return 'varying';
        return atom.kind === 'quotient' ? 'uniform' : 'aligned';
      }
    }
  }

  /** The index; across a vector, that of component 0. */
  expr(of: Affine, point: Point): Expr {
    return this.#sum(
      of.constant,
      of.terms.map(({ factor, atom }) => scaled(factor, this.#atom(atom, point), atom)),
    );
  }

  /** A quarter of an aligned index: the entry of an array of vectors. */
  quarter(of: Affine, point: Point): Expr {
    const terms = of.terms.map(({ factor, atom }): Scaled => {
      if (factor % 4 === 0) return scaled(factor / 4, this.#atom(atom, point), atom);
      const quarter = this.#quarterOfAtom(atom, point);
      if (atom.kind !== 'axis') return { factor, expr: quarter };
      return { factor, expr: quarter, axis: `${atom.axis.name}4`, extent: atom.axis.extent / 4 };
    });
    return this.#sum(of.constant / 4, terms);
  }

  /** For a scalar element of an array of vectors: the entry, and the component within it. */
  entry(of: Affine, point: Point): { readonly entry: Expr; readonly lane: number | Expr } {
    if (of.constant >= 0 && of.terms.every((term) => term.factor % 4 === 0)) {
      const lane = of.constant % 4;
      return { entry: this.quarter({ ...of, constant: of.constant - lane }, point), lane };
    }
    const index = this.expr(of, point);
    return { entry: this.#make.div(index, 4), lane: this.#make.rem(index, 4) };
  }

  #quarterOfAtom(atom: Atom, point: Point): Expr {
    if (atom.kind === 'axis' && atom.axis.name === point.vector?.axis) return point.vector.quad;
    if (atom.kind === 'remainder') return this.#make.rem(this.quarter(atom.of, point), atom.divisor / 4);
    throw new Error('the index is not aligned');
  }

  #atom(atom: Atom, point: Point): Expr {
    switch (atom.kind) {
      case 'axis': {
        const position = point.axes.get(atom.axis.name);
        if (position === undefined) throw new Error(`axis ${atom.axis.name} has no position here`);
        return position;
      }
      case 'quotient':
        return this.#make.div(this.expr(atom.of, point), atom.divisor);
      case 'remainder':
        return this.#make.rem(this.expr(atom.of, point), atom.divisor);
      case 'value':
        return this.#valueAt(atom, point);
    }
  }

  /** Σ factor · atom + constant, nested where strides are products of extents: (plane · ROWS + row) · COLUMNS + column. */
  #sum(constant: number, terms: readonly Scaled[]): Expr {
    const make = this.#make;
    const falling = terms.filter(({ factor }) => factor > 0).sort((a, b) => b.factor - a.factor);
    let sum = make.u32(0);
    let nested = make.u32(0);
    falling.forEach(({ factor, expr }, i) => {
      nested = make.add(nested, expr);
      const next = falling[i + 1];
      const ratio = factor / (next?.factor ?? 1);
      if (next !== undefined && !Number.isInteger(ratio)) {
        sum = make.add(sum, make.mul(nested, make.u32(factor)));
        nested = make.u32(0);
        return;
      }
      const stride =
        next?.axis !== undefined && next.extent === ratio ? this.#extents.named(next.axis, ratio) : undefined;
      nested = make.mul(nested, stride ?? make.u32(ratio));
    });
    sum = make.add(sum, nested);
    if (constant > 0) sum = make.add(sum, make.u32(constant));
    // Subtracted last, so that nothing wraps on the way to an index in range.
    for (const { factor, expr } of terms) if (factor < 0) sum = make.sub(sum, make.mul(expr, make.u32(-factor)));
    return constant < 0 ? make.sub(sum, make.u32(-constant)) : sum;
  }
}

/** A term of an index, worked out; where it is a plain axis, with its name and its extent in the unit counted in. */
interface Scaled {
  readonly factor: number;
  readonly expr: Expr;
  readonly axis?: string;
  readonly extent?: number;
}

function scaled(factor: number, expr: Expr, atom: Atom): Scaled {
  return atom.kind === 'axis' ? { factor, expr, axis: atom.axis.name, extent: atom.axis.extent } : { factor, expr };
}
