/** Indices in normal form: a constant plus factors of atoms. What a schedule asks of an index, it asks of this. */
import type { Axis, Index, Value } from '../ir.ts';

export type Atom =
  | { readonly kind: 'axis'; readonly axis: Axis }
  | { readonly kind: 'quotient' | 'remainder'; readonly of: Affine; readonly divisor: number }
  | { readonly kind: 'value'; readonly value: Value; readonly extent: number };

export interface Term {
  readonly factor: number;
  readonly atom: Atom;
}

export interface Affine {
  readonly constant: number;
  /** By falling factor: the largest stride first. */
  readonly terms: readonly Term[];
}

/** The index as a sum of factors of atoms; quotients and remainders of what divides are worked out. */
export function affineOf(index: Index): Affine {
  switch (index.kind) {
    case 'constant':
      return { constant: index.value, terms: [] };
    case 'axis':
      return index.axis.extent === 1 ? { constant: 0, terms: [] } : ofAtom({ kind: 'axis', axis: index.axis });
    case 'sum':
      return sum(index.terms.map(affineOf));
    case 'scaled':
      return scale(affineOf(index.index), index.factor);
    case 'quotient':
      return quotient(affineOf(index.index), index.divisor);
    case 'remainder':
      return remainder(affineOf(index.index), index.divisor);
    case 'value':
      return ofAtom({ kind: 'value', value: index.value, extent: index.extent });
  }
}

/** (d·x + r) / d = x + r / d for r at least 0, and (g·x + r) / (g·d) = x / d for r below g. */
function quotient(of: Affine, divisor: number): Affine {
  if (divisor === 1) return of;
  if (lowest(of) < 0) return ofAtom({ kind: 'quotient', of, divisor });
  const [whole, rest] = divide(of, divisor);
  if (highest(rest) < divisor) return whole;
  const grain = grainOf(rest, divisor);
  if (grain > 1) return sum([whole, quotient(divide(rest, grain)[0], divisor / grain)]);
  return sum([whole, ofAtom({ kind: 'quotient', of: rest, divisor })]);
}

/** (d·x + r) mod d = r mod d, and (g·x + r) mod (g·d) = g · (x mod d) + r for r below g. */
function remainder(of: Affine, divisor: number): Affine {
  if (divisor === 1) return { constant: 0, terms: [] };
  if (lowest(of) < 0) return ofAtom({ kind: 'remainder', of, divisor });
  const [, rest] = divide(of, divisor);
  if (highest(rest) < divisor) return rest;
  const grain = grainOf(rest, divisor);
  if (grain === 1) return ofAtom({ kind: 'remainder', of: rest, divisor });
  const [coarse, fine] = divide(rest, grain);
  return sum([scale(remainder(coarse, divisor / grain), grain), fine]);
}

/** The largest factor that divides the divisor and leaves less than itself of the index when divided out; else 1. */
function grainOf(of: Affine, divisor: number): number {
  for (const { factor } of of.terms) {
    if (factor > 1 && divisor % factor === 0 && highest(divide(of, factor)[1]) < factor) return factor;
  }
  return 1;
}

function divide(of: Affine, divisor: number): [whole: Affine, rest: Affine] {
  const isWhole = (term: Term): boolean => term.factor % divisor === 0;
  return [
    {
      constant: Math.floor(of.constant / divisor),
      terms: of.terms.filter(isWhole).map((term) => ({ ...term, factor: term.factor / divisor })),
    },
    {
      constant: of.constant - Math.floor(of.constant / divisor) * divisor,
      terms: of.terms.filter((term) => !isWhole(term)),
    },
  ];
}

function ofAtom(atom: Atom): Affine {
  return { constant: 0, terms: [{ factor: 1, atom }] };
}

function scale(of: Affine, factor: number): Affine {
  if (factor === 0) return { constant: 0, terms: [] };
  return {
    constant: of.constant * factor,
    terms: of.terms.map((term) => ({ ...term, factor: term.factor * factor })),
  };
}

function sum(parts: readonly Affine[]): Affine {
  const terms: Term[] = [];
  for (const term of parts.flatMap((part) => part.terms)) {
    const at = terms.findIndex((other) => sameAtom(other.atom, term.atom));
    if (at < 0) terms.push(term);
    else terms[at] = { ...term, factor: terms[at]!.factor + term.factor };
  }
  return {
    constant: parts.reduce((total, part) => total + part.constant, 0),
    terms: terms.filter((term) => term.factor !== 0).sort((a, b) => b.factor - a.factor),
  };
}

export function sameAffine(a: Affine, b: Affine): boolean {
  if (a.constant !== b.constant || a.terms.length !== b.terms.length) return false;
  return a.terms.every((term) =>
    b.terms.some((other) => other.factor === term.factor && sameAtom(term.atom, other.atom)),
  );
}

function sameAtom(a: Atom, b: Atom): boolean {
  switch (a.kind) {
    case 'axis':
      return b.kind === 'axis' && a.axis.name === b.axis.name;
    case 'quotient':
    case 'remainder':
      return a.kind === b.kind && a.divisor === b.divisor && sameAffine(a.of, b.of);
    case 'value':
      return b.kind === 'value' && a.value === b.value;
  }
}

/** A value the index never exceeds. */
export function highest(of: Affine): number {
  return bound(of, (factor, atom) => (factor > 0 ? largest(atom) : smallest(atom)));
}

/** A value the index never falls below. */
export function lowest(of: Affine): number {
  return bound(of, (factor, atom) => (factor > 0 ? smallest(atom) : largest(atom)));
}

function bound(of: Affine, extreme: (factor: number, atom: Atom) => number): number {
  return of.terms.reduce((total, { factor, atom }) => total + factor * extreme(factor, atom), of.constant);
}

function largest(atom: Atom): number {
  switch (atom.kind) {
    case 'axis':
      return atom.axis.extent - 1;
    case 'quotient':
      return Math.floor(highest(atom.of) / atom.divisor);
    case 'remainder':
      return lowest(atom.of) < 0 ? atom.divisor - 1 : Math.min(atom.divisor - 1, highest(atom.of));
    case 'value':
      return atom.extent - 1;
  }
}

function smallest(atom: Atom): number {
  return atom.kind === 'quotient' ? Math.floor(lowest(atom.of) / atom.divisor) : 0;
}
