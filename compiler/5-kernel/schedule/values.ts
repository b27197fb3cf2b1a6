/**
 * Values as loop expressions at a point. A value that does not vary along the vector's axis stays a scalar; one whose
 * loads are adjacent becomes vector loads; anything else is computed for the four positions apart and put together.
 */
import type { OpName } from '../../ops/index.ts';
import { builtins } from '../../ops/scalar.ts';
import { unbounded, type Index, type Kernel, type Tensor, type Value } from '../ir.ts';
import { rootsOf, valuesOf, Dependence } from './dependence.ts';
import type { Emitter } from './emitter.ts';
import { Extents } from './extents.ts';
import { Indices } from './indices.ts';
import type { Binding, Expr } from './loops.ts';
import type { Target } from './profile.ts';
import { pointAt, type Point } from './point.ts';
import { applyOp } from './scalars.ts';
import type { Usage } from './tensors.ts';

type LoadValue = Extract<Value, { kind: 'load' }>;
type GuardValue = Extract<Value, { kind: 'guard' }>;

/** Larger trees of operations are broken by a let, so that lines stay readable. */
const largestTree = 6;

export class Values {
  readonly kernel: Kernel;
  readonly emitter: Emitter;
  readonly extents: Extents;
  readonly dependence = new Dependence();
  /** Members of the uniform block, in the order they are met. */
  readonly scalars = new Map<string, 'f32' | 'u32'>();
  readonly #bindings: ReadonlyMap<Tensor, Binding>;
  readonly #usage: Usage;
  /** Memory can be read and written a number at a time, whatever the width of its binding. */
  readonly #numbers: Map<Tensor, Binding> | undefined;
  readonly #uses = new Map<Value, number>();
  readonly #lanes = new Map<Point, readonly Point[]>();
  readonly #indices: Indices;

