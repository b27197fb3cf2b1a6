/** Which axes values and indices vary along, and with what stride: what vectors, lanes and tiles are chosen by. */
import type { Index, Kernel, Phase, Tensor, Value } from '../ir.ts';
import { affineOf, type Affine } from './affine.ts';

export class Dependence {
  readonly #values = new Map<Value, ReadonlySet<string>>();
  readonly #affine = new Map<Index, Affine>();

  affine(index: Index): Affine {
    const known = this.#affine.get(index) ?? affineOf(index);
    this.#affine.set(index, known);
    return known;
  }

  /** Names of the axes the value varies along; what lies inside an accumulator is counted with it. */
  axesOf(value: Value): ReadonlySet<string> {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const axes = new Set<string>();
    const include = (more: Iterable<string>): void => {
      for (const axis of more) axes.add(axis);
    };
    switch (value.kind) {
      case 'constant':
      case 'uniform':
        break;
      case 'index':
      case 'load':
        include(this.axesOfAffine(this.affine(value.index)));
        break;
      case 'apply':
        for (const arg of value.args) include(this.axesOf(arg));
        break;
      case 'guard':
        for (const { index } of value.within) include(this.axesOfAffine(this.affine(index)));
        include(this.axesOf(value.then));
        include(this.axesOf(value.otherwise));
        break;
      case 'accumulator': {
        const { accumulator } = value;
        if (accumulator.kind === 'reduce') include(this.axesOf(accumulator.value));
        else for (const operand of [accumulator.a, accumulator.b]) include(this.axesOf(operand));
      }
    }
    this.#values.set(value, axes);
    return axes;
  }

  axesOfAffine(of: Affine): ReadonlySet<string> {
    const axes = new Set<string>();
    for (const { atom } of of.terms) {
      if (atom.kind === 'axis') axes.add(atom.axis.name);
      else
        for (const axis of atom.kind === 'value' ? this.axesOf(atom.value) : this.axesOfAffine(atom.of)) axes.add(axis);
    }
    return axes;
  }

  /** The factor of the axis; undefined where the index also depends on it through a quotient or a value. */
  strideOf(of: Affine, axis: string): number | undefined {
    let stride = 0;
    for (const { factor, atom } of of.terms) {
      if (atom.kind === 'axis') stride += atom.axis.name === axis ? factor : 0;
      else if ((atom.kind === 'value' ? this.axesOf(atom.value) : this.axesOfAffine(atom.of)).has(axis))
        return undefined;
    }
    return stride;
  }
}

/** Every value that `roots` are made of, arguments before users; what accumulators hold is not entered. */
export function valuesOf(roots: readonly Value[]): readonly Value[] {
  const seen = new Set<Value>();
  const visit = (value: Value): void => {
    if (seen.has(value)) return;
    for (const child of argumentsOf(value)) visit(child);
    seen.add(value);
  };
  roots.forEach(visit);
  return [...seen];
}

function argumentsOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'constant':
    case 'uniform':
    case 'accumulator':
      return [];
    case 'index':
    case 'load':
      return valuesIn(value.index);
    case 'apply':
      return value.args;
    case 'guard':
      return [...value.within.flatMap(({ index }) => valuesIn(index)), value.then, value.otherwise];
  }
}

/** The values computed within an index: loaded rows. */
export function valuesIn(index: Index): readonly Value[] {
  switch (index.kind) {
    case 'constant':
    case 'axis':
      return [];
    case 'sum':
      return index.terms.flatMap(valuesIn);
    case 'scaled':
    case 'quotient':
    case 'remainder':
      return valuesIn(index.index);
    case 'value':
      return [index.value];
  }
}

/** What a phase computes from: the terms of its accumulators, and what it stores. */
export function rootsOf(phase: Phase): readonly Value[] {
  return [
    ...phase.accumulators.flatMap((accumulator) =>
      accumulator.kind === 'reduce' ? [accumulator.value] : [accumulator.a, accumulator.b],
    ),
    ...phase.stores.flatMap((store) => [...valuesIn(store.index), store.value]),
  ];
}

/** The tensors a kernel stores, then those it only loads, each once, in the order they are met. */
export function tensorsOf(kernel: Kernel): { readonly stored: readonly Tensor[]; readonly loaded: readonly Tensor[] } {
  const stored = new Set(kernel.phases.flatMap((phase) => phase.stores.map((store) => store.tensor)));
  const loaded = new Set<Tensor>();
  for (const value of valuesOf(kernel.phases.flatMap(rootsOf))) if (value.kind === 'load') loaded.add(value.tensor);
  return { stored: [...stored], loaded: [...loaded].filter((tensor) => !stored.has(tensor)) };
}
