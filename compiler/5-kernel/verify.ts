/**
 * Checks a kernel program: indices within their tensors, everything written once and before it is read, accumulators
 * read after their loop, carried values replaced after their last reader, and no more bindings than any device has.
 */
import { sizeOf } from '../4-tensor/ir.ts';
import { IndexAlgebra } from './index-algebra.ts';
import type { Accumulator, Axis, Index, Kernel, KernelProgram, Store, Tensor, Value } from './ir.ts';
import { partsOf, storedBy, tensorsOf, valuesInIndex, valuesOf, walkKernel, wholeOf } from './walk.ts';

/** Storage buffers that WebGPU promises a shader stage. */
export const mostBindings = 8;

/** Throws an Error that names the kernel and what is wrong with it. */
export function verifyKernelProgram(program: KernelProgram): void {
  const names = new Set<string>();
  const tensors = new Map<string, Tensor>();
  for (const kernel of program.kernels) {
    demand(!names.has(kernel.name), kernel, 'has the name of another kernel');
    names.add(kernel.name);
    for (const tensor of tensorsOf(kernel)) {
      const known = tensors.get(tensor.name);
      demand(known === undefined || known === tensor, kernel, `has two tensors named ${tensor.name}`);
      tensors.set(tensor.name, tensor);
    }
    verifyKernel(kernel);
  }
  verifyOrder(program);
}

/** One kernel on its own. */
export function verifyKernel(kernel: Kernel): void {
  verifyAxes(kernel);
  verifyBounds(kernel);
  verifyAccumulators(kernel);
  verifyInPlace(kernel);
  verifyCoverage(kernel);
  const bindings = tensorsOf(kernel).length;
  demand(bindings <= mostBindings, kernel, `binds ${bindings} tensors, more than ${mostBindings}`);
}

function verifyAxes(kernel: Kernel): void {
  const known = new Map<string, Axis>();
  for (const axis of [...kernel.axes, ...kernel.phases.flatMap(({ over }) => over)]) {
    demand((known.get(axis.name) ?? axis) === axis, kernel, `has two axes named ${axis.name}`);
    known.set(axis.name, axis);
  }
  for (const phase of kernel.phases) {
    const inScope = new Set([...kernel.axes, ...phase.over]);
    for (const axis of phase.over) demand(!kernel.axes.includes(axis), kernel, `loops over its own axis ${axis.name}`);
    const check = (index: Index): void => {
      for (const axis of axesIn(index)) demand(inScope.has(axis), kernel, `reads ${axis.name} outside its loop`);
    };
    const part = { ...kernel, phases: [withoutEarlier(phase)] };
    walkKernel(part, { index: check });
  }
}

/** The phase with the accumulators that its values read cut off: those belong to other loops. */
function withoutEarlier(phase: Kernel['phases'][number]): Kernel['phases'][number] {
  const cut = new Map<Value, Value>();
  const recur = (value: Value): Value => {
    const known = cut.get(value);
    if (known !== undefined) return known;
    const made = ((): Value => {
      switch (value.kind) {
        case 'accumulator':
          return { kind: 'constant', dtype: value.dtype, value: 0 };
        case 'apply':
          return { ...value, args: value.args.map(recur) };
        case 'guard':
          return { ...value, then: recur(value.then), otherwise: recur(value.otherwise) };
        default:
          return value;
      }
    })();
    cut.set(value, made);
    return made;
  };
  return {
    over: phase.over,
    accumulators: phase.accumulators.map((accumulator) =>
      accumulator.kind === 'reduce'
        ? { ...accumulator, value: recur(accumulator.value) }
        : { ...accumulator, a: recur(accumulator.a), b: recur(accumulator.b) },
    ),
    stores: phase.stores.map((store) => ({ ...store, value: recur(store.value) })),
  };
}

