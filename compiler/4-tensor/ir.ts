/**
 * Tensor IR: one small, pure language of static shapes. Everything the compiler derives (objectives, gradients,
 * optimizer updates, shuffles) is a graph of these nodes, so everything meets the same simplifier and the same fuser.
 * Nodes are made only by the Builder (builder.ts), which hash-conses: equal nodes of one builder are the same object.
 */
import type { OpName } from '../ops/index.ts';

export type DType = 'f32' | 'u32' | 'bool';
export type Shape = readonly number[];

/** How a table of a data set lies on the device: one value an element, `u8` packed four to a word. */
export type Storage = 'u8' | 'f32' | 'u32';

/** A field of a data set on the device: [rows, ...rowShape], the number of rows known only when it is loaded. */
export interface Table {
  readonly set: string;
  readonly field: string;
  readonly storage: Storage;
  readonly rowShape: Shape;
  /** Value = stored number * scale (1/255 for bytes that stand for [0, 1]). */
  readonly scale: number;
}

/** What a function reads from outside. */
export type InputSource =
  /** A trainable tensor, by its path, such as `encoder.dense_1.weight`; it lies inside the flat parameter vector. */
  | { readonly kind: 'parameter'; readonly path: string }
  /** A tensor of a finished run, such as `mixture:decoder.dense_1.weight`; it lies inside the flat vector 'frozen'. */
  | { readonly kind: 'frozen'; readonly path: string }
  /** A flat vector carried from step to step: 'parameters' itself, or an optimizer's slot such as 'adam.m', or 'ema'. */
  | { readonly kind: 'vector'; readonly name: string }
  /** A small carried tensor that is neither, such as 'trouble'. */
  | { readonly kind: 'state'; readonly name: string }
  /** A scalar that the host evaluates in float64 before each step: a hyper, a learning rate, the step, the seed. */
  | { readonly kind: 'uniform'; readonly name: string }
  /** A tensor handed in by the caller of a generated function, or computed by the host once for the step. */
  | { readonly kind: 'argument'; readonly name: string };

export type ReduceOp = 'sum' | 'max' | 'min';

/**
 * How a window slides along an axis of its argument: output y (of `extent`) at place k (of `size`) of its window reads
 * position (y · stride + k · dilation + start) / divisor, and zero where that is no position. A convolution has divisor
 * 1 and start -padding; its transpose has the roles of stride and divisor exchanged.
 */
export interface Window {
  readonly axis: number;
  readonly extent: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly start: number;
  readonly divisor: number;
}

interface Base {
  /** Ordinal within its builder; the order of creation, so arguments come before their users. */
  readonly id: number;
  readonly dtype: DType;
  readonly shape: Shape;
}

