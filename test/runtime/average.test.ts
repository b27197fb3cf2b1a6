/** Where an average of the parameters is trained, evaluations and samples are of it; worked out by hand. */
import { expect, test } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import type { DataSet } from '../../runtime/data/dataset.ts';
import { openModel } from '../../runtime/open-model.ts';
import { testSources } from '../support/sources.ts';
import { openTestProcessor } from '../support/targets.ts';

const spec = `
data d { x : real  source csv("x.csv") }
param u : real = 0.5
model p { y ~ Normal(u, 0) }
train { data d  maximize -mean_square(x - u)  optimizer sgd(lr: 0.25)  batch 2  steps 3  ema 0.5 }
evaluate { data d  report u }
sample s(n = 2) { y ~ p(y)  return y }`;

/** Four rows that are 1. */
const field = { name: 'x', storage: 'f32' as const, values: new Float32Array(4).fill(1), rowShape: [], scale: 1 };
const all = { name: 'all', rows: 4, fields: new Map([['x', field]]), indices: Uint32Array.of(0, 1, 2, 3) };
const sets = new Map<string, DataSet>([['d', { name: 'd', rows: 4, splits: new Map([['all', all]]), notes: [] }]]);

test('evaluations and samples read the average, training goes on from the parameters', async () => {
  const { compiled, diagnostics } = compile({
    entry: 'test.vae',
    host: testSources({ 'test.vae': spec }),
    profile: 'cpu',
  });
  expect(diagnostics).toEqual([]);
  const { plan, kernels, modules } = compiled!;
  const model = await openModel({ plan, sources: kernels, modules: modules!, sets, device: openTestProcessor(1) });
  const trained = async () => (await model.parameters()).get('u')!.data[0];
  const shown = async () => {
    const [report] = (await model.evaluate()).reports;
    const { values } = await model.sample('sample.s');
    expect(values).toHaveLength(2);
    return [report?.kind === 'number' ? report.value : NaN, ...values].map((value) => expect.closeTo(value, 6));
  };
  expect([0.5, 0.5, 0.5]).toEqual(await shown());
  await model.train();
  // Each step halves 1 - u; the average of 0.75, 0.875 and 0.9375 weighs each half as much as the next.
  expect(await trained()).toBe(0.9375);
  const average = (0.25 * 0.75 + 0.5 * 0.875 + 0.9375) / 1.75;
  expect([average, average, average]).toEqual(await shown());
  await model.setParameters(new Map([['u', [2]]]));
  expect([2, 2, 2]).toEqual(await shown());
  model.close();
});
