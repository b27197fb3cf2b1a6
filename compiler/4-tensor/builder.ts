/**
 * The only maker of tensor IR nodes. Checks shapes and dtypes as it builds, broadcasts arguments to each other by
 * explicit nodes, and hash-conses: asking twice for the same node gives the same object.
 */
import { ops, type OpName } from '../ops/index.ts';
import type { DType, InputSource, Node, ReduceOp, Shape, Table, Window } from './ir.ts';
import { sizeOf } from './ir.ts';

/** A node, or a number that stands for an f32 constant. */
export type Operand = Node | number;

type Draft = Node extends infer N ? (N extends Node ? Omit<N, 'id'> : never) : never;

export class Builder {
  readonly #nodes = new Map<string, Node>();
  readonly #labels = new Map<Node, string>();
  #count = 0;

  // ---- leaves ----------------------------------------------------------------------------------------------------

  constant(value: number, dtype: DType = 'f32'): Node {
    return this.#make({ kind: 'constant', dtype, shape: [], value });
  }

  array(values: readonly number[], shape: Shape, dtype: DType = 'f32'): Node {
    demand(values.length === sizeOf(shape), `an array of ${values.length} values for shape [${shape.join(', ')}]`);
    return this.#make({ kind: 'array', dtype, shape, values });
  }

  input(source: InputSource, shape: Shape, dtype: DType = 'f32'): Node {
    return this.#make({ kind: 'input', dtype, shape, source });
  }

  uniform(name: string, dtype: DType = 'f32'): Node {
    return this.input({ kind: 'uniform', name }, [], dtype);
  }

  parameter(path: string, shape: Shape): Node {
    return this.input({ kind: 'parameter', path }, shape);
  }

  /** A tensor of a finished run: no gradient ever reaches it. */
  frozen(path: string, shape: Shape): Node {
    return this.input({ kind: 'frozen', path }, shape);
  }

  /** 0, 1, …, n - 1 as u32. */
  iota(n: number): Node {
    return this.#make({ kind: 'iota', dtype: 'u32', shape: [n] });
  }

  // ---- elementwise -----------------------------------------------------------------------------------------------

  /** Applies an op of the catalogue; arguments are broadcast to each other with axes aligned from the right. */
  map(op: OpName, ...operands: readonly Operand[]): Node {
    const definition = ops[op];
    demand(operands.length === definition.args.length, `${op} takes ${definition.args.length} arguments`);
    const raw = operands.map((operand, i) => {
      const wanted = definition.args[i]!;
      return typeof operand === 'number'
        ? this.constant(operand, wanted === 'any' ? anyType(operands) : wanted)
        : operand;
    });
    const shape = raw.map((node) => node.shape).reduce(joinShapes);
    const args = raw.map((node) => this.broadcastTo(node, shape));
    let any: DType | undefined;
    definition.args.forEach((wanted, i) => {
      const found = args[i]!.dtype;
      if (wanted === 'any') {
        any ??= found;
        demand(any === found, `${op} of ${any} and ${found}`);
      } else demand(wanted === found, `${op} wants ${wanted} for argument ${i + 1}, not ${found}`);
    });
    const dtype = definition.result === 'any' ? any! : definition.result;
    return this.#make({ kind: 'map', dtype, shape, op, args });
  }

  add = (a: Operand, b: Operand): Node => this.map('add', a, b);
  sub = (a: Operand, b: Operand): Node => this.map('sub', a, b);
  mul = (a: Operand, b: Operand): Node => this.map('mul', a, b);
  div = (a: Operand, b: Operand): Node => this.map('div', a, b);
  neg = (a: Operand): Node => this.map('neg', a);
  exp = (a: Operand): Node => this.map('exp', a);
  log = (a: Operand): Node => this.map('log', a);
  sqrt = (a: Operand): Node => this.map('sqrt', a);
  square = (a: Operand): Node => this.map('square', a);
  /** select(condition, then, otherwise): neither branch's value may be NaN where it is not chosen, see ops. */
  select = (condition: Node, then: Operand, otherwise: Operand): Node => this.map('select', condition, then, otherwise);

