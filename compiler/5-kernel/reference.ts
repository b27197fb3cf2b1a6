/**
 * Runs kernels in plain JavaScript, in float64 or rounding to float32 after each operation: the oracle that fusion
 * changed nothing. Slow and simple: every point of every loop, one after the other, stores made when the kernel ends,
 * so that a kernel that reads what it writes shows.
 */
import { ops } from '../ops/index.ts';
import { sizeOf, type DType, type ReduceOp } from '../4-tensor/ir.ts';
import { identityOf } from './fuse/expressions.ts';
import type { Accumulator, Axis, Index, Kernel, KernelProgram, Store, Tensor, Value } from './ir.ts';
import { tensorsOf, wholeOf } from './walk.ts';

/** Numbers by name; a table holds the numbers as stored, before its scale. */
export interface KernelInputs {
  readonly vectors?: Readonly<Record<string, ArrayLike<number>>>;
  readonly states?: Readonly<Record<string, ArrayLike<number>>>;
  readonly arguments?: Readonly<Record<string, ArrayLike<number>>>;
  readonly uniforms?: Readonly<Record<string, number>>;
  /** By set and field: `mnist.train.x`. */
  readonly tables?: Readonly<Record<string, ArrayLike<number>>>;
}

export interface KernelOutputs {
  readonly results: Readonly<Record<string, readonly number[]>>;
  readonly vectors: Readonly<Record<string, Float64Array>>;
  readonly states: Readonly<Record<string, Float64Array>>;
}

export type Precision = 'f64' | 'f32';

interface Cells {
  readonly data: Float64Array;
  readonly offset: number;
}

/** Runs a program once. Numbers that nothing wrote are NaN, but for the gaps of packed vectors, which are zero. */
export function runKernelProgram(
  program: KernelProgram,
  inputs: KernelInputs,
  precision: Precision = 'f64',
): KernelOutputs {
  const memory = new Memory(inputs, program);
  for (const kernel of program.kernels) new Run(kernel, memory, precision).run();
  const results: Record<string, readonly number[]> = {};
  for (const { name, tensor, offset, shape } of program.results) {
    const { data, offset: start } = memory.cells(tensor);
    results[name] = [...data.subarray(start + offset, start + offset + sizeOf(shape))];
  }
  return { results, vectors: memory.of('vector'), states: memory.of('state') };
}

class Memory {
  readonly uniforms: Readonly<Record<string, number>>;
  readonly #data = new Map<string, Float64Array>();
  readonly #inputs: KernelInputs;

  constructor(inputs: KernelInputs, program: KernelProgram) {
    this.#inputs = inputs;
    this.uniforms = inputs.uniforms ?? {};
    for (const { role, name, shape } of program.kernels.flatMap(tensorsOf))
      if (role.kind === 'activation') this.#data.set(name, new Float64Array(sizeOf(shape)).fill(role.packed ? 0 : NaN));
  }

  cells(tensor: Tensor): Cells {
    const { name, offset } = wholeOf(tensor);
    let data = this.#data.get(name);
    if (data === undefined) this.#data.set(name, (data = this.#initial(tensor)));
    return { data, offset };
  }

