/** A spec of the gallery, compiled and run: kernels of every profile agree, interrupted runs end with the same bytes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadDataSets } from '../../runtime/data/load.ts';
import { type Model } from '../../runtime/model.ts';
import { openModel } from '../../runtime/open-model.ts';
import { compileKernels } from '../../runtime/testing.ts';
import { openTestDevice } from '../support/device.ts';
import { temporaryFolder } from './folder.ts';

const spec = 'specs/vae/mixture.vae';
const device = await openTestDevice();

describe('compileKernels', () => {
  test('gives the kernels of a spec by name, the same every time', () => {
    const { kernels, plan, remarks } = compileKernels(spec);
    expect([...kernels.keys()]).toEqual(plan.kernels.map(({ name }) => name));
    for (const [name, text] of kernels) expect(text).toContain(`fn ${name}(`);
    expect([...compileKernels(spec).kernels]).toEqual([...kernels]);
    expect(remarks.every((remark) => remark.includes('-->'))).toBe(true);
  });

  test('takes other hypers, and texts that are not on disk', () => {
    const wider = compileKernels(spec, { set: { latent: '3' } });
    expect(wider.plan.layout.length).toBeGreaterThan(compileKernels(spec).plan.layout.length);
    const text = readFileSync(spec, 'utf8');
    const read = (path: string) => (path === 'mine.vae' ? text : undefined);
    expect([...compileKernels('mine.vae', { read }).kernels]).toEqual([...compileKernels(spec).kernels]);
  });

  test('shows every error of a spec that does not check', () => {
    const read = (path: string) =>
      path === 'mine.vae' ? 'model p { z ~ Normal(a, 1) }\nmodel q { z ~ Normal(b, 1) }' : undefined;
    expect(() => compileKernels('mine.vae', { read })).toThrow(
      /"mine\.vae" does not compile:.*mine\.vae:1.*mine\.vae:2/s,
    );
  });
});

describe.skipIf(device === undefined)('specs/vae/mixture.vae', () => {
  // The device's own, and the one for every device.
  const usable = [...new Set([device!.report.profile, 'portable'])];

  async function withSpec<T>(profile: string, use: (model: Model) => Promise<T>): Promise<T> {
    const { plan, kernels } = compileKernels(spec, { profile });
    const sets = await loadDataSets(plan.data, { folder: '.' });
    const model = await openModel({ plan, sources: kernels, sets, device: device! });
    try {
      return await use(model);
    } finally {
      model.close();
    }
  }

  test('trains alike by kernels for the device and by portable ones', { timeout: 120_000 }, async () => {
    const curves = await Promise.all(
      usable.map((name) =>
        withSpec(name, async (model) => {
          const objectives: number[] = [];
          for (let step = 1; step <= 12; step++) {
            await model.train({
              steps: step,
              onEvent: (event) => {
                if (event.kind === 'progress') objectives.push(event.objective);
              },
            });
          }
          return objectives;
        }),
      ),
    );
    for (const curve of curves) {
      expect(curve).toHaveLength(12);
      curve.forEach((value, step) => expect(Math.abs(value / curves[0]![step]! - 1)).toBeLessThan(1e-4));
    }
  });

  test('interrupted and resumed, ends with the same checkpoint and metrics', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder();
    const profile = device!.report.profile;
    await withSpec(profile, (model) => model.train({ out: join(folder, 'whole'), steps: 60 }));
    for (const [stopAfter, resume] of [
      [5, false],
      [25, true],
      [Infinity, true],
    ] as const) {
      const interruption = new AbortController();
      await withSpec(profile, (model) =>
        model.train({
          out: join(folder, 'parts'),
          steps: 60,
          resume,
          signal: interruption.signal,
          onEvent: (event) => {
            if (event.kind === 'progress' && event.step >= stopAfter) interruption.abort();
          },
        }),
      );
    }
    for (const file of ['checkpoints/final.safetensors', 'metrics.jsonl']) {
      const [whole, parts] = ['whole', 'parts'].map((run) => readFileSync(join(folder, run, file)));
      expect(parts!.equals(whole!), file).toBe(true);
    }
  });
});
