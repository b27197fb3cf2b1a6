/** Making a node again over other arguments: what every pass that walks a graph bottom-up needs. */
import type { Builder } from '../builder.ts';
import { argumentsOf, topological, type Node, type TensorFunction } from '../ir.ts';

/** The same node over other arguments of the same types; the node itself where they are its own. */
export function withArguments(b: Builder, node: Node, args: readonly Node[]): Node {
  if (argumentsOf(node).every((arg, i) => arg === args[i])) return node;
  switch (node.kind) {
    case 'constant':
    case 'array':
    case 'input':
    case 'iota':
      return node;
    case 'map':
      return b.map(node.op, ...args);
    case 'reduce':
      return b.reduce(node.op, args[0]!, node.axes);
    case 'contract':
      return b.contract(args[0]!, args[1]!, node.aLabels, node.bLabels, node.labels);
    case 'broadcast':
      return b.broadcast(args[0]!, node.shape, node.axes);
    case 'reshape':
      return b.reshape(args[0]!, node.shape);
    case 'transpose':
      return b.transpose(args[0]!, node.permutation);
    case 'slice':
      return b.slice(args[0]!, node.starts, node.shape);
    case 'pad':
      return b.pad(args[0]!, node.starts, node.shape);
    case 'window':
      return b.window(args[0]!, node.windows);
    case 'diagonal':
      return b.diagonal(args[0]!, node.axes);
    case 'again':
      return b.again(args[0]!, args[1]!);
    case 'concat':
      return b.concat(args, node.axis);
    case 'batch':
      return b.batch(node.table, args[0]!);
    case 'take':
      return b.take(args[0]!, args[1]!);
    case 'scatter':
      return b.scatter(args[0]!, args[1]!, node.shape);
    case 'pack':
      return b.pack(args, node.offsets, node.shape[0]!);
  }
}

/** What stands in a node's place takes its label; constants stay nameless, for they stand in many places. */
export function passLabel(b: Builder, from: Node, to: Node): void {
  const label = b.labelOf(from);
  if (label !== undefined && to.kind !== 'constant' && to.kind !== 'input') b.label(to, label);
}

/** The function with every node replaced by what `rewrite` makes of it, arguments first. */
export function mapFunction(b: Builder, fn: TensorFunction, rewrite: (node: Node) => Node): TensorFunction {
  const made = new Map<Node, Node>();
  for (const node of topological(fn.outputs.map((output) => output.node))) {
    const again = withArguments(
      b,
      node,
      argumentsOf(node).map((arg) => made.get(arg)!),
    );
    const result = rewrite(again);
    passLabel(b, node, result);
    made.set(node, result);
  }
  return withOutputs(fn, (node) => made.get(node)!);
}

export function withOutputs(fn: TensorFunction, replacement: (node: Node) => Node): TensorFunction {
  const outputs = fn.outputs.map((output) => ({ ...output, node: replacement(output.node) }));
  return outputs.every(({ node }, i) => node === fn.outputs[i]!.node) ? fn : { ...fn, outputs };
}