  of(kind: 'vector' | 'state'): Record<string, Float64Array> {
    const names = Object.keys((kind === 'vector' ? this.#inputs.vectors : this.#inputs.states) ?? {});
    return Object.fromEntries(names.map((name) => [name, this.cells(carried(kind, name)).data]));
  }

  #initial(tensor: Tensor): Float64Array {
    const { role } = tensor;
    const given = (values: ArrayLike<number> | undefined): Float64Array => {
      if (values === undefined) throw new Error(`kernel reference: nothing given for ${tensor.name}`);
      return Float64Array.from(values);
    };
    switch (role.kind) {
      case 'vector':
        return given(this.#inputs.vectors?.[role.vector]);
      case 'state':
        return given(this.#inputs.states?.[role.name]);
      case 'argument':
        return given(this.#inputs.arguments?.[role.name]);
      case 'table':
        return given(this.#inputs.tables?.[`${role.set}.${role.field}`]).map(
          (stored) => stored * (tensor.storage === 'u32' ? 1 : role.scale),
        );
      case 'literal':
        return Float64Array.from(role.values);
      case 'result':
      case 'activation':
      case 'part-sums':
        return new Float64Array(sizeOf(tensor.shape)).fill(NaN);
      case 'part':
        throw new Error(`kernel reference: ${tensor.name} is part of ${role.of}, which nothing reads`);
    }
  }
}

function carried(kind: 'vector' | 'state', name: string): Tensor {
  const role = kind === 'vector' ? ({ kind, vector: name, offset: 0 } as const) : ({ kind, name } as const);
  return { name, shape: [], storage: 'f32', role };
}

type Thunk = () => number;

/** A phase with its values compiled to functions of the point at hand. */
interface CompiledPhase {
  readonly over: readonly Axis[];
  readonly accumulators: readonly {
    readonly accumulator: Accumulator;
    readonly op: ReduceOp;
    readonly dtype: DType;
    readonly term: Thunk;
  }[];
  readonly stores: readonly Thunk[];
}

class Run {
  readonly #kernel: Kernel;
  readonly #memory: Memory;
  readonly #round: (value: number) => number;
  /** Position on each axis. */
  readonly #at = new Map<Axis, Float64Array>();
  readonly #sums = new Map<Accumulator, Float64Array>();
  readonly #values = new Map<Value, Thunk>();
  readonly #indices = new Map<Index, Thunk>();
  readonly #pending: { readonly data: Float64Array; readonly position: number; readonly value: number }[] = [];
  readonly #partials = new Map<Tensor, Map<number, number>>();
  #point = 0;

  constructor(kernel: Kernel, memory: Memory, precision: Precision) {
    this.#kernel = kernel;
    this.#memory = memory;
    this.#round = precision === 'f32' ? Math.fround : (value) => value;
  }

  run(): void {
    const phases = this.#kernel.phases.map((phase): CompiledPhase => {
      const accumulators = phase.accumulators.map((accumulator) => {
        const op = accumulator.kind === 'product' ? 'sum' : accumulator.op;
        return { accumulator, op, dtype: dtypeIn(accumulator), term: this.#term(accumulator) };
      });
      return { over: phase.over, accumulators, stores: phase.stores.map((store) => this.#store(store)) };
    });
    this.#loop(this.#kernel.axes, () => phases.forEach((phase) => this.#phase(phase)));
    for (const { data, position, value } of this.#pending) data[position] = value;
    for (const [tensor, entries] of this.#partials) {
      const { data, offset } = this.#memory.cells(tensor);
      for (const [position, value] of entries) data[offset + position] = value;
    }
  }

  #phase({ over, accumulators, stores }: CompiledPhase): void {
    const sums = accumulators.map(({ op, dtype }) => identityOf(op, dtype));
    this.#loop(over, () => {
      accumulators.forEach(({ op, dtype, term }, i) => {
        sums[i] = this.#rounded(combine(op, sums[i]!, term()), dtype);
      });
      for (const store of stores) store();
    });
    accumulators.forEach(({ accumulator }, i) => (this.#sumOf(accumulator)[0] = sums[i]!));
    this.#point++;
  }

  /** Makes the store at the point at hand when the kernel ends. */
  #store({ value, index, partial, tensor }: Store): Thunk {
    const compute = this.#value(value);
    const at = this.#index(index);
    const { data, offset } = this.#memory.cells(tensor);
    if (partial === undefined)
      return () => this.#pending.push({ data, position: offset + this.#inside(tensor, at()), value: compute() });
    const axis = this.#axis(partial.axis);
    const entries = this.#partials.get(tensor) ?? new Map<number, number>();
    this.#partials.set(tensor, entries);
    return () => {
      const term = compute();
      const position = axis[0]!;
      axis[0] = Math.floor(position / partial.segment);
      const entry = this.#inside(tensor, at());
      axis[0] = position;
      const known = entries.get(entry);
      entries.set(entry, known === undefined ? term : this.#rounded(combine(partial.op, known, term), 'f32'));
      return term;
    };
  }

  #axis(axis: Axis): Float64Array {
    let at = this.#at.get(axis);
    if (at === undefined) this.#at.set(axis, (at = new Float64Array(1)));
    return at;
  }

  #sumOf(accumulator: Accumulator): Float64Array {
    let sum = this.#sums.get(accumulator);
    if (sum === undefined) this.#sums.set(accumulator, (sum = new Float64Array(1).fill(NaN)));
    return sum;
  }

  #loop(axes: readonly Axis[], body: () => void): void {
    const [axis, ...rest] = axes;
    if (axis === undefined) {
      this.#point++;
      body();
      return;
    }
    const at = this.#axis(axis);
    for (let i = 0; i < axis.extent; i++) {
      at[0] = i;
      this.#loop(rest, body);
    }
  }

  #term(accumulator: Accumulator): Thunk {
    if (accumulator.kind === 'reduce') return this.#value(accumulator.value);
    const [a, b] = [this.#value(accumulator.a), this.#value(accumulator.b)];
    return () => a() * b();
  }

  #rounded(value: number, dtype: DType): number {
    return dtype === 'f32' ? this.#round(value) : value >>> 0;
  }

  #inside(tensor: Tensor, position: number): number {
    const size = tensor.role.kind === 'table' ? Infinity : sizeOf(tensor.shape);
    if (!(position >= 0 && position < size))
      throw new Error(`kernel reference: ${this.#kernel.name} reaches ${tensor.name}[${position}] of ${size}`);
    return position;
  }

