/**
 * A kernel's loops interpreted lane by lane: the last subgroup of a workgroup first, and in it the last lane, each until it
 * must meet the others. So what wants a barrier shows: memory that another has not written yet is not a number, and what
 * another has yet to read is overwritten.
 */
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type {
  Expr,
  LocalArray,
  Matrix,
  MatrixPlace,
  Statement,
  Variable,
} from '../../compiler/5-kernel/schedule/loops.ts';
import type { ScheduledKernel } from '../../compiler/5-kernel/schedule/scheduled.ts';
import type { Scalar, ScalarType } from '../../compiler/ops/scalar.ts';
import { evaluateScalar } from '../../compiler/ops/scalar-reference.ts';
import type { Numbers } from './kernel-device.ts';

type Vector = readonly number[];
type Cells = Map<LocalArray, Float64Array>;
/** Where a lane waits: for its whole workgroup, or for its subgroup, which does the statement as one. */
type Meeting = Statement & { readonly kind: 'barrier' | 'matrix' | 'multiply' | 'put-matrix' };

const side = 8;

/** What the tensors hold that the kernel may write, after one dispatch on a device whose subgroups have so many lanes. */
export function runLanes(
  kernel: ScheduledKernel,
  subgroupSize: number,
  arrays: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>>,
): ReadonlyMap<string, Numbers> {
  const memory = new Map(
    kernel.bindings.map(({ tensor }): [string, Numbers] => {
      return [tensor.name, arrays.get(tensor.name)?.slice() ?? new Float32Array(sizeOf(tensor.shape)).fill(NaN)];
    }),
  );
  const [x, y, z] = kernel.workgroups;
  for (let group = 0; group < x * y * z; group++) {
    const place = [group % x, Math.floor(group / x) % y, Math.floor(group / (x * y))] as const;
    runGroup(kernel, subgroupSize, place, memory, scalars);
  }
  const written = kernel.bindings.filter(({ access }) => access === 'read_write');
  return new Map(written.map(({ tensor }) => [tensor.name, memory.get(tensor.name)!]));
}

function runGroup(
  { body, workgroupSize: [lanes] }: ScheduledKernel,
  subgroupSize: number,
  group: readonly [number, number, number],
  memory: ReadonlyMap<string, Numbers>,
  scalars: Readonly<Record<string, number>>,
): void {
  const shared: Cells = new Map(body.shared.map((array) => [array, cellsOf(array)]));
  const starts = Array.from({ length: Math.ceil(lanes / subgroupSize) }, (_, i) => i * subgroupSize).reverse();
  const subgroups = starts.map((start, i) => {
    const own = Array.from({ length: Math.min(subgroupSize, lanes - start) }, (_, l) => {
      const [x, y, z] = group;
      const places = { 'group.x': x, 'group.y': y, 'group.z': z, lane: start + l, subgroup: starts.length - 1 - i };
      return new Lane(places, memory, shared, scalars);
    });
    return new Subgroup(own.reverse(), shared).run(body.statements);
  });
  for (;;) {
    const barriers = new Set(subgroups.map((subgroup) => subgroup.next().value));
    if (barriers.size > 1) throw new Error('lanes of a workgroup wait at different barriers');
    if (barriers.has(undefined)) return;
  }
}

function cellsOf({ length, width }: LocalArray): Float64Array {
  return new Float64Array(length * width).fill(NaN);
}

/** Lanes that hold matrices of f32 together. */
class Subgroup {
  readonly #lanes: readonly Lane[];
  readonly #shared: Cells;
  readonly #matrices = new Map<Matrix, Float32Array>();

  constructor(lanes: readonly Lane[], shared: Cells) {
    this.#lanes = lanes;
    this.#shared = shared;
  }

  /** Yields at the barriers of the workgroup; returns nothing. */
  *run(statements: readonly Statement[]): Generator<Statement, undefined> {
    const running = this.#lanes.map((lane) => lane.run(statements));
    for (;;) {
      const steps = running.map((lane) => lane.next());
      const [meeting, ...others] = new Set(steps.map(({ done, value }) => (done ? undefined : value)));
      if (others.length > 0) throw new Error('lanes of a subgroup do different things');
      if (meeting === undefined) return;
      if (meeting.kind === 'barrier') yield meeting;
      else this.#do(meeting);
    }
  }

  /** Where it lies in memory, which all lanes must say alike. */
  #placeOf({ index }: MatrixPlace): number {
    const [first, ...others] = new Set(this.#lanes.map((lane) => lane.value(index)[0]!));
    if (others.length > 0) throw new Error('lanes of a subgroup mean different matrices');
    return first!;
  }

  #do(meeting: Meeting & { readonly kind: Exclude<Meeting['kind'], 'barrier'> }): void {
    switch (meeting.kind) {
      case 'matrix': {
        const { matrix, from } = meeting;
        const first = from && this.#placeOf(from);
        const entry = (i: number, j: number): number =>
          from === undefined ? 0 : this.#shared.get(from.array)![offsetOf(from, first!, i, j)]!;
        this.#matrices.set(matrix, Float32Array.from(entries.map(([i, j]) => entry(i, j))));
        return;
      }
      case 'multiply': {
        const [sum, left, right] = [meeting.sum, meeting.left, meeting.right].map((one) => this.#matrices.get(one)!);
        for (const [i, j] of entries) {
          for (let k = 0; k < side; k++) sum![side * i + j]! += left![side * i + k]! * right![side * k + j]!;
        }
        return;
      }
      case 'put-matrix': {
        const { matrix, to } = meeting;
        const cells = this.#shared.get(to.array)!;
        const first = this.#placeOf(to);
        for (const [i, j] of entries) cells[offsetOf(to, first, i, j)] = this.#matrices.get(matrix)![side * i + j]!;
        return;
      }
    }
  }
}