  constructor(kernel: Kernel, emitter: Emitter, bindings: ReadonlyMap<Tensor, Binding>, usage: Usage, target: Target) {
    this.kernel = kernel;
    this.emitter = emitter;
    this.#bindings = bindings;
    this.#usage = usage;
    this.#numbers = target === 'cpu' ? new Map() : undefined;
    this.count(kernel.phases.flatMap(rootsOf));
    this.extents = new Extents(emitter);
    this.#indices = new Indices(this.dependence, emitter.make, this.extents, ({ value, extent }, point) => {
      const row = this.at(value, point);
      return extent < unbounded ? emitter.let('row', emitter.make.min(row, emitter.make.u32(extent - 1))) : row;
    });
  }

  /** Counts how often each value is used by what is made of `roots`: beside the kernel's own, what stands for them. */
  count(roots: readonly Value[]): void {
    const count = (value: Value): void => void this.#uses.set(value, (this.#uses.get(value) ?? 0) + 1);
    roots.forEach(count);
    for (const value of valuesOf(roots)) {
      if (value.kind === 'apply') value.args.forEach(count);
      if (value.kind === 'guard') [value.then, value.otherwise].forEach(count);
    }
  }

  /** The value at the point: a vector where it varies along the point's vector axis, else a scalar. */
  at(value: Value, point: Point): Expr {
    const known = point.known.get(value);
    if (known !== undefined && this.emitter.isOpen(known.block)) return known.expr;
    const block = this.emitter.block;
    const computed = this.#compute(value, point);
    const shared = (this.#uses.get(value) ?? 0) > 1 || this.emitter.make.size(computed) > largestTree;
    const expr = value.kind === 'apply' && shared ? this.emitter.let(hintOf(value.op), computed) : computed;
    point.known.set(value, { expr, block });
    return expr;
  }

  /** How many of the value's loads are not adjacent along the axis: 0 where vectors along it are loaded whole. */
  gathersAlong(value: Value, axis: string): number {
    const point = pointAt([], [], { axis, quad: this.emitter.make.u32(0) });
    const scattered = (index: Index): boolean => this.#indices.form(this.#indices.affine(index), point) === 'varying';
    return valuesOf([value]).filter((one) => {
      if (one.kind === 'guard') return one.within.some(({ index }) => scattered(index));
      return one.kind === 'load' && scattered(one.index);
    }).length;
  }

  /** The value in component `lane` of the point's vector. */
  laneOf(point: Point, lane: number): Point {
    return this.#lanesOf(point)[lane]!;
  }

  /** tensor[index] = value at the point, whatever the widths. */
  store(tensor: Tensor, index: Index, value: Expr, point: Point): void {
    const binding = this.#bindings.get(tensor)!;
    const { emitter } = this;
    const { make } = emitter;
    const of = this.#indices.affine(index);
    const stored = value.scalar === 'bool' ? make.builtin('select', 'u32', value, make.u32(1), make.u32(0)) : value;
    const form = this.#indices.form(of, point);
    if (form === 'aligned') {
      this.#usage.vector.add(tensor);
      if (binding.width === 4) {
        emitter.store(binding, this.#indices.quarter(of, point), make.widen(stored, 4));
        return;
      }
    } else this.#usage.scalarStores.add(tensor);
    if (form === 'varying') this.#usage.gathers++;
    if (form === 'uniform') {
      emitter.store(this.#narrow(binding), this.#indices.expr(of, point), make.component(stored, 0));
      return;
    }
    const vector = stored.width === 4 ? emitter.let('value', stored) : stored;
    for (let lane = 0; lane < 4; lane++) {
      const at = this.#indices.expr(of, this.laneOf(point, lane));
      const put = (): void => emitter.store(this.#narrow(binding), at, make.component(vector, lane));
      const { vector: axis } = point;
      if (axis?.clamp === undefined) put();
      else emitter.when(make.builtin('le', 'bool', this.#unclamped(point, lane), axis.clamp), put);
    }
  }

  /** Where component `lane` of the vector stands on its axis, inside the extent or not. */
  #unclamped({ axes, vector }: Point, lane: number): Expr {
    const { make } = this.emitter;
    return make.add(axes.get(vector!.axis)!, make.u32(lane));
  }

  /** The binding an element an entry, where the target can address elements of vectors. */
  #narrow(binding: Binding): Binding {
    if (this.#numbers === undefined || binding.width === 1) return binding;
    const known = this.#numbers.get(binding.tensor) ?? { ...binding, width: 1 };
    this.#numbers.set(binding.tensor, known);
    return known;
  }

  #compute(value: Value, point: Point): Expr {
    const { make } = this.emitter;
    switch (value.kind) {
      case 'constant':
        return make.literal(value.value, value.dtype);
      case 'uniform':
        if (value.dtype !== 'bool') this.scalars.set(value.name, value.dtype);
        return make.uniform(value.name, value.dtype);
      case 'index':
        return this.#index(value.index, point);
      case 'load':
        return this.#load(value, point);
      case 'apply':
        return applyOp(
          this.emitter,
          value.op,
          value.args.map((arg) => this.at(arg, point)),
        );
      case 'guard':
        return this.#guard(value, point);
      case 'accumulator': {
        const final = point.accumulators.get(value.accumulator);
        if (final === undefined) throw new Error(`accumulator ${value.accumulator.name} is read before it is final`);
        return final;
      }
    }
  }

  #index(index: Index, point: Point): Expr {
    const { make } = this.emitter;
    const of = this.#indices.affine(index);
    const form = this.#indices.form(of, point);
    if (form === 'uniform') return this.#indices.expr(of, point);
    if (form === 'varying') return this.#apart((lane) => this.#indices.expr(of, lane), point);
    const [a, b, c, d] = [0, 1, 2, 3].map((lane) => make.u32(lane)) as [Expr, Expr, Expr, Expr];
    return make.add(make.widen(this.#indices.expr(of, point), 4), make.vector(a, b, c, d));
  }

  #load(value: LoadValue, point: Point): Expr {
    const { emitter } = this;
    const { make } = emitter;
    const binding = this.#bindings.get(value.tensor)!;
    const of = this.#indices.affine(value.index);
    const hint = hintOfTensor(value.tensor, point);
    const read = (at: Point): Expr => {
      const narrow = this.#narrow(binding);
      if (narrow.width === 1) return emitter.let(hint, make.load(narrow, this.#indices.expr(of, at)));
      const { entry, lane } = this.#indices.entry(of, at);
      return make.component(emitter.let(hint, make.load(binding, entry)), lane);
    };
    const form = this.#indices.form(of, point);
    if (form === 'aligned') this.#usage.vector.add(value.tensor);
    if (form === 'uniform') return this.#typed(read(point), value);
    if (form === 'aligned' && binding.width === 4) {
      return this.#typed(emitter.let(hint, make.load(binding, this.#indices.quarter(of, point))), value);
    }
    if (form === 'varying') this.#usage.gathers++;
    return this.#typed(this.#apart(read, point), value);
  }

  /** What the memory holds, as the dtype asked for. */
  #typed(loaded: Expr, { dtype, tensor }: LoadValue): Expr {
    const { make } = this.emitter;
    if (dtype === 'bool') return make.builtin('ne', 'bool', loaded, make.literal(0, loaded.scalar));
    if (dtype === 'u32') return loaded.scalar === 'u32' ? loaded : make.builtin('toU32', 'u32', loaded);
    const { role } = tensor;
    const scale = role.kind === 'table' ? role.scale : 1;
    const number = loaded.scalar === 'f32' ? loaded : make.builtin('toF32', 'f32', loaded);
    return scale === 1 ? number : make.builtin('mul', 'f32', number, make.literal(scale, 'f32'));
  }

  #guard(value: GuardValue, point: Point): Expr {
    const { emitter } = this;
    const { make } = emitter;
    const bounds = value.within.map(({ index, low, high }) => ({ of: this.#indices.affine(index), low, high }));
    // Vectors stay whole where all four components are on the same side of every bound.
    const together = bounds.every(({ of, low, high }) => {
      const form = this.#indices.form(of, point);
      return form === 'uniform' || (form === 'aligned' && low % 4 === 0 && high % 4 === 0);
    });
    if (!together) return this.#apart((lane) => this.at(value, lane), point);
    const tests = bounds.map(({ of, low, high }) => {
      const index = this.#indices.expr({ ...of, constant: of.constant - low }, point);
      return make.less(index, make.u32(high - low));
    });
    const [first, ...rest] = tests;
    if (first === undefined) return this.at(value.then, point);
    const inside = rest.reduce((all, test) => make.builtin('and', 'bool', all, test), first);

    const branches = [value.then, value.otherwise];
    const { vector } = point;
    const varies = vector !== undefined && branches.some((one) => this.dependence.axesOf(one).has(vector.axis));
    const isConstant = value.otherwise.kind === 'constant';
    const zero = make.literal(0, value.dtype);
    const before = isConstant ? this.at(value.otherwise, point) : zero;
    const variable = emitter.mutable('guarded', make.widen(before, varies ? 4 : 1));
    const become = (one: Value) => (): void =>
      emitter.assign(variable, make.widen(this.at(one, point), variable.width));
    // The other piece of a concatenation lies elsewhere: read here, it might be read before the memory's beginning.
    emitter.when(inside, become(value.then), isConstant ? undefined : become(value.otherwise));
    return make.variable(variable);
  }

  #apart(scalar: (lane: Point) => Expr, point: Point): Expr {
    const [a, b, c, d] = this.#lanesOf(point).map(scalar) as [Expr, Expr, Expr, Expr];
    return this.emitter.make.vector(a, b, c, d);
  }

  /** The four positions of the vector as points of their own. */
  #lanesOf(point: Point): readonly Point[] {
    const known = this.#lanes.get(point);
    if (known !== undefined) return known;
    const { make } = this.emitter;
    const { vector } = point;
    if (vector === undefined) throw new Error('the point has no vector');
    const lanes = [0, 1, 2, 3].map((lane) => {
      const position = this.#unclamped(point, lane);
      const inside = vector.clamp === undefined ? undefined : make.min(position, vector.clamp);
      const clamped = inside === undefined ? position : this.emitter.let(`${vector.axis}_${lane}`, inside);
      const accumulators = [...point.accumulators].map(([key, expr]) => [key, make.component(expr, lane)] as const);
      return pointAt([...point.axes, [vector.axis, clamped]], accumulators);
    });
    this.#lanes.set(point, lanes);
    return lanes;
  }
}

/** Names for shared results; the rest are called after their op. */
const nouns: Readonly<Partial<Record<string, string>>> = {
  add: 'total',
  sub: 'difference',
  mul: 'product',
  div: 'ratio',
  neg: 'negative',
  exp: 'exponential',
  log: 'logarithm',
  sqrt: 'root',
  select: 'chosen',
  max: 'larger',
  min: 'smaller',
  standard_normal: 'noise',
};

function hintOf(op: OpName): string {
  return nouns[op] ?? `${op}_value`;
}

/** `encoder_dense_1_weight` is a `weight` within a kernel; side by side with others, `weight0`. */
function hintOfTensor({ name }: Tensor, { suffix }: Point): string {
  const last = name.split('_').at(-1)!;
  const short = /^\d/.test(last) || words.has(last) ? name : last;
  if (suffix !== undefined) return /\d$/.test(short) ? `${short}_${suffix}` : `${short}${suffix}`;
  return short === name ? `${name}_here` : short;
}

/** The names of builtins say nothing about a tensor. */
const words: ReadonlySet<string> = new Set(builtins);
