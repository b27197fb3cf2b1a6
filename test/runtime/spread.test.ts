/** Draws that are spread over a batch, on both targets: an evaluation over a whole batch and a part of one, against float64. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { mixSeed } from '../../compiler/ops/index.ts';
import { openModel } from '../../runtime/index.ts';
import { elaborateText, run64 } from '../support/elaborated.ts';
import { mean } from '../support/statistics.ts';
import { testSources } from '../support/sources.ts';
import { openTestTargets } from '../support/targets.ts';

const rows = 200;
const batch = 128;
const text = `
data points { x : real  source gaussian_mixture(n: ${rows}, seed: 1, centers: [[0]], stds: [1]) }
evaluate {
  data points
  report E[t ~ Uniform(0, 1) by stratified](sin(20 * t)),
    E[t ~ Uniform(0, 1) by antithetic](exp(3 * t)),
    E[t ~ Uniform(1..9) by stratified](t * t),
    E[t ~ Uniform(1..9) by antithetic](t * t),
    E[t ~ Exponential(2) by stratified](t),
    E[t ~ Uniform(-2, 2) coupled(x, by: optimal_transport) by stratified](t * x)
}
`;
const spec = elaborateText(text);
const targets = await openTestTargets();

describe.each(targets)('$target', ({ target, device }) => {
  it.skipIf(device === undefined)('draws what float64 draws', async () => {
    const profile = target === 'cpu' ? 'cpu' : 'portable';
    const { compiled } = compile({ entry: 'test.vae', host: testSources({ 'test.vae': text }), profile });
    const { plan, kernels: sources, modules } = compiled!;
    const model = await openModel({ plan, sources, ...(modules && { modules }), device: device! });
    const x = (await model.data()).get('points')!.splits.get('all')!.fields.get('x')!.values;
    const seed = 3;
    const { reports } = await model.evaluate(undefined, { seed });
    const [program] = spec.programs.programs;
    // The last report couples: it is held to what it must be, below.
    for (const [i, report] of reports.slice(0, -1).entries()) {
      const values = [0, batch].flatMap((first) => {
        const uniforms = { step: 0, seed: mixSeed(seed), rows, first };
        const all = run64(program!.function, spec, { uniforms, tables: { x } }).get(`report_${i + 1}`)!;
        return [...all.subarray(0, Math.min(batch, rows - first))];
      });
      // Numbers up to 100, each within some units in the last place of f32.
      expect(report).toMatchObject({ kind: 'number', value: expect.closeTo(mean(values), 4) });
    }
    // In one dimension the best coupling is in order (a known fact of optimal transport), batch by batch.
    const draws = elaborateText(`${text}evaluate { data points  report E[t ~ Uniform(-2, 2) by stratified](t) }`);
    const alone = draws.programs.programs.at(-1)!;
    const products = [0, batch].flatMap((first) => {
      const counted = Math.min(batch, rows - first);
      // Every evaluation draws by its kind and the variable's name, whatever block it stands in.
      const uniforms = { step: 0, seed: mixSeed(seed), rows, first };
      const t = run64(alone.function, draws, { uniforms, tables: { x } }).get('report_1')!.slice(0, counted).sort();
      const sorted = Float64Array.from(x.subarray(first, first + counted)).sort();
      return Array.from(t, (value, i) => value * sorted[i]!);
    });
    expect(reports.at(-1)).toMatchObject({ kind: 'number', value: expect.closeTo(mean(products), 4) });
    model.close();
  });
});