  // ---- reductions and products -----------------------------------------------------------------------------------

  /** Reduces `axes` (negative ones count from the end) and drops them. */
  reduce(op: ReduceOp, arg: Node, axes: readonly number[]): Node {
    const rank = arg.shape.length;
    const sorted = [...new Set(axes.map((axis) => (axis < 0 ? rank + axis : axis)))].sort((a, b) => a - b);
    demand(
      sorted.every((axis) => axis >= 0 && axis < rank),
      `axes [${axes.join(', ')}] of rank ${rank}`,
    );
    if (sorted.length === 0) return arg;
    const shape = arg.shape.filter((_, axis) => !sorted.includes(axis));
    return this.#make({ kind: 'reduce', dtype: arg.dtype, shape, op, axes: sorted, arg });
  }

  sum = (arg: Node, axes: readonly number[]): Node => this.reduce('sum', arg, axes);

  /** Sums the trailing axes from `leading` on: a log-density over its variable's own shape. */
  sumFrom(arg: Node, leading: number): Node {
    return this.sum(arg, range(leading, arg.shape.length));
  }

  contract(a: Node, b: Node, aLabels: readonly number[], bLabels: readonly number[], labels: readonly number[]): Node {
    demand(a.dtype === 'f32' && b.dtype === 'f32', 'contract wants f32');
    demand(aLabels.length === a.shape.length && bLabels.length === b.shape.length, 'a label for every axis');
    const extents = new Map<number, number>();
    const note = (label: number, extent: number): void => {
      const known = extents.get(label);
      demand(known === undefined || known === extent, `contracted extents ${known} and ${extent} differ`);
      extents.set(label, extent);
    };
    aLabels.forEach((label, i) => note(label, a.shape[i]!));
    bLabels.forEach((label, i) => note(label, b.shape[i]!));
    const shape = labels.map((label) => extents.get(label)!);
    return this.#make({ kind: 'contract', dtype: 'f32', shape, a, b, aLabels, bLabels, labels });
  }

  /** [m, k] x [k, n] → [m, n]. */
  matmul(a: Node, b: Node): Node {
    return this.contract(a, b, [0, 1], [1, 2], [0, 2]);
  }

  // ---- views -----------------------------------------------------------------------------------------------------

  broadcast(arg: Node, shape: Shape, axes: readonly number[]): Node {
    demand(axes.length === arg.shape.length, 'an axis of the result for every axis of the argument');
    axes.forEach((axis, i) => {
      const extent = arg.shape[i]!;
      demand(extent === shape[axis] || extent === 1, `extent ${extent} does not broadcast to ${shape[axis]}`);
      demand(i === 0 || axis > axes[i - 1]!, 'ascending axes');
    });
    if (sameShape(arg.shape, shape)) return arg;
    return this.#make({ kind: 'broadcast', dtype: arg.dtype, shape, axes, arg });
  }

  /** Aligned from the right, as NumPy does. */
  broadcastTo(arg: Node, shape: Shape): Node {
    const lead = shape.length - arg.shape.length;
    return this.broadcast(
      arg,
      shape,
      arg.shape.map((_, i) => lead + i),
    );
  }

  reshape(arg: Node, shape: Shape): Node {
    demand(sizeOf(arg.shape) === sizeOf(shape), `[${arg.shape.join(', ')}] does not reshape to [${shape.join(', ')}]`);
    if (sameShape(arg.shape, shape)) return arg;
    if (arg.kind === 'reshape') return this.reshape(arg.arg, shape);
    return this.#make({ kind: 'reshape', dtype: arg.dtype, shape, arg });
  }

  transpose(arg: Node, permutation: readonly number[]): Node {
    demand(permutation.length === arg.shape.length, 'a permutation of every axis');
    if (permutation.every((axis, i) => axis === i)) return arg;
    const shape = permutation.map((axis) => arg.shape[axis]!);
    return this.#make({ kind: 'transpose', dtype: arg.dtype, shape, permutation, arg });
  }

