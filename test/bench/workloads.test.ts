/** The benchmark's workloads are specs that compile, and hand their peers every parameter once. */
import { describe, expect, test } from 'vitest';
import { iwaeOf } from '../../bench/workloads/iwae/workload.ts';
import { workloadNamed, workloads } from '../../bench/workloads/list.ts';
import { vaeOf } from '../../bench/workloads/mnist-vae/workload.ts';
import { gallerySpec } from '../../bench/workloads/gallery.ts';
import { compile } from '../../compiler/compile.ts';
import { testSources } from '../support/sources.ts';

const grown = [
  vaeOf('shallow', 'one hidden layer', 3, { depth: 1 }),
  vaeOf('deep', 'eight hidden layers', 3, { depth: 8, hidden: 32 }),
  iwaeOf('single', 'one draw a row', 3, 1),
];

describe.each([...workloads, ...grown].map((workload) => [workload.name, workload] as const))('%s', (_, workload) => {
  const { compiled } = compile({
    entry: 'bench.vae',
    host: testSources({ 'bench.vae': workload.text }),
    ...(workload.hypers && { hypers: workload.hypers }),
  });

  test('compiles, and every parameter is handed over once', () => {
    const paths = compiled!.plan.layout.parameters.map(({ path }) => path);
    expect(Object.values(workload.parameters).flat().sort()).toEqual([...paths].sort());
  });

  test('its GFLOP are those of the products, give or take the rest of the step', () => {
    const { plan } = compiled!;
    const training = plan.programs.find(({ kind }) => kind === 'train')!;
    const flopsOf = new Map(plan.kernels.map(({ name, flops }) => [name, flops]));
    const all = training.dispatches.reduce((sum, { kernel }) => sum + flopsOf.get(kernel)!, 0);
    expect(workload.flops / all).toBeGreaterThan(0.7);
    expect(workload.flops / all).toBeLessThan(1.05);
  });
});

test('sizes reach the spec', () => {
  const { text, hypers } = vaeOf('some', 'some', 3, { batch: 32, hidden: 100, depth: 3 });
  expect(text).toContain('batch 32');
  expect(text.match(/dense\(hidden, relu\)/g)).toHaveLength(6);
  expect(hypers).toEqual({ hidden: '100' });
});

test('a text of the gallery that is not there any more, and a workload that never was, are told', () => {
  expect(() => gallerySpec('vae/mnist_grey.vae', { 'batch 127': '' })).toThrow('has no "batch 127"');
  expect(() => workloadNamed('vast')).toThrow("no workload 'vast'; there is mnist-vae, ddpm");
});
