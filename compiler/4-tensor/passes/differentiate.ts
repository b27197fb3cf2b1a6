/**
 * Reverse-mode differentiation, from graph to graph: adjoints are nodes like any other, so they meet the same
 * simplifier and may be differentiated again.
 *
 * Before: any graph of one builder. After: the graph is as it was, the adjoints are new nodes beside it. The adjoint of
 * a node labelled `x` is labelled `x.gradient`.
 *
 * Example: of sum(w * w) with respect to w, 2 w comes as w * g + w * g with g the sum's adjoint, 1 repeated.
 */
import { ops } from '../../ops/index.ts';
import { range, type Builder } from '../builder.ts';
import { argumentsOf, sizeOf, topological, type Node, type NodeOf } from '../ir.ts';

/** The derivatives of a scalar with respect to each of `wrt`, in their shapes; zeros where it does not depend on it. */
export function gradients(b: Builder, output: Node, wrt: readonly Node[]): Node[] {
  if (output.shape.length > 0) throw new Error('tensor IR: only a scalar has gradients');
  return vjp(b, [output], [b.constant(1)], wrt);
}

/**
 * Σ over the outputs of cotangentᵀ · ∂output/∂w, for each w of `wrt` (f32 nodes, inputs or not), in w's shape. Nothing
 * flows through `stop`, integers and predicates.
 */
export function vjp(b: Builder, outputs: readonly Node[], cotangents: readonly Node[], wrt: readonly Node[]): Node[] {
  const order = topological(outputs);
  const active = activeNodes(order, new Set(wrt));
  const contributions = new Map<Node, Node[]>();
  const contribute = (node: Node, adjoint: Node): void => {
    if (!active.has(node)) return;
    const known = contributions.get(node);
    if (known === undefined) contributions.set(node, [adjoint]);
    else known.push(adjoint);
  };
  outputs.forEach((output, i) => contribute(output, cotangents[i]!));
  const adjoints = new Map<Node, Node>();
  for (const node of order.reverse()) {
    const parts = contributions.get(node);
    if (parts === undefined) continue;
    const adjoint = parts.reduce(b.add);
    name(b, node, adjoint);
    adjoints.set(node, adjoint);
    const args = argumentsOf(node);
    if (args.some((arg) => active.has(arg))) pullBack(b, node, adjoint, active, contribute);
  }
  return wrt.map((node) => adjoints.get(node) ?? b.broadcastTo(b.constant(0), node.shape));
}

/** The nodes through which an output depends, differentiably, on one of `wrt`. */
function activeNodes(order: readonly Node[], wrt: ReadonlySet<Node>): ReadonlySet<Node> {
  const active = new Set<Node>();
  for (const node of order) {
    if (wrt.has(node)) active.add(node);
    else if (node.dtype === 'f32' && !isOpaque(node) && argumentsOf(node).some((arg) => active.has(arg)))
      active.add(node);
  }
  return active;
}

function isOpaque(node: Node): boolean {
  return node.kind === 'map' && !('vjp' in ops[node.op]);
}

function name(b: Builder, node: Node, adjoint: Node): void {
  const label = b.labelOf(node);
  const isMade = adjoint.kind !== 'constant' && adjoint.kind !== 'input' && adjoint.kind !== 'broadcast';
  if (label !== undefined && isMade) b.label(adjoint, `${label}.gradient`);
}

type Contribute = (node: Node, adjoint: Node) => void;