  slice(arg: Node, starts: readonly number[], shape: Shape): Node {
    demand(
      starts.every((start, axis) => start >= 0 && start + shape[axis]! <= arg.shape[axis]!),
      `slice from [${starts.join(', ')}] of [${shape.join(', ')}] in [${arg.shape.join(', ')}]`,
    );
    if (sameShape(arg.shape, shape)) return arg;
    return this.#make({ kind: 'slice', dtype: arg.dtype, shape, starts, arg });
  }

  pad(arg: Node, starts: readonly number[], shape: Shape): Node {
    demand(
      starts.every((start, axis) => start >= 0 && start + arg.shape[axis]! <= shape[axis]!),
      `pad [${arg.shape.join(', ')}] into [${shape.join(', ')}]`,
    );
    if (sameShape(arg.shape, shape)) return arg;
    return this.#make({ kind: 'pad', dtype: arg.dtype, shape, starts, arg });
  }

  window(arg: Node, windows: readonly Window[]): Node {
    demand(
      windows.every(({ axis, extent, size, stride, divisor }) => {
        return axis < arg.shape.length && Math.min(extent, size, divisor) > 0 && stride > 0;
      }),
      `windows of [${arg.shape.join(', ')}]`,
    );
    const extents = arg.shape.map((extent, axis) => windows.find((window) => window.axis === axis)?.extent ?? extent);
    const shape = [...extents, ...windows.map(({ size }) => size)];
    return this.#make({ kind: 'window', dtype: arg.dtype, shape, windows, arg });
  }

  diagonal(arg: Node, axes: readonly [number, number]): Node {
    const [kept, dropped] = axes;
    demand(kept !== dropped && arg.shape[kept] === arg.shape[dropped], `diagonal [${axes.join(', ')}]`);
    const shape = arg.shape.filter((_, axis) => axis !== dropped);
    return this.#make({ kind: 'diagonal', dtype: arg.dtype, shape, axes, arg });
  }

  /** The argument itself in value, and no node that was made of it before. */
  again(arg: Node, after: Node): Node {
    return this.#make({ kind: 'again', dtype: arg.dtype, shape: arg.shape, arg, after });
  }

  concat(args: readonly Node[], axis: number): Node {
    const first = args[0]!;
    if (args.length === 1) return first;
    demand(
      args.every((arg) => arg.dtype === first.dtype && arg.shape.every((e, i) => i === axis || e === first.shape[i])),
      'concat of matching shapes',
    );
    const total = args.reduce((sum, arg) => sum + arg.shape[axis]!, 0);
    const shape = first.shape.map((extent, i) => (i === axis ? total : extent));
    return this.#make({ kind: 'concat', dtype: first.dtype, shape, axis, args });
  }

  // ---- data and indices ------------------------------------------------------------------------------------------

  batch(table: Table, rows: Node): Node {
    demand(rows.dtype === 'u32', 'rows are u32');
    const dtype = table.storage === 'u32' ? 'u32' : 'f32';
    return this.#make({ kind: 'batch', dtype, shape: [...rows.shape, ...table.rowShape], table, rows });
  }

  take(table: Node, indices: Node): Node {
    demand(indices.dtype === 'u32' && table.shape.length > 0, 'take wants u32 indices and a table of rank 1 or more');
    const shape = [...indices.shape, ...table.shape.slice(1)];
    return this.#make({ kind: 'take', dtype: table.dtype, shape, table, indices });
  }

  scatter(indices: Node, updates: Node, shape: Shape): Node {
    demand(indices.dtype === 'u32' && updates.dtype === 'f32', 'scatter wants u32 indices and f32 updates');
    demand(sameShape(updates.shape, [...indices.shape, ...shape.slice(1)]), 'updates of the indexed shape');
    return this.#make({ kind: 'scatter', dtype: 'f32', shape, indices, updates });
  }