const entries = Array.from({ length: side * side }, (_, n) => [Math.floor(n / side), n % side] as const);

/** Where entry (i, j) lies; throws where that is outside of the array. */
function offsetOf({ array, stride, transposed }: MatrixPlace, first: number, i: number, j: number): number {
  const offset = first + (transposed ? stride * j + i : stride * i + j);
  if (offset >= array.length)
    throw new Error(`a matrix reaches to ${offset} of ${array.name}, which has ${array.length}`);
  return offset;
}

class Lane {
  readonly #places: Readonly<Record<string, number>>;
  readonly #memory: ReadonlyMap<string, Numbers>;
  readonly #arrays: Cells;
  readonly #scalars: Readonly<Record<string, number>>;
  readonly #variables = new Map<Variable, Vector>();

  constructor(
    places: Readonly<Record<string, number>>,
    memory: ReadonlyMap<string, Numbers>,
    shared: Cells,
    scalars: Readonly<Record<string, number>>,
  ) {
    this.#places = places;
    this.#memory = memory;
    this.#arrays = new Map(shared);
    this.#scalars = scalars;
  }

  /** Yields where it must wait; returns true where it has no more to do. */
  *run(statements: readonly Statement[]): Generator<Meeting, boolean> {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'comment':
          break;
        case 'declare':
        case 'assign':
          this.#variables.set(statement.variable, this.value(statement.value));
          break;
        case 'store': {
          const { binding, index, value } = statement;
          this.#write(this.#memory.get(binding.tensor.name)!, this.value(index)[0]!, this.value(value));
          break;
        }
        case 'array': {
          const { array, values } = statement;
          const numbers = values?.flatMap((one) => this.value(one));
          this.#arrays.set(array, numbers ? Float64Array.from(numbers) : cellsOf(array).fill(0));
          break;
        }
        case 'put':
          this.#write(this.#arrays.get(statement.array)!, this.value(statement.index)[0]!, this.value(statement.value));
          break;
        case 'for': {
          const { variable, from, below, step, body } = statement;
          for (let i = this.value(from)[0]!; i < this.value(below)[0]!; i += this.value(step)[0]!) {
            this.#variables.set(variable, [i]);
            if (yield* this.run(body)) return true;
          }
          break;
        }
        case 'if':
          if (yield* this.run(this.value(statement.condition)[0] ? statement.then : statement.otherwise)) return true;
          break;
        case 'return':
          return true;
        case 'barrier':
        case 'matrix':
        case 'multiply':
        case 'put-matrix':
          yield statement;
      }
    }
    return false;
  }

  value(expr: Expr): Vector {
    switch (expr.kind) {
      case 'literal':
        return [expr.value];
      case 'constant':
        return [expr.constant.value];
      case 'variable':
        return this.#variables.get(expr.variable)!;
      case 'uniform':
        return [this.#scalars[expr.name]!];
      case 'place':
        return [this.#places[expr.place]!];
      case 'load':
        return this.#read(this.#memory.get(expr.binding.tensor.name)!, this.value(expr.index)[0]!, expr.width);
      case 'element':
        return this.#read(this.#arrays.get(expr.array)!, this.value(expr.index)[0]!, expr.width);
      case 'builtin':
      case 'call': {
        const args = expr.args.map((arg) => this.value(arg));
        return Array.from({ length: expr.width }, (_, c) => scalarOf(expr, args.map((arg) => arg[c % arg.length]!))); // prettier-ignore
      }
      case 'splat':
        return Array.from({ length: 4 }, () => this.value(expr.arg)[0]!);
      case 'vector':
        return expr.args.map((arg) => this.value(arg)[0]!);
      case 'component':
        return [this.value(expr.arg)[typeof expr.lane === 'number' ? expr.lane : this.value(expr.lane)[0]!]!];
      case 'broadcast':
      case 'combine':
        throw new Error('what lanes tell each other is not interpreted');
    }
  }

  #read(cells: Numbers | Float64Array, index: number, width: number): Vector {
    if ((index + 1) * width > cells.length) throw new Error(`entry ${index} of ${cells.length / width} is read`);
    return [...cells.subarray(index * width, (index + 1) * width)];
  }

  #write(cells: Numbers | Float64Array, index: number, value: Vector): void {
    if ((index + 1) * value.length > cells.length)
      throw new Error(`entry ${index} of ${cells.length / value.length} is written`);
    cells.set(value, index * value.length);
  }
}

/** A builtin or a function of numbers, rounded as a device would. */
function scalarOf(expr: Expr & { readonly kind: 'builtin' | 'call' }, args: readonly number[]): number {
  const literals = args.map((value, i): Scalar => ({
    kind: 'literal',
    type: expr.args[i]!.scalar as ScalarType,
    value,
  }));
  const scalar: Scalar =
    expr.kind === 'call'
      ? { kind: 'call', type: expr.scalar, fn: expr.fn, args: literals }
      : { kind: 'builtin', type: expr.scalar, name: expr.name, args: literals };
  return evaluateScalar(scalar, new Map());
}
