/** Draws: a distribution's sampler fed with noise that is a pure function of (seed, stream, step, row, element). */
import type { Node } from '../4-tensor/ir.ts';
import type { Parameters } from '../distributions/distribution.ts';
import type { Frame } from '../2-check/context.ts';
import { joinPlates } from '../2-check/tensors.ts';
import type { DistributionValue, Plate, TensorValue } from '../2-check/values.ts';
import { noiseFor, type Arrangement } from '../2-check/noise.ts';

/** Draws a variable once for each row (and each of `extra`'s draws). `path` names the stream: declaration, variable. */
export function drawFrom(
  frame: Frame,
  distribution: DistributionValue,
  path: readonly string[],
  extra: readonly Plate[] = [],
  arrangement: Arrangement = {},
): TensorValue {
  const program = frame.program!;
  const { b } = frame.context;
  const plates = joinPlates([[program.rows], extra, distribution.plates]);
  const parameters = parametersOver(frame, distribution, plates);
  const noise = noiseFor(frame, program, path, plates, distribution.shape, arrangement);
  const family = distribution.distribution;
  const node = b.label(family.sample(b, parameters, noise), path.at(-1)!);
  return { kind: 'tensor', node, support: family.support(parameters), shape: distribution.shape, plates };
}

/** The parameters repeated over more plates. */
export function parametersOver(frame: Frame, value: DistributionValue, plates: readonly Plate[]): Parameters {
  const { b } = frame.context;
  const extents = plates.map((plate) => plate.extent);
  const lead = value.plates.map((plate) => plates.findIndex((other) => other.id === plate.id));
  const spread = (node: Node): Node => {
    const own = node.shape.slice(value.plates.length);
    return b.broadcast(node, [...extents, ...own], [...lead, ...own.map((_, i) => plates.length + i)]);
  };
  return Object.fromEntries(Object.entries(value.parameters).map(([name, node]) => [name, spread(node)]));
}