function verifyBounds(kernel: Kernel): void {
  const algebra = new IndexAlgebra();
  const within = (tensor: Tensor, index: Index): void => {
    if (tensor.role.kind === 'table') return;
    const { low, high } = algebra.bounds(index);
    demand(
      low >= 0 && high < sizeOf(tensor.shape),
      kernel,
      `reaches ${tensor.name}[${low} … ${high}] of ${sizeOf(tensor.shape)}`,
    );
  };
  // A guarded load is made only where its ranges hold; bounds of the whole index say nothing there.
  const guarded = new Set<Value>();
  const seen = new Set<Value>();
  const visit = (value: Value, inGuard: boolean): void => {
    if (inGuard ? guarded.has(value) : seen.has(value)) return;
    (inGuard ? guarded : seen).add(value);
    if (value.kind === 'load') {
      if (!inGuard) within(value.tensor, value.index);
      for (const row of valuesInIndex(value.index)) visit(row, inGuard);
    }
    if (value.kind === 'guard') {
      visit(value.then, true);
      visit(value.otherwise, true);
    } else for (const part of partsOf(value)) visit(part, inGuard);
  };
  for (const { accumulators, stores } of kernel.phases) {
    for (const accumulator of accumulators) for (const value of valuesOf(accumulator)) visit(value, false);
    for (const store of stores) {
      within(store.tensor, store.partial === undefined ? store.index : entryIndex(algebra, store));
      visit(store.value, false);
    }
  }
}

/** The index of a partial store's entry, with the entry's own range for the axis. */
function entryIndex(algebra: IndexAlgebra, { index, partial }: Store): Index {
  const { axis, segment } = partial!;
  const entries = { name: `${axis.name} entry`, extent: Math.ceil(axis.extent / segment) };
  return algebra.substitute(index, (one) => (one === axis ? algebra.axis(entries) : undefined));
}

/** No element is stored twice, and a state whole; stacked activations and the host's scalars are stored in pieces. */
function verifyCoverage(kernel: Kernel): void {
  const constants = new Map<Tensor, Set<number>>();
  for (const { stores } of kernel.phases)
    for (const store of stores) {
      const { tensor, index, partial } = store;
      if (index.kind === 'constant') {
        const known = constants.get(tensor) ?? new Set();
        demand(!known.has(index.value), kernel, `stores ${tensor.name}[${index.value}] twice`);
        constants.set(tensor, known.add(index.value));
        continue;
      }
      const extentOf = (axis: Axis): number =>
        axis === partial?.axis ? Math.ceil(axis.extent / partial.segment) : axis.extent;
      const once = elementsReached(index, extentOf);
      demand(once !== undefined, kernel, `stores an element of ${tensor.name} more than once, or skips some`);
    }
  for (const [tensor, stored] of constants)
    demand(
      tensor.role.kind !== 'state' || stored.size === sizeOf(tensor.shape),
      kernel,
      `stores ${stored.size} of ${sizeOf(tensor.shape)} elements of ${tensor.name}`,
    );
}

/** How many elements in a row an affine index reaches, each at one point; undefined where it skips or repeats some. */
function elementsReached(index: Index, extentOf: (axis: Axis) => number): number | undefined {
  const terms: { axis: Axis; factor: number }[] = [];
  for (const term of index.kind === 'sum' ? index.terms : [index]) {
    if (term.kind === 'constant') continue;
    const [atom, factor] = term.kind === 'scaled' ? [term.index, term.factor] : [term, 1];
    if (atom.kind !== 'axis') return undefined;
    terms.push({ axis: atom.axis, factor });
  }
  let reached = 1;
  // Entries of partial sums that are one a row have the factor 1 and no extent of their own.
  for (const { axis, factor } of terms.filter(({ axis }) => extentOf(axis) > 1).sort((a, b) => a.factor - b.factor)) {
    if (factor !== reached) return undefined;
    reached *= extentOf(axis);
  }
  return reached;
}

