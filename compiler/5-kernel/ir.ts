/**
 * Kernel IR: fused iteration spaces without lanes. A kernel runs its phases for every point of its parallel axes; a
 * phase loops over more axes, accumulates, and stores. One structure says pointwise work (one phase over nothing),
 * reductions and softmax (phases that read earlier accumulators) and contractions (a phase that accumulates a product).
 * schedule/ turns it into loops with tiles, vectors and threads for a target; no target appears here.
 */
import type { OpName } from '../ops/index.ts';
import type { DType, ReduceOp, Shape, Storage } from '../4-tensor/ir.ts';

/** A loop variable; unique within its kernel by name. */
export interface Axis {
  readonly name: string;
  readonly extent: number;
}

/** An integer: affine in the axes plus, where a reshape or a table demands it, quotients, remainders and loaded rows. */
export type Index =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'axis'; readonly axis: Axis }
  | { readonly kind: 'sum'; readonly terms: readonly Index[] }
  | { readonly kind: 'scaled'; readonly factor: number; readonly index: Index }
  | { readonly kind: 'quotient' | 'remainder'; readonly index: Index; readonly divisor: number }
  /**
   * A u32 computed by the kernel: min(value, extent - 1) for an index of a take. Rows of a data table are within it by
   * contract and have the extent `unbounded`: nothing to clamp.
   */
  | { readonly kind: 'value'; readonly value: Value; readonly extent: number };

/** The extent of an index into a data table, whose length only the runtime knows. */
export const unbounded = 2 ** 32;

/** What a tensor is, as memory: decided by fuse, placed by memory. */
export interface Tensor {
  /** Unique within its program: `encoder_dense_1`, `encoder_dense_1_weight`, `z`. */
  readonly name: string;
  /** A table's first extent is 0: known only when the data are loaded. */
  readonly shape: Shape;
  /** A bool lies as u32, 0 or 1. */
  readonly storage: Storage;
  readonly role:
    /** Written and read within one run of the program; `packed`: written in parts, with zeros between them for good. */
    | { readonly kind: 'activation'; readonly packed?: true }
    /** Sums over parts of a loop, between the two kernels that a schedule makes of one. */
    | { readonly kind: 'part-sums' }
    /** Read by the host after the run. */
    | { readonly kind: 'result'; readonly name: string }
    /** Inside the carried vector `vector`, from `offset` (in f32). */
    | { readonly kind: 'vector'; readonly vector: string; readonly offset: number }
    /** Inside a packed vector that is an activation: the gradient. */
    | { readonly kind: 'part'; readonly of: string; readonly offset: number }
    | { readonly kind: 'state'; readonly name: string }
    | { readonly kind: 'table'; readonly set: string; readonly field: string; readonly scale: number }
    | { readonly kind: 'literal'; readonly values: readonly number[] }
    | { readonly kind: 'argument'; readonly name: string };
}

/** A scalar computed at a point of the iteration space; a tree shared as a DAG (equal values are one object). */
export type Value =
  | { readonly kind: 'constant'; readonly dtype: DType; readonly value: number }
  | { readonly kind: 'uniform'; readonly dtype: DType; readonly name: string }
  /** The index as a u32. */
  | { readonly kind: 'index'; readonly index: Index }
  /** tensor[index], the index flat and row major; a table's element comes scaled, a bool is `!= 0` of its u32. */
  | { readonly kind: 'load'; readonly dtype: DType; readonly tensor: Tensor; readonly index: Index }
  | { readonly kind: 'apply'; readonly dtype: DType; readonly op: OpName; readonly args: readonly Value[] }
  /** `then` where every index lies in its range [low, high), else `otherwise`, whose loads are not made: padding, concat. */
  | {
      readonly kind: 'guard';
      readonly dtype: DType;
      readonly within: readonly { readonly index: Index; readonly low: number; readonly high: number }[];
      readonly then: Value;
      readonly otherwise: Value;
    }
  /** The final value of an accumulator of an earlier phase. */
  | { readonly kind: 'accumulator'; readonly dtype: DType; readonly accumulator: Accumulator };

/** The reduction of a value over a phase's `over`; over nothing, it is the value itself, read before later stores. */
export type Accumulator = { readonly name: string } & (
  | { readonly kind: 'reduce'; readonly op: ReduceOp; readonly value: Value }
  /** Σ a · b: what tiles are for. `a` and `b` may be any values (prologues), each over its own subset of the axes. */
  | { readonly kind: 'product'; readonly a: Value; readonly b: Value }
);

/**
 * tensor[index] = value. Where neither index nor value mentions a parallel axis, position 0 of that axis alone stores
 * (a bias gradient beside its weight gradient). A store of a tensor that the kernel also loads (an update in place)
 * has the index of those loads.
 */
export interface Store {
  readonly tensor: Tensor;
  readonly index: Index;
  readonly value: Value;
  /**
   * Where set, the tensor holds partial sums (or maxima): position i of `axis` goes to entry floor(i / segment), the
   * index being that of the entry with `axis` standing for the entry's number.
   */
  readonly partial?: { readonly axis: Axis; readonly segment: number; readonly op: ReduceOp };
}

/**
 * Runs over `over` (in order, the last innermost) at each point of the parallel axes: accumulates, and at each point
 * evaluates every store's value, then stores. Stores read accumulators of earlier phases only.
 */
export interface Phase {
  readonly over: readonly Axis[];
  readonly accumulators: readonly Accumulator[];
  readonly stores: readonly Store[];
}

export interface Kernel {
  /** Says what it computes: `decoder_dense_3__bernoulli_loss`. A WGSL identifier, unique within the spec. */
  readonly name: string;
  /** The mathematics and the shapes, a line each, for the header. */
  readonly documentation: readonly string[];
  readonly axes: readonly Axis[];
  readonly phases: readonly Phase[];
}

/** A program's kernels in order, and where its results lie: `offset` (in elements) within their tensor. */
export interface KernelProgram {
  readonly name: string;
  readonly kernels: readonly Kernel[];
  readonly results: readonly {
    readonly name: string;
    readonly tensor: Tensor;
    readonly offset: number;
    readonly shape: Shape;
    readonly dtype: DType;
  }[];
}
