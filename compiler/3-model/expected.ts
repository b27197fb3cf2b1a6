/** A draw that an expectation is estimated from: what was decided about it, and whether its gradient is right. */
import { argumentsOf, type Node } from '../4-tensor/ir.ts';
import type { Frame } from '../2-check/context.ts';
import { decide } from '../2-check/derivation.ts';
import type { DistributionValue, Plate, TensorValue } from '../2-check/values.ts';
import type { Arranged } from './arrange.ts';
import { drawFrom } from './draw.ts';

/**
 * Draws `variable` once a row, or `plate.extent` times a row. Undefined (and reported) where training would need a
 * gradient through the draw that the family's sampler does not have: the gradient would be biased, and nothing would say so.
 */
export function expectedDraw(
  variable: string,
  distribution: DistributionValue,
  path: readonly string[],
  plate: Plate | undefined,
  frame: Frame,
  arranged: Arranged = {},
): TensorValue | undefined {
  const program = frame.program!;
  const family = distribution.distribution;
  if (distribution.deferred !== undefined) {
    frame.context.session.report('batch-mean-inside', distribution.span, {});
    return undefined;
  }
  decide(program.decisions, {
    kind: 'draw',
    text: `${variable} ~ ${family.name}`,
    variable,
    family: family.name,
    count: plate?.extent ?? 1,
    estimator: family.pathwise ? 'pathwise' : 'none',
    ...(arranged.text !== undefined && { arrangement: arranged.text }),
  });
  if (!family.pathwise && program.kind === 'train' && reachParameter(Object.values(distribution.parameters))) {
    frame.context.session.report('no-pathwise-gradient', distribution.span, { variable, family: family.name });
    return undefined;
  }
  return drawFrom(frame, distribution, path, plate === undefined ? [] : [plate], arranged);
}

/** Whether a gradient at these nodes would arrive at a parameter: past no `stop`, and through real numbers only. */
function reachParameter(nodes: readonly Node[]): boolean {
  const seen = new Set<Node>();
  const visit = (node: Node): boolean => {
    if (seen.has(node) || node.dtype !== 'f32' || (node.kind === 'map' && node.op === 'stop')) return false;
    seen.add(node);
    return (node.kind === 'input' && node.source.kind === 'parameter') || argumentsOf(node).some(visit);
  };
  return nodes.some(visit);
}