export type Node = Base &
  /** One number, shape []. Repeated by `broadcast`. */
  (
    | { readonly kind: 'constant'; readonly value: number }
    /** A literal array, row major: schedule tables, centers. */
    | { readonly kind: 'array'; readonly values: readonly number[] }
    | { readonly kind: 'input'; readonly source: InputSource }
    /** 0, 1, …, n - 1 as u32; shape [n]. */
    | { readonly kind: 'iota' }
    /** An elementwise op of the catalogue; all arguments have the result's shape. */
    | { readonly kind: 'map'; readonly op: OpName; readonly args: readonly Node[] }
    /** Drops `axes` (ascending). */
    | { readonly kind: 'reduce'; readonly op: ReduceOp; readonly axes: readonly number[]; readonly arg: Node }
    /**
     * out[labels] = Σ over the labels not in `labels` of a[aLabels] · b[bLabels]; labels are small integers, each once
     * an operand. x W is aLabels [0, 1], bLabels [1, 2], labels [0, 2].
     */
    | {
        readonly kind: 'contract';
        readonly a: Node;
        readonly b: Node;
        readonly aLabels: readonly number[];
        readonly bLabels: readonly number[];
        readonly labels: readonly number[];
      }
    /** Axis i of arg stands at axis axes[i] (ascending) of the result; along every other axis, and where arg's extent is 1, it repeats. */
    | { readonly kind: 'broadcast'; readonly axes: readonly number[]; readonly arg: Node }
    | { readonly kind: 'reshape'; readonly arg: Node }
    /** Axis i of the result is axis permutation[i] of arg. */
    | { readonly kind: 'transpose'; readonly permutation: readonly number[]; readonly arg: Node }
    /** From `starts`, as many as the shape says. */
    | { readonly kind: 'slice'; readonly starts: readonly number[]; readonly arg: Node }
    /** Zeros before and after: arg begins at `starts` of the result's shape. */
    | { readonly kind: 'pad'; readonly starts: readonly number[]; readonly arg: Node }
    /** The windowed axes have the windows' extents; axes of the windows' sizes follow the others, in order. */
    | { readonly kind: 'window'; readonly windows: readonly Window[]; readonly arg: Node }
    /** Where two axes stand at the same position: the second of `axes`, as long as the first, goes. */
    | { readonly kind: 'diagonal'; readonly axes: readonly [number, number]; readonly arg: Node }
    /** arg, for a reader that waits until `after` has been computed: what follows from it is computed anew. */
    | { readonly kind: 'again'; readonly arg: Node; readonly after: Node }
    | { readonly kind: 'concat'; readonly axis: number; readonly args: readonly Node[] }
    /** Rows of a data table: [...rows.shape, ...rowShape]; rows are u32 and must lie within the table. */
    | { readonly kind: 'batch'; readonly table: Table; readonly rows: Node }
    /** table[indices]: [...indices.shape, ...table.shape[1..]]; an index past the end reads the last row. */
    | { readonly kind: 'take'; readonly table: Node; readonly indices: Node }
    /** The transpose of take: zeros of `shape`, plus updates added at [indices]; the sum's order is fixed. */
    | { readonly kind: 'scatter'; readonly indices: Node; readonly updates: Node }
    /** A flat vector with each (flattened, f32) part at its offset, zeros elsewhere; parts never overlap. */
    | { readonly kind: 'pack'; readonly parts: readonly Node[]; readonly offsets: readonly number[] }
  );

export type NodeOf<Kind extends Node['kind']> = Extract<Node, { kind: Kind }>;

/** Where a function's output goes. */
export type OutputTarget =
  /** Read by the host: a loss term, a row's bound, a picture. */
  | { readonly kind: 'result' }
  /** Replaces the carried vector or state of that name once every reader of the old value has run. */
  | { readonly kind: 'vector'; readonly name: string }
  | { readonly kind: 'state'; readonly name: string };

export interface Output {
  readonly name: string;
  readonly node: Node;
  readonly target: OutputTarget;
}

/** A pure function: its inputs are the input nodes its outputs reach. */
export interface TensorFunction {
  readonly name: string;
  readonly outputs: readonly Output[];
}

/** The direct arguments of a node, in order. */
export function argumentsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'constant':
    case 'array':
    case 'input':
    case 'iota':
      return [];
    case 'map':
    case 'concat':
      return node.args;
    case 'contract':
      return [node.a, node.b];
    case 'reduce':
    case 'broadcast':
    case 'reshape':
    case 'transpose':
    case 'slice':
    case 'pad':
    case 'window':
    case 'diagonal':
      return [node.arg];
    case 'batch':
      return [node.rows];
    case 'again':
      return [node.arg, node.after];
    case 'take':
      return [node.table, node.indices];
    case 'scatter':
      return [node.indices, node.updates];
    case 'pack':
      return node.parts;
  }
}

/** The arguments whose values a node needs: those, but for what it only waits for. */
export function readBy(node: Node): readonly Node[] {
  return node.kind === 'again' ? [node.arg] : argumentsOf(node);
}

/** Every node the roots reach, arguments before users. Iterative: graphs are deep. */
export function topological(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...argumentsOf(node));
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
