/** Concatenations in kernels for the processor: a piece is read only at its own places, also at the memory's beginning. */
import { expect, test } from 'vitest';
import { elaborateText } from '../support/elaborated.ts';
import { openText } from '../support/opened.ts';
import { numbersOf, reportsOf } from '../support/reports.ts';
import { openTestProcessor } from '../support/targets.ts';

const processor = openTestProcessor(1);
const rows = 8;

test('an embedding behind wide features, the first of the parameters', async () => {
  const text = `data d {
  x : real[2]
  label : category(2)
  source gaussian_mixture(n: ${rows}, seed: 1, centers: [[0, 0], [1, 1]], stds: [1, 1])
}
net f(x, label) = concat(sinusoidal(mean(x), 400), embedding(label, 4)) |> dense(8) |> dense(1) |> scalar
evaluate { data d  report f(x, label) }
`;
  const model = await openText(text, 'cpu', processor);
  const [value] = numbersOf((await model.evaluate()).reports[0]!);
  const parameters = Object.fromEntries([...(await model.parameters())].map(([path, { data }]) => [path, data]));
  const { fields } = (await model.data()).get('d')!.splits.get('all')!;
  const tables = Object.fromEntries([...fields].map(([name, field]) => [name, field.values]));
  const [expected] = numbersOf(reportsOf(elaborateText(text), rows, { parameters, tables })[0]!);
  // Sums of some hundred products of numbers up to 1, each within half a unit in the last place.
  expect(value).toBeCloseTo(expected!, 5);
  model.close();
});
