/** Reports that are functions of what is known of all rows of a data set: the host computes them when it has seen them. */
import { withArguments } from '../../4-tensor/passes/rebuild.ts';
import { argumentsOf, topological, type Node } from '../../4-tensor/ir.ts';
import type { Finish } from '../../4-tensor/program.ts';
import type { Frame, ProgramContext } from '../../2-check/context.ts';
import { defer } from '../../2-check/derive.ts';

type OfStatistics = Omit<Extract<Finish, { kind: 'expression' }>, 'kind'>;

/**
 * The report as the host computes it, of statistics and of scalars of its own. What else it reads, a parameter say, is
 * the same for every row, so it comes as a statistic too: its own mean.
 */
export function ofStatistics(report: Node, frame: Frame): OfStatistics {
  const { b } = frame.context;
  const program = frame.program!;
  const isLate = (node: Node): boolean => statisticName(node, program) !== undefined;
  const onDevice = reaching(
    [report],
    (node) => node.kind === 'input' && node.source.kind !== 'uniform' && !isLate(node),
  );
  const late = reaching([report], isLate);
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
  const output = visit(report);
  const names = new Set(topological([output]).flatMap((node) => statisticName(node, program) ?? []));
  return { output, arguments: [...names].map((name) => program.statistics.get(name)!) };
}

/** A result of each row that waits for what is known of all rows would be computed from nothing. */
export function assertKnownByRow(results: Iterable<readonly [string, Node]>, program: ProgramContext): void {
  for (const [name, node] of results) {
    if (reaching([node], (each) => statisticName(each, program) !== undefined).size > 0)
      throw new Error(`the result ${name} of a row reads what is known of all rows`);
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

/** The statistic that a node stands for; undefined where it is anything else. */
function statisticName(node: Node, { statistics }: ProgramContext): string | undefined {
  const name = node.kind === 'input' && node.source.kind === 'argument' ? node.source.name : undefined;
  return name !== undefined && statistics.has(name) ? name : undefined;
}
