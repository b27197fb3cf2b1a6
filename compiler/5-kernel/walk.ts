/** Visits everything that a kernel consists of, each value once. */
import type { Accumulator, Index, Kernel, Tensor, Value } from './ir.ts';

export interface Visitor {
  readonly value?: (value: Value) => void;
  /** Every index of a load, store or guard, whole; and those within computed rows. */
  readonly index?: (index: Index) => void;
}

export function walkKernel(kernel: Kernel, visitor: Visitor): void {
  const values = new Set<Value | Accumulator>();
  const visitIndex = (index: Index): void => {
    visitor.index?.(index);
    for (const value of valuesInIndex(index)) visit(value);
  };
  const visitAccumulator = (accumulator: Accumulator): void => {
    if (values.has(accumulator)) return;
    values.add(accumulator);
    for (const value of valuesOf(accumulator)) visit(value);
  };
  const visit = (value: Value): void => {
    if (values.has(value)) return;
    values.add(value);
    if (value.kind === 'index' || value.kind === 'load') visitIndex(value.index);
    if (value.kind === 'guard') for (const { index } of value.within) visitIndex(index);
    for (const part of partsOf(value)) visit(part);
    if (value.kind === 'accumulator') visitAccumulator(value.accumulator);
    visitor.value?.(value);
  };
  for (const phase of kernel.phases) {
    for (const accumulator of phase.accumulators) visitAccumulator(accumulator);
    for (const store of phase.stores) {
      visitIndex(store.index);
      visit(store.value);
    }
  }
}

export function valuesOf(accumulator: Accumulator): readonly Value[] {
  return accumulator.kind === 'reduce' ? [accumulator.value] : [accumulator.a, accumulator.b];
}

/** A value's arguments, without those inside indices and accumulators. */
export function partsOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'apply':
      return value.args;
    case 'guard':
      return [value.then, value.otherwise];
    default:
      return [];
  }
}

/** The computed rows of an index. */
export function valuesInIndex(index: Index): Value[] {
  switch (index.kind) {
    case 'constant':
    case 'axis':
      return [];
    case 'sum':
      return index.terms.flatMap(valuesInIndex);
    case 'scaled':
    case 'quotient':
    case 'remainder':
      return valuesInIndex(index.index);
    case 'value':
      return [index.value];
  }
}

/** Tensors that a kernel loads or stores, each once, in the order of first mention. */
export function tensorsOf(kernel: Kernel): Tensor[] {
  const tensors = new Set<Tensor>();
  walkKernel(kernel, {
    value: (value) => {
      if (value.kind === 'load') tensors.add(value.tensor);
    },
  });
  for (const tensor of storedBy(kernel)) tensors.add(tensor);
  return [...tensors];
}

/** Tensors that values load, also inside accumulators and computed rows. */
export function tensorsIn(values: readonly Value[]): Set<Tensor> {
  const tensors = new Set<Tensor>();
  const seen = new Set<Value>();
  const visit = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    if (value.kind === 'load') tensors.add(value.tensor);
    if (value.kind === 'load' || value.kind === 'index') valuesInIndex(value.index).forEach(visit);
    if (value.kind === 'guard') value.within.forEach(({ index }) => valuesInIndex(index).forEach(visit));
    if (value.kind === 'accumulator') valuesOf(value.accumulator).forEach(visit);
    partsOf(value).forEach(visit);
  };
  values.forEach(visit);
  return tensors;
}

export function storedBy(kernel: Kernel): Tensor[] {
  return [...new Set(kernel.phases.flatMap((phase) => phase.stores.map((store) => store.tensor)))];
}

/** The memory that a tensor lies in, by a name unique within its program, and where in it (in elements). */
export function wholeOf(tensor: Tensor): { readonly name: string; readonly offset: number } {
  const { role } = tensor;
  switch (role.kind) {
    case 'vector':
      return { name: `vector ${role.vector}`, offset: role.offset };
    case 'part':
      return { name: role.of, offset: role.offset };
    case 'state':
    case 'argument':
      return { name: `${role.kind} ${role.name}`, offset: 0 };
    case 'table':
      return { name: `table ${role.set}.${role.field}`, offset: 0 };
    default:
      return { name: tensor.name, offset: 0 };
  }
}