function verifyAccumulators(kernel: Kernel): void {
  const final = new Set<Accumulator>();
  for (const { accumulators, stores } of kernel.phases) {
    const read = (value: Value, seen: Set<Value>): void => {
      if (seen.has(value)) return;
      seen.add(value);
      if (value.kind === 'accumulator')
        demand(final.has(value.accumulator), kernel, `reads ${value.accumulator.name} before it is final`);
      if (value.kind === 'load' || value.kind === 'index')
        for (const row of valuesInIndex(value.index)) read(row, seen);
      for (const part of partsOf(value)) read(part, seen);
    };
    const seen = new Set<Value>();
    for (const accumulator of accumulators) for (const value of valuesOf(accumulator)) read(value, seen);
    for (const store of stores) read(store.value, seen);
    for (const accumulator of accumulators) final.add(accumulator);
  }
}

/**
 * A tensor that a kernel both loads and stores is loaded at the stored index, and not after it is stored; or the loads
 * never reach what is stored.
 */
function verifyInPlace(kernel: Kernel): void {
  const algebra = new IndexAlgebra();
  const apart = (a: Index, b: Index): boolean =>
    algebra.bounds(a).high < algebra.bounds(b).low || algebra.bounds(b).high < algebra.bounds(a).low;
  const stores = kernel.phases.flatMap((phase, i) => phase.stores.map((store) => ({ ...store, phase: i })));
  kernel.phases.forEach((phase, i) => {
    const check = (value: Value): void => {
      if (value.kind !== 'load') return;
      for (const store of stores.filter(({ tensor }) => overlap(tensor, value.tensor))) {
        demand(
          store.tensor === value.tensor,
          kernel,
          `binds ${store.tensor.name} and ${value.tensor.name}, which overlap`,
        );
        if (apart(store.index, value.index)) continue;
        // A single point reads all that it needs before it stores.
        if (kernel.axes.length === 0 && phase.over.length === 0 && i <= store.phase) continue;
        demand(store.index === value.index, kernel, `loads ${value.tensor.name} at another point than it stores`);
        demand(i <= store.phase, kernel, `loads ${value.tensor.name} after it is stored`);
      }
    };
    walkKernel({ ...kernel, phases: [withoutEarlier(phase)] }, { value: check });
  });
}

function overlap(a: Tensor, b: Tensor): boolean {
  const [x, y] = [wholeOf(a), wholeOf(b)];
  return x.name === y.name && x.offset < y.offset + sizeOf(b.shape) && y.offset < x.offset + sizeOf(a.shape);
}

/** Everything is written once, before it is read; old values of carried tensors are read before they are replaced. */
function verifyOrder(program: KernelProgram): void {
  const writtenBy = new Map<Tensor, Kernel>();
  for (const kernel of program.kernels) {
    const stored = storedBy(kernel);
    for (const tensor of tensorsOf(kernel)) {
      if (stored.includes(tensor)) continue;
      const { kind } = tensor.role;
      const isWritten = isPacked(tensor) || [...writtenBy.keys()].some((written) => overlap(written, tensor));
      if (kind === 'activation' || kind === 'result' || kind === 'part')
        demand(isWritten, kernel, `reads ${tensor.name} before it is written`);
    }
    for (const tensor of stored) {
      const { kind } = tensor.role;
      demand(kind !== 'table' && kind !== 'literal' && kind !== 'argument', kernel, `stores to ${tensor.name}`);
      // Scalars that the host reads lie side by side in one tensor, each written once.
      if (kind !== 'result' && !isPacked(tensor))
        demand(!writtenBy.has(tensor), kernel, `stores to ${tensor.name}, as another kernel does`);
      writtenBy.set(tensor, kernel);
    }
  }
}

function isPacked({ role }: Tensor): boolean {
  return role.kind === 'activation' && role.packed === true;
}

function axesIn(index: Index): Axis[] {
  switch (index.kind) {
    case 'constant':
    case 'value':
      return [];
    case 'axis':
      return [index.axis];
    case 'sum':
      return index.terms.flatMap(axesIn);
    default:
      return axesIn(index.index);
  }
}

function demand(holds: boolean, kernel: Kernel, message: string): asserts holds {
  if (!holds) throw new Error(`kernel IR: ${kernel.name} ${message}`);
}
