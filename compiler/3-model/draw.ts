/** Draws: a distribution's sampler fed with noise that is a pure function of (seed, stream, step, row, element). */
import { range } from '../4-tensor/builder.ts';
import type { Node, Shape } from '../4-tensor/ir.ts';
import { sizeOf } from '../4-tensor/ir.ts';
import type { Noise, Parameters } from '../distributions/distribution.ts';
import { streamKey } from '../ops/index.ts';
import type { Frame, ProgramContext } from '../2-check/context.ts';
import { joinPlates } from '../2-check/tensors.ts';
import type { DistributionValue, Plate, TensorValue } from '../2-check/values.ts';

/** Draws a variable once for each row (and each of `extra`'s draws). `path` names the stream: declaration, variable. */
export function drawFrom(
  frame: Frame,
  distribution: DistributionValue,
  path: readonly string[],
  extra: readonly Plate[] = [],
): TensorValue {
  const program = frame.program!;
  const { b } = frame.context;
  const plates = joinPlates([[program.rows], extra, distribution.plates]);
  const parameters = parametersOver(frame, distribution, plates);
  const noise = noiseFor(frame, program, path, plates, distribution.shape);
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

/**
 * Noise of the draw's full shape. The key is (stream xor seed, step); the counter is (row's index in its data set,
 * position among the draws and entries of the row): no batch, tile or thread enters.
 */
function noiseFor(
  frame: Frame,
  program: ProgramContext,
  path: readonly string[],
  plates: readonly Plate[],
  shape: Shape,
): Noise {
  const { context } = frame;
  const { b } = context;
  const full = [...plates.map((plate) => plate.extent), ...shape];
  const rowAxis = plates.findIndex((plate) => plate.id === program.rows.id);
  const row = b.broadcast(program.rowIndex, full, [rowAxis]);
  const rest = full.filter((_, axis) => axis !== rowAxis);
  const element = b.reshape(b.iota(sizeOf(rest)), rest);
  const column = b.broadcast(
    element,
    full,
    range(0, full.length).filter((axis) => axis !== rowAxis),
  );
  const make = (op: 'standard_normal' | 'standard_uniform', index: number): Node => {
    const stream = streamKey(program.kind, ...path, ...(index === 0 ? [] : [String(index)]));
    const key = b.map('bitXor', b.constant(stream, 'u32'), context.clock('seed'));
    return b.map(op, key, program.loops?.drawStep ?? context.clock('step'), row, column);
  };
  return {
    normal: (index = 0) => make('standard_normal', index),
    uniform: (index = 0) => make('standard_uniform', index),
  };
}