  #value(value: Value): Thunk {
    const known = this.#values.get(value);
    if (known !== undefined) return known;
    const compute = this.#compile(value);
    let result = 0;
    let point = -1;
    const thunk = (): number => {
      if (point !== this.#point) {
        result = compute();
        point = this.#point;
      }
      return result;
    };
    this.#values.set(value, thunk);
    return thunk;
  }

  #compile(value: Value): Thunk {
    switch (value.kind) {
      case 'constant': {
        const constant = value.dtype === 'f32' ? this.#round(value.value) : value.value;
        return () => constant;
      }
      case 'uniform': {
        const given = this.#memory.uniforms[value.name];
        if (given === undefined) throw new Error(`kernel reference: nothing given for uniform ${value.name}`);
        return () => (value.dtype === 'f32' ? this.#round(given) : given);
      }
      case 'index':
        return this.#index(value.index);
      case 'load': {
        const { data, offset } = this.#memory.cells(value.tensor);
        const index = this.#index(value.index);
        return () => data[offset + this.#inside(value.tensor, index())]!;
      }
      case 'apply': {
        const { reference } = ops[value.op] as { readonly reference: (...args: number[]) => number };
        const args = value.args.map((arg) => this.#value(arg));
        const isFloat = value.dtype === 'f32';
        return () => {
          const result = reference(...args.map((arg) => arg()));
          return isFloat ? this.#round(result) : result;
        };
      }
      case 'guard': {
        const within = value.within.map(({ index, low, high }) => ({ index: this.#index(index), low, high }));
        const [then, otherwise] = [this.#value(value.then), this.#value(value.otherwise)];
        return () => {
          const holds = within.every(({ index, low, high }) => {
            const at = index();
            return at >= low && at < high;
          });
          return holds ? then() : otherwise();
        };
      }
      case 'accumulator':
        return this.#read(this.#sumOf(value.accumulator));
    }
  }

  #read(cell: Float64Array): Thunk {
    return () => cell[0]!;
  }

  #index(index: Index): Thunk {
    const known = this.#indices.get(index);
    if (known !== undefined) return known;
    const thunk = this.#compileIndex(index);
    this.#indices.set(index, thunk);
    return thunk;
  }

  #compileIndex(index: Index): Thunk {
    switch (index.kind) {
      case 'constant':
        return () => index.value;
      case 'axis':
        return this.#read(this.#axis(index.axis));
      case 'sum': {
        const terms = index.terms.map((term) => this.#index(term));
        return () => terms.reduce((sum, term) => sum + term(), 0);
      }
      case 'scaled': {
        const inner = this.#index(index.index);
        return () => index.factor * inner();
      }
      case 'quotient': {
        const inner = this.#index(index.index);
        return () => Math.floor(inner() / index.divisor);
      }
      case 'remainder': {
        const inner = this.#index(index.index);
        return () => {
          const at = inner();
          return at - Math.floor(at / index.divisor) * index.divisor;
        };
      }
      case 'value': {
        const row = this.#value(index.value);
        return () => Math.min(row(), index.extent - 1);
      }
    }
  }
}

function dtypeIn(accumulator: Accumulator): DType {
  if (accumulator.kind === 'product') return 'f32';
  return accumulator.value.kind === 'index' ? 'u32' : accumulator.value.dtype;
}

function combine(op: ReduceOp, a: number, b: number): number {
  switch (op) {
    case 'sum':
      return a + b;
    case 'max':
      return Math.max(a, b);
    case 'min':
      return Math.min(a, b);
  }
}
