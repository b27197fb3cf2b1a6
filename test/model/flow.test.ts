/** The objectives of std/flow in float64: against each other, and where the answer is known. */
import { expect, test } from 'vitest';
import { elaborateText, run64, someNumbers, someParameters } from '../support/elaborated.ts';

const rows = 6;
const points = (velocity: string): string => `use "std/flow"
data points { x : real[2]  source gaussian_mixture(n: ${rows}, seed: 1, centers: [[1, -2]], stds: [1]) }
net velocity(x: real[2], t: unit) = ${velocity}
evaluate {
  data points
  report cfm(velocity), straightness(velocity), ot_cfm(velocity), ot_straightness(velocity)
}`;

/** The reports' numbers of each row, the rows in reversed order where draws are coupled. */
function reported(velocity: string, x: ArrayLike<number>): readonly Float64Array[] {
  const spec = elaborateText(points(velocity));
  const program = spec.programs.programs[0]!;
  const reversed = Array.from({ length: 128 }, (_, row) => (row < rows ? rows - 1 - row : row));
  const results = run64(program.function, spec, {
    parameters: someParameters(spec),
    uniforms: { step: 2, seed: 7, rows, first: 0 },
    tables: { x },
    arguments: { coupling_e: reversed },
  });
  return [1, 2, 3, 4].map((report) => results.get(`report_${report}`)!.slice(0, rows));
}

test('straightness sums over two dimensions what the objective takes the mean of, for its own pairs', () => {
  const [cfm, straightness, coupled, coupledStraightness] = reported(
    'concat(x, t) |> dense(5, tanh) |> dense(2)',
    someNumbers(2 * rows, 3, 2),
  );
  for (let row = 0; row < rows; row++) {
    expect(straightness![row]).toBeCloseTo(2 * cfm![row]!, 12);
    expect(coupledStraightness![row]).toBeCloseTo(2 * coupled![row]!, 12);
    // Other pairs are another number.
    expect(Math.abs(coupled![row]! - cfm![row]!)).toBeGreaterThan(1e-3);
  }
});

test('where all lines end in one point none cross, and the velocity towards it is straight whatever the pairs', () => {
  const x = Array.from({ length: 2 * rows }, (_, i) => [1, -2][i % 2]!);
  for (const report of reported('([1, -2] - x) / (1 - t)', x)) {
    for (const value of report) expect(value).toBeCloseTo(0, 12);
  }
});
