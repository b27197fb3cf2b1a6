/** The objectives and the straightness of std/flow in float64: against each other, and where the answer is known. */
import { expect, test } from 'vitest';
import { sample64 } from '../support/sample64.ts';
import { elaborateText, run64, someNumbers, someParameters } from '../support/elaborated.ts';

const rows = 6;
const points = (velocity: string): string => `use "std/flow"
data points { x : real[2]  source gaussian_mixture(n: ${rows}, seed: 1, centers: [[1, -2]], stds: [1]) }
net velocity(x: real[2], t: unit) = ${velocity}
evaluate {
  data points
  report cfm(velocity), ot_cfm(velocity)
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
  return [1, 2].map((report) => results.get(`report_${report}`)!.slice(0, rows));
}

test('other pairs are another number', () => {
  const [cfm, coupled] = reported('concat(x, t) |> dense(5, tanh) |> dense(2)', someNumbers(2 * rows, 3, 2));
  for (let row = 0; row < rows; row++) expect(Math.abs(coupled![row]! - cfm![row]!)).toBeGreaterThan(1e-3);
});

test('where all lines end in one point none cross, and the velocity towards it is straight whatever the pairs', () => {
  const x = Array.from({ length: 2 * rows }, (_, i) => [1, -2][i % 2]!);
  for (const report of reported('([1, -2] - x) / (1 - t)', x)) {
    for (const value of report) expect(value).toBeCloseTo(0, 12);
  }
});

/** The straightness of five draws' paths, with the square of where each began. */
function straightnessOf(velocity: string): readonly { straightness: number; square: number }[] {
  const path = elaborateText(`use "std/flow"
function velocity(x: real[2], t: unit) = ${velocity}
sample straight = straightness(velocity, n: 5, steps: 10)
`);
  // The same draws: a draw's stream is its program's name and its own.
  const first = elaborateText('sample straight(n = 5) { start ~ Normal(0, 1)[2]  return sum(square(start)) }');
  const squares = sample64(first, 'straight').values;
  return [...sample64(path, 'straight').values].map((straightness, i) => ({ straightness, square: squares[i]! }));
}

test('paths that end in one point at even speed are straight, and one that slows down is not', () => {
  for (const { straightness } of straightnessOf('([1, -2] - x) / (1 - t)')) expect(straightness).toBeCloseTo(0, 12);
  // ∫v² dt - (∫v dt)² of v = t at 0, 0.1 … 0.9 is the variance of these numbers, 0.0825, in each dimension.
  for (const { straightness } of straightnessOf('0 * x + t')) expect(straightness).toBeCloseTo(2 * 0.0825, 12);
});

test('of a rotation straightness is what its closed form says', () => {
  // dx/dt = 2 i x on the plane of complex numbers: a step multiplies x by 1 + 0.2 i, whose absolute square is 1.04.
  const grown = (1.04 ** 10 - 1) / 0.04;
  const angle = 10 * Math.atan(0.2);
  const end = 1.04 ** 10 - 2 * 1.04 ** 5 * Math.cos(angle) + 1;
  for (const { straightness, square } of straightnessOf('2 * concat(-x[1], x[0])'))
    expect(straightness).toBeCloseTo(square * ((4 * grown) / 10 - end), 9);
});
