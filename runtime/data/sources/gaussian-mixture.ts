/** `gaussian_mixture(n: 10000, seed: 42, centers: [[2, 2], …], stds: [0.3, …])`: points around centers, no file. */
import { sizeOf } from '../../../compiler/4-tensor/ir.ts';
import { UserError } from '../../errors.ts';
import { WHOLE } from '../dataset.ts';
import { draws } from '../random.ts';
import { locateIn, type RawField, type RawSplit, type SourceRequest } from '../source.ts';

/**
 * Row i: component k ~ Categorical(weights), x = centers[k] + stds[k] z, z ~ N(0, I). `stds` is one number, one a
 * component; `weights` are equal unless given, and need not sum to 1. A category field gets k, a real one x.
 */
export function drawGaussianMixture({ contract, args }: SourceRequest): Promise<readonly RawSplit[]> {
  const rows = args.whole('n', 1);
  const seed = args.whole('seed', 0, 0);
  const centers = args.matrix('centers');
  const stds = perComponent('stds', args.value('stds') ?? 1, centers.length);
  const weights = perComponent('weights', args.value('weights') ?? 1, centers.length);
  args.finish();
  const dimensions = centers[0]!.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new UserError('the weights of gaussian_mixture are all 0');
  const { uniform, normal } = draws(seed, 'gaussian_mixture');
  const components = new Uint32Array(rows);
  const points = new Float64Array(rows * dimensions);
  for (let row = 0; row < rows; row++) {
    const component = pick(weights, uniform(row, 0) * total);
    components[row] = component;
    for (let axis = 0; axis < dimensions; axis++) {
      points[row * dimensions + axis] = centers[component]![axis]! + stds[component]! * normal(row, 1 + axis);
    }
  }
  const fields = new Map<string, RawField>();
  for (const field of contract.fields) {
    const isLabel = field.support.kind === 'category';
    const shape = isLabel ? [] : sizeOf(field.shape) === 1 && dimensions === 1 ? field.shape : [dimensions];
    const origin = `gaussian_mixture of "${contract.name}"`;
    fields.set(field.name, { values: isLabel ? components : points, shape, origin, locate: locateIn(origin, shape) });
  }
  return Promise.resolve([{ name: WHOLE, rows, fields }]);
}

/** The component whose stretch of [0, Σ weights) holds the point. */
function pick(weights: readonly number[], point: number): number {
  let end = 0;
  for (const [component, weight] of weights.entries()) {
    end += weight;
    if (point < end) return component;
  }
  return weights.findLastIndex((weight) => weight > 0);
}

function perComponent(name: string, value: unknown, count: number): readonly number[] {
  const list: unknown[] = Array.isArray(value) ? value : Array.from({ length: count }, () => value);
  const right = list.every((entry): entry is number => typeof entry === 'number' && entry >= 0 && entry < Infinity);
  if (right && list.length === count) return list;
  throw new UserError(
    `"${name}" in gaussian_mixture must be one number, or ${count} numbers as there are ${count} centers, none negative; ` +
      `it is ${JSON.stringify(value)}`,
  );
}