  pack(parts: readonly Node[], offsets: readonly number[], length: number): Node {
    demand(parts.length === offsets.length, 'an offset for every part');
    return this.#make({ kind: 'pack', dtype: 'f32', shape: [length], parts, offsets });
  }

  // ---- names -----------------------------------------------------------------------------------------------------

  /** Gives a node the name that kernels and dumps show; the first name stays. */
  label(node: Node, name: string): Node {
    if (!this.#labels.has(node)) this.#labels.set(node, name);
    return node;
  }

  labelOf(node: Node): string | undefined {
    return this.#labels.get(node);
  }

  #make(draft: Draft): Node {
    const key = keyOf(draft);
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = Object.freeze({ ...draft, id: this.#count++ }) as Node;
    this.#nodes.set(key, node);
    return node;
  }
}

/** Equal drafts have equal keys: the kind and all that the kind's fields hold, nodes by their ids. */
function keyOf(draft: Draft): string {
  const head = `${draft.kind} ${draft.dtype} ${draft.shape.join()}`;
  switch (draft.kind) {
    case 'constant':
      return `${head} ${numberKey(draft.value)}`;
    case 'array':
      return `${head} ${draft.values.map(numberKey).join()}`;
    case 'input':
      return `${head} ${draft.source.kind} ${'path' in draft.source ? draft.source.path : draft.source.name}`;
    case 'iota':
      return head;
    case 'map':
      return `${head} ${draft.op} ${idsOf(draft.args)}`;
    case 'reduce':
      return `${head} ${draft.op} ${draft.axes.join()} ${draft.arg.id}`;
    case 'contract':
      return `${head} ${draft.a.id} ${draft.b.id} ${draft.aLabels.join()} ${draft.bLabels.join()} ${draft.labels.join()}`;
    case 'broadcast':
      return `${head} ${draft.axes.join()} ${draft.arg.id}`;
    case 'reshape':
      return `${head} ${draft.arg.id}`;
    case 'transpose':
      return `${head} ${draft.permutation.join()} ${draft.arg.id}`;
    case 'slice':
    case 'pad':
      return `${head} ${draft.starts.join()} ${draft.arg.id}`;
    case 'window':
      return `${head} ${draft.windows.map(windowKey).join()} ${draft.arg.id}`;
    case 'diagonal':
      return `${head} ${draft.axes.join()} ${draft.arg.id}`;
    case 'again':
      return `${head} ${draft.arg.id} ${draft.after.id}`;
    case 'concat':
      return `${head} ${draft.axis} ${idsOf(draft.args)}`;
    case 'batch': {
      const { set, field, storage, rowShape, scale } = draft.table;
      return `${head} ${JSON.stringify([set, field])} ${storage} ${rowShape.join()} ${scale} ${draft.rows.id}`;
    }
    case 'take':
      return `${head} ${draft.table.id} ${draft.indices.id}`;
    case 'scatter':
      return `${head} ${draft.indices.id} ${draft.updates.id}`;
    case 'pack':
      return `${head} ${idsOf(draft.parts)} ${draft.offsets.join()}`;
  }
}

function windowKey({ axis, extent, size, stride, dilation, start, divisor }: Window): string {
  return `${axis}:${extent},${size},${stride},${dilation},${start},${divisor}`;
}

function numberKey(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function idsOf(nodes: readonly Node[]): string {
  return nodes.map((node) => node.id).join();
}

function anyType(operands: readonly Operand[]): DType {
  for (const operand of operands) if (typeof operand !== 'number' && operand.dtype !== 'bool') return operand.dtype;
  return 'f32';
}

function joinShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    demand(x === y || x === 1 || y === 1, `shapes [${a.join(', ')}] and [${b.join(', ')}] do not match`);
    return x === 1 ? y : x;
  });
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}

export function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i);
}

/** A broken demand is a defect of the compiler, never of the user's spec: the checker speaks first. */
function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(`tensor IR: ${message}`);
}
