/** A generated module trains, evaluates and draws, with the runtime as its only import. */
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { artifactsOf, writeArtifacts } from '../../cli/artifacts.ts';
import { compileSpec } from '../../cli/specs.ts';
import type { Model } from '../../runtime/index.ts';
import { record } from '../cli/recorder.ts';
import { temporaryFolder } from '../runtime/folder.ts';
import { openTestDevice } from '../support/device.ts';
import { openTestProcessor } from '../support/targets.ts';

const targets = [
  { target: 'webgpu', device: await openTestDevice() },
  { target: 'cpu', device: openTestProcessor() },
];
const spec = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'specs', 'vae', 'mixture.vae');

/** The part of the generated module that the test uses; glue.test.ts checks the module's own types. */
interface Generated {
  open(options: object): Promise<{
    readonly model: Model;
    train(options: object): Promise<{ readonly step: number; readonly finished: boolean }>;
    evaluate(): Promise<Record<string, { readonly value: number; readonly values: readonly number[] }>>;
    readonly sample: { prior(options: object): Promise<{ readonly shape: readonly number[] }> };
    parameters(): Promise<Record<string, Float32Array>>;
    setParameters(values: Record<string, Float32Array>): Promise<void>;
    close(): void;
  }>;
}

test.for(targets)(
  'a folder compiled for $target trains from its own module',
  { timeout: 240_000 },
  async (run, { skip }) => {
    const { device } = run;
    if (device === undefined) return skip();
    const folder = temporaryFolder();
    const { profile } = device.report;
    const compiled = compileSpec(spec, { set: { hidden: '8' }, profile, quiet: true }, record().terminal);
    await writeArtifacts(folder, await artifactsOf(compiled));
    const { open } = (await import(pathToFileURL(join(folder, 'model.ts')).href)) as Generated;
    const model = await open({ device, seed: 3 });
    try {
      const before = await model.evaluate();
      const initial = await model.parameters();
      expect(initial['encoder.dense_1.weight']).toHaveLength(2 * 8);
      expect(await model.train({ epochs: 5 })).toMatchObject({ step: 200, finished: true });
      const after = await model.evaluate();
      expect(after['elbo(p, q)']!.value).toBeGreaterThan(before['elbo(p, q)']!.value + 1);
      expect(after['kl_per_dim(q, p)']!.values).toHaveLength(2);
      expect((await model.sample.prior({ n: 7 })).shape).toEqual([7, 2]);
      expect(await model.parameters()).not.toEqual(initial);
      await model.setParameters(initial);
      expect(await model.parameters()).toEqual(initial);
    } finally {
      model.close();
    }
  },
);