/** Adds what `node` passes to its arguments, given its adjoint g. */
function pullBack(b: Builder, node: Node, g: Node, active: ReadonlySet<Node>, contribute: Contribute): void {
  switch (node.kind) {
    case 'constant':
    case 'array':
    case 'input':
    case 'iota':
    case 'batch':
      return;
    case 'map': {
      const op = ops[node.op];
      if (!('vjp' in op)) return;
      const rule: NonNullable<typeof op.vjp> = op.vjp!;
      rule(b, g, node, ...node.args).forEach((adjoint, i) => {
        if (adjoint !== undefined) contribute(node.args[i]!, adjoint);
      });
      return;
    }
    case 'reduce':
      contribute(node.arg, reduceAdjoint(b, node, g));
      return;
    case 'contract':
      if (active.has(node.a)) contribute(node.a, operandAdjoint(b, node, 'a', g));
      if (active.has(node.b)) contribute(node.b, operandAdjoint(b, node, 'b', g));
      return;
    case 'broadcast': {
      // Every element was read many times: its adjoint is the sum over the repetitions.
      const kept = node.axes.filter((axis, i) => node.arg.shape[i] === node.shape[axis]);
      const repeated = range(0, node.shape.length).filter((axis) => !kept.includes(axis));
      contribute(node.arg, b.reshape(b.sum(g, repeated), node.arg.shape));
      return;
    }
    case 'reshape':
      contribute(node.arg, b.reshape(g, node.arg.shape));
      return;
    case 'transpose': {
      const inverse = node.permutation.map((_, axis) => node.permutation.indexOf(axis));
      contribute(node.arg, b.transpose(g, inverse));
      return;
    }
    case 'slice':
      contribute(node.arg, b.pad(g, node.starts, node.arg.shape));
      return;
    case 'pad':
      contribute(node.arg, b.slice(g, node.starts, node.arg.shape));
      return;
    case 'window':
      contribute(node.arg, windowAdjoint(b, node, g));
      return;
    case 'again':
      throw new Error('what is computed anew is chosen once every derivative has been taken');
    case 'diagonal': {
      const [kept, dropped] = node.axes;
      const { shape } = node.arg;
      const spread = b.broadcast(
        g,
        shape,
        range(0, shape.length).filter((axis) => axis !== dropped),
      );
      const along = (axis: number): Node => b.broadcast(b.iota(shape[axis]!), shape, [axis]);
      contribute(node.arg, b.select(b.map('eq', along(kept), along(dropped)), spread, 0));
      return;
    }
    case 'concat': {
      let start = 0;
      for (const arg of node.args) {
        const starts = node.shape.map((_, axis) => (axis === node.axis ? start : 0));
        if (active.has(arg)) contribute(arg, b.slice(g, starts, arg.shape));
        start += arg.shape[node.axis]!;
      }
      return;
    }
    case 'take': {
      // An index past the end has read the last row.
      const last = b.constant(node.table.shape[0]! - 1, 'u32');
      contribute(node.table, b.scatter(b.map('min', node.indices, last), g, node.table.shape));
      return;
    }
    case 'scatter':
      contribute(node.updates, b.take(g, node.indices));
      return;
    case 'pack':
      node.parts.forEach((part, i) => {
        if (active.has(part))
          contribute(part, b.reshape(b.slice(g, [node.offsets[i]!], [sizeOf(part.shape)]), part.shape));
      });
      return;
  }
}

/**
 * Position p is read by output y at place k where p · divisor = y · stride + k · dilation + start: the adjoint at p is the
 * sum over k of g at y = (p · divisor - k · dilation - start) / stride, a window over the adjoint.
 */
function windowAdjoint(b: Builder, { arg, windows }: NodeOf<'window'>, g: Node): Node {
  const rank = arg.shape.length;
  const turned = windows.map(({ axis, size, stride, dilation, start, divisor }) => {
    return {
      axis,
      extent: arg.shape[axis]!,
      size,
      stride: divisor,
      dilation: -dilation,
      start: -start,
      divisor: stride,
    };
  });
  // [..., places of g, the same places as the window has them]: only where both are the same.
  const read = windows.reduce(
    (view, _, i) => {
      return b.diagonal(view, [rank + i, rank + windows.length]);
    },
    b.window(g, turned),
  );
  return b.sum(read, range(rank, rank + windows.length));
}

/** A sum passes its adjoint to every term. A maximum or minimum passes it to the terms that reach it, in equal shares. */
function reduceAdjoint(b: Builder, node: NodeOf<'reduce'>, g: Node): Node {
  const { arg, axes, op } = node;
  const kept = range(0, arg.shape.length).filter((axis) => !axes.includes(axis));
  const spread = (value: Node): Node => b.broadcast(value, arg.shape, kept);
  if (op === 'sum') return spread(g);
  const reaches = b.map('eq', arg, spread(node));
  const count = b.sum(b.select(reaches, 1, 0), axes);
  return b.select(reaches, spread(b.div(g, count)), 0);
}

/**
 * out[o] = Σ a[α] b[β]: the adjoint of a[α] is Σ g[o] b[β] over all labels but α, and that of b[β] is Σ a[α] g[o], in
 * this order. A label that only one operand has, summed in out, has its adjoint repeat along it.
 */
function operandAdjoint(b: Builder, node: NodeOf<'contract'>, side: 'a' | 'b', g: Node): Node {
  const { labels, aLabels, bLabels } = node;
  const [operand, own, others] = side === 'a' ? [node.a, aLabels, bLabels] : [node.b, bLabels, aLabels];
  const found = own.filter((label) => labels.includes(label) || others.includes(label));
  const adjoint =
    side === 'a' ? b.contract(g, node.b, labels, bLabels, found) : b.contract(node.a, g, aLabels, labels, found);
  const axes = own.flatMap((label, axis) => (found.includes(label) ? [axis] : []));
  return b.broadcast(adjoint, operand.shape, axes);
}
