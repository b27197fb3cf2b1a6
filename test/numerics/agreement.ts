/** A training step on a device against float64. */
import { expect } from 'vitest';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { Bench } from './bench.ts';

/**
 * Each gradient's largest error after one step of sgd with momentum, relative to its tensor's largest entry. The velocity,
 * which begins as zeros, is the gradient. Holds the objective to 1e-6 on the way.
 */
export async function gradientErrors(bench: Bench, step: number): Promise<ReadonlyMap<string, number>> {
  const moment = bench.trainMoment(step);
  const expected = bench.reference('train', moment);
  const found = await bench.run('train', moment);
  const objective = expected.get('objective')![0]!;
  expect(Math.abs(found.get('objective')![0]! - objective)).toBeLessThan(1e-6 * Math.abs(objective));
  const [right, mine] = [expected.get('sgd.velocity')!, await bench.read('sgd.velocity')];
  return new Map(
    bench.compiled.plan.layout.parameters.map(({ path, shape, offset }) => {
      const places = Array.from({ length: sizeOf(shape) }, (_, i) => offset + i);
      const largest = Math.max(...places.map((i) => Math.abs(right[i]!)));
      expect(largest, path).toBeGreaterThan(0);
      return [path, Math.max(...places.map((i) => Math.abs(mine[i]! - right[i]!))) / largest];
    }),
  );
}
