/**
 * Arithmetic of indices in an affine normal form: Σ factor · atom + constant, each atom once, larger factors first.
 * Atoms are axes, quotients, remainders and computed rows. Equal indices are one object, so `===` compares them, and a
 * reshape from [B, 28, 28] to [B, 784] leaves nothing behind.
 */
import type { Shape } from '../4-tensor/ir.ts';
import type { Axis, Index, Value } from './ir.ts';

/** Inclusive. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

type Atom = Exclude<Index, { readonly kind: 'constant' | 'sum' | 'scaled' }>;

interface Linear {
  readonly terms: ReadonlyMap<Atom, number>;
  readonly constant: number;
}

export class IndexAlgebra {
  readonly #known = new Map<string, Index>();
  /** Ordinals of indices, axes and values, by which keys name them. */
  readonly #ordinals = new Map<object, number>();
  readonly #flat = new Map<string, Index>();
  readonly #linear = new Map<Index, Linear>();
  readonly #bounds = new Map<Index, Bounds>();

  constant(value: number): Index {
    return this.#intern(`c${value}`, () => ({ kind: 'constant', value }));
  }

  /** An axis of extent 1 is the constant 0. */
  axis(axis: Axis): Index {
    if (axis.extent === 1) return this.constant(0);
    return this.#intern(`x${this.#of(axis)}`, () => ({ kind: 'axis', axis }));
  }

  /** A computed row, clamped below `extent`. */
  loaded(value: Value, extent: number): Index {
    return this.#intern(`v${this.#of(value)}<${extent}`, () => ({ kind: 'value', value, extent }));
  }

  add(...indices: readonly Index[]): Index {
    const present = indices.filter((index) => index.kind !== 'constant' || index.value !== 0);
    if (present.length === 0) return this.constant(0);
    if (present.length === 1) return present[0]!;
    const terms = new Map<Atom, number>();
    let constant = 0;
    for (const index of present) {
      const linear = this.#linearOf(index);
      constant += linear.constant;
      for (const [atom, factor] of linear.terms) terms.set(atom, (terms.get(atom) ?? 0) + factor);
    }
    return this.#normal(terms, constant);
  }

  scale(index: Index, factor: number): Index {
    if (factor === 1) return index;
    if (index.kind === 'constant') return this.constant(index.value * factor);
    const { terms, constant } = this.#linearOf(index);
    return this.#normal(new Map([...terms].map(([atom, f]) => [atom, f * factor])), constant * factor);
  }

  /** floor(index / divisor). */
  quotient(index: Index, divisor: number): Index {
    if (divisor === 1) return index;
    const own = this.bounds(index);
    if (own.low >= 0 && own.high < divisor) return this.constant(0);
    const { whole, rest } = this.#divide(index, divisor);
    const { low, high } = this.bounds(rest);
    if (low >= 0 && high < divisor) return whole;
    return this.add(whole, this.#quotientOfRest(rest, divisor));
  }

  /** index - divisor · floor(index / divisor). */
  remainder(index: Index, divisor: number): Index {
    if (divisor === 1) return this.constant(0);
    const own = this.bounds(index);
    if (own.low >= 0 && own.high < divisor) return index;
    const { rest } = this.#divide(index, divisor);
    const { low, high } = this.bounds(rest);
    if (low >= 0 && high < divisor) return rest;
    // (g x + r) mod g d = g (x mod d) + r for 0 ≤ r < g
    const split = this.#split(rest, divisor);
    if (split !== undefined)
      return this.add(this.scale(this.remainder(split.whole, divisor / split.g), split.g), split.rest);
    // (x mod dk) mod d = x mod d
    if (rest.kind === 'remainder' && rest.divisor % divisor === 0) return this.remainder(rest.index, divisor);
    return this.#intern(`${this.#of(rest)}%${divisor}`, () => ({ kind: 'remainder', index: rest, divisor }));
  }

  /** Σ index[i] · stride[i], row major. */
  flatten(indices: readonly Index[], shape: Shape): Index {
    if (indices.length === 1) return indices[0]!;
    const key = `${this.keyOf(indices)} in ${shape.join()}`;
    const known = this.#flat.get(key);
    if (known !== undefined) return known;
    const strides = stridesOf(shape);
    const flat = this.add(...indices.map((index, i) => this.scale(index, strides[i]!)));
    this.#flat.set(key, flat);
    return flat;
  }

  /** The position in each axis of `shape` of a flat row-major index. */
  unflatten(flat: Index, shape: Shape): Index[] {
    const indices = new Array<Index>(shape.length).fill(this.constant(0));
    const first = shape.findIndex((extent) => extent > 1);
    let rest = flat;
    for (let i = shape.length - 1; i >= 0; i--) {
      if (shape[i] === 1) continue;
      indices[i] = i === first ? rest : this.remainder(rest, shape[i]!);
      rest = this.quotient(rest, shape[i]!);
    }
    return indices;
  }

  bounds(index: Index): Bounds {
    const known = this.#bounds.get(index);
    if (known !== undefined) return known;
    const bounds = this.#computeBounds(index);
    this.#bounds.set(index, bounds);
    return bounds;
  }

  /** Replaces axes and the values of computed rows. */
  substitute(
    index: Index,
    axisTo: (axis: Axis) => Index | undefined,
    valueTo: (value: Value) => Value = (value) => value,
  ): Index {
    const recur = (part: Index): Index => this.substitute(part, axisTo, valueTo);
    switch (index.kind) {
      case 'constant':
        return index;
      case 'axis':
        return axisTo(index.axis) ?? index;
      case 'sum':
        return this.add(...index.terms.map(recur));
      case 'scaled':
        return this.scale(recur(index.index), index.factor);
      case 'quotient':
        return this.quotient(recur(index.index), index.divisor);
      case 'remainder':
        return this.remainder(recur(index.index), index.divisor);
      case 'value':
        return this.loaded(valueTo(index.value), index.extent);
    }
  }

  /** The same for the same indices in the same order. */
  keyOf(indices: readonly Index[]): string {
    return indices.map((index) => this.#of(index)).join(',');
  }

  /**
   * index = g · whole + rest with g a divisor of `divisor` and rest in [0, g), by which quotients and remainders come
   * apart: 400 row + k over 20000 is row over 50. Undefined where no such g but 1 exists.
   */
  #split(
    index: Index,
    divisor: number,
  ): { readonly g: number; readonly whole: Index; readonly rest: Index } | undefined {
    const { terms, constant } = this.#linearOf(index);
    const sorted = [...terms].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    let g = divisor;
    for (let taken = 1; taken <= sorted.length; taken++) {
      g = gcd(g, sorted[taken - 1]![1]);
      if (g === 1) break;
      const wholes = Math.floor(constant / g);
      const rest = this.#normal(new Map(sorted.slice(taken)), constant - wholes * g);
      const { low, high } = this.bounds(rest);
      if (low < 0 || high >= g) continue;
      const divided = new Map(sorted.slice(0, taken).map(([atom, factor]) => [atom, factor / g]));
      return { g, whole: this.#normal(divided, wholes), rest };
    }
    return undefined;
  }

  #quotientOfRest(rest: Index, divisor: number): Index {
    // floor((g x + r) / (g d)) = floor(x / d) for 0 ≤ r < g
    const split = this.#split(rest, divisor);
    if (split !== undefined) return this.quotient(split.whole, divisor / split.g);
    if (rest.kind === 'quotient') return this.quotient(rest.index, rest.divisor * divisor);
    return this.#intern(`${this.#of(rest)}/${divisor}`, () => ({ kind: 'quotient', index: rest, divisor }));
  }

  /** index = divisor · whole + rest, with every term that the divisor divides in `whole`. */
  #divide(index: Index, divisor: number): { whole: Index; rest: Index } {
    const { terms, constant } = this.#linearOf(index);
    const whole = new Map<Atom, number>();
    const rest = new Map<Atom, number>();
    for (const [atom, factor] of terms)
      if (factor % divisor === 0) whole.set(atom, factor / divisor);
      else rest.set(atom, factor);
    const wholes = Math.floor(constant / divisor);
    return { whole: this.#normal(whole, wholes), rest: this.#normal(rest, constant - wholes * divisor) };
  }

  #linearOf(index: Index): Linear {
    const known = this.#linear.get(index);
    if (known !== undefined) return known;
    const linear = this.#computeLinear(index);
    this.#linear.set(index, linear);
    return linear;
  }

  #computeLinear(index: Index): Linear {
    switch (index.kind) {
      case 'constant':
        return { terms: new Map(), constant: index.value };
      case 'scaled': {
        const inner = this.#linearOf(index.index);
        return {
          terms: new Map([...inner.terms].map(([atom, factor]) => [atom, factor * index.factor])),
          constant: inner.constant * index.factor,
        };
      }
      case 'sum': {
        const parts = index.terms.map((term) => this.#linearOf(term));
        return {
          terms: new Map(parts.flatMap((part) => [...part.terms])),
          constant: parts.reduce((sum, part) => sum + part.constant, 0),
        };
      }
      default:
        return { terms: new Map([[index, 1]]), constant: 0 };
    }
  }

  #normal(raw: ReadonlyMap<Atom, number>, constant: number): Index {
    const whole = this.#wholeMultiple(raw);
    if (whole !== undefined) return this.#normal(whole.terms, constant + whole.constant);
    const sorted = [...this.#recombine(raw)].filter(([, factor]) => factor !== 0);
    if (sorted.length === 0) return this.constant(constant);
    if (sorted.length === 1 && constant === 0) return this.#term(...sorted[0]!);
    sorted.sort(([x, a], [y, b]) => b - a || this.#compare(x, y));
    const parts = sorted.map(([atom, factor]) => this.#term(atom, factor));
    if (constant !== 0) parts.push(this.constant(constant));
    const index = this.#intern(`+${this.keyOf(parts)}`, () => ({ kind: 'sum', terms: parts }));
    if (!this.#linear.has(index)) this.#linear.set(index, { terms: new Map(sorted), constant });
    return index;
  }

  #term(atom: Atom, factor: number): Index {
    if (factor === 1) return atom;
    return this.#intern(`${factor}*${this.#of(atom)}`, () => ({ kind: 'scaled', factor, index: atom }));
  }

  /** Axes by name before other atoms, those by age. */
  #compare(a: Atom, b: Atom): number {
    if (a.kind === 'axis' && b.kind === 'axis') return a.axis.name < b.axis.name ? -1 : 1;
    if (a.kind === 'axis' || b.kind === 'axis') return a.kind === 'axis' ? -1 : 1;
    return this.#of(a) - this.#of(b);
  }

  /** f · (x mod d) + f d · floor(x / d) = f x. */
  #recombine(raw: ReadonlyMap<Atom, number>): ReadonlyMap<Atom, number> {
    for (const [atom, factor] of raw) {
      if (atom.kind !== 'remainder' || factor === 0) continue;
      const quotient = this.quotient(atom.index, atom.divisor);
      if (quotient.kind !== 'quotient' || raw.get(quotient) !== factor * atom.divisor) continue;
      const { terms: inner, constant } = this.#linearOf(atom.index);
      if (constant !== 0) continue;
      const terms = new Map(raw);
      terms.delete(atom);
      terms.delete(quotient);
      for (const [part, f] of inner) terms.set(part, (terms.get(part) ?? 0) + f * factor);
      return this.#recombine(terms);
    }
    return raw;
  }

  /** f · (x mod d) - f x = -f d · floor(x / d). Undefined where no such pair is among the terms. */
  #wholeMultiple(raw: ReadonlyMap<Atom, number>): Linear | undefined {
    for (const [atom, factor] of raw) {
      if (atom.kind !== 'remainder' || factor === 0) continue;
      const { terms: inner, constant } = this.#linearOf(atom.index);
      if (inner.size === 0 || [...inner].some(([part, f]) => raw.get(part) !== -factor * f)) continue;
      const terms = new Map(raw);
      terms.delete(atom);
      for (const part of inner.keys()) terms.delete(part);
      const multiple = this.#linearOf(this.scale(this.quotient(atom.index, atom.divisor), -factor * atom.divisor));
      for (const [part, f] of multiple.terms) terms.set(part, (terms.get(part) ?? 0) + f);
      return { terms, constant: multiple.constant + factor * constant };
    }
    return undefined;
  }

  #computeBounds(index: Index): Bounds {
    switch (index.kind) {
      case 'constant':
        return { low: index.value, high: index.value };
      case 'axis':
        return { low: 0, high: index.axis.extent - 1 };
      case 'value':
        return { low: 0, high: index.extent - 1 };
      case 'scaled': {
        const { low, high } = this.bounds(index.index);
        const ends = [low * index.factor, high * index.factor];
        return { low: Math.min(...ends), high: Math.max(...ends) };
      }
      case 'sum': {
        const parts = index.terms.map((term) => this.bounds(term));
        return {
          low: parts.reduce((sum, part) => sum + part.low, 0),
          high: parts.reduce((sum, part) => sum + part.high, 0),
        };
      }
      case 'quotient': {
        const { low, high } = this.bounds(index.index);
        return { low: Math.floor(low / index.divisor), high: Math.floor(high / index.divisor) };
      }
      case 'remainder': {
        const { low, high } = this.bounds(index.index);
        const within = Math.floor(low / index.divisor) === Math.floor(high / index.divisor);
        return within
          ? { low: modulo(low, index.divisor), high: modulo(high, index.divisor) }
          : { low: 0, high: index.divisor - 1 };
      }
    }
  }

  #intern(key: string, make: () => Index): Index {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = make();
    this.#known.set(key, index);
    return index;
  }

  #of(object: object): number {
    let ordinal = this.#ordinals.get(object);
    if (ordinal === undefined) this.#ordinals.set(object, (ordinal = this.#ordinals.size));
    return ordinal;
  }
}

export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}

function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

function modulo(a: number, b: number): number {
  return a - Math.floor(a / b) * b;
}
