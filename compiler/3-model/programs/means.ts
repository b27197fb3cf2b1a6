/** Reports that are functions of means over a whole data set: the host computes them when every row has been seen. */
import { withArguments } from '../../4-tensor/passes/rebuild.ts';
import { argumentsOf, topological, type Node } from '../../4-tensor/ir.ts';
import type { Frame } from '../../2-check/context.ts';
import { defer } from '../../2-check/derive.ts';

/**
 * The report as the host computes it, of means and of scalars of its own. What else it reads, a parameter say, is the
 * same for every row, so it comes as a mean too: its own.
 */
export function ofMeans(output: Node, frame: Frame): Node {
  const { b } = frame.context;
  const onDevice = reaching([output], (node) => node.kind === 'input' && !isHosts(node));
  const late = reaching([output], isArgument);
  const made = new Map<Node, Node>();
  const visit = (node: Node): Node => {
    const known = made.get(node);
    if (known !== undefined) return known;
    const result = !onDevice.has(node)
      ? node
      : late.has(node) || node.dtype !== 'f32'
        ? withArguments(b, node, argumentsOf(node).map(visit))
        : defer(frame, { kind: 'tensor', node, support: { kind: 'real' }, shape: node.shape, plates: [] }).node;
    made.set(node, result);
    return result;
  };
  return visit(output);
}

/** A result of each row that waits for a mean over all rows would be computed from nothing. */
export function assertKnownByRow(results: Iterable<readonly [string, Node]>): void {
  for (const [name, node] of results) {
    if (reaching([node], isArgument).size > 0)
      throw new Error(`the result ${name} of a row reads a mean over all rows`);
  }
}

/** The nodes that depend on one that `is`. */
function reaching(roots: readonly Node[], is: (node: Node) => boolean): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of topological(roots)) {
    if (is(node) || argumentsOf(node).some((arg) => found.has(arg))) found.add(node);
  }
  return found;
}

function isArgument(node: Node): boolean {
  return node.kind === 'input' && node.source.kind === 'argument';
}

/** What the host knows at the end: means, and scalars of its own. */
function isHosts(node: Node): boolean {
  return node.kind === 'input' && (node.source.kind === 'argument' || node.source.kind === 'uniform');
}
