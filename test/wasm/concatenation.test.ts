/** Concatenations in kernels for the processor: a piece is read only at its own places, also at the memory's beginning. */
import { expect, test } from 'vitest';
import { openText } from '../support/opened.ts';
import { numbersOf } from '../support/reports.ts';
import { openTestProcessor } from '../support/targets.ts';

const processor = openTestProcessor(1);

test('an embedding behind wide features, the first of the parameters', async () => {
  const model = await openText(
    `data d {
  x : real[2]
  label : category(2)
  source gaussian_mixture(n: 8, seed: 1, centers: [[0, 0], [1, 1]], stds: [1, 1])
}
net f(x, label) = concat(sinusoidal(mean(x), 400), embedding(label, 4)) |> dense(8) |> dense(1) |> scalar
evaluate { data d  report f(x, label) }
`,
    'cpu',
    processor,
  );
  const [value] = numbersOf((await model.evaluate()).reports[0]!);
  expect(Number.isFinite(value) && value !== 0).toBe(true);
  model.close();
});
