/** Schedules in a run on the device: each step has the value of its own moment, and so has the first one after a resume. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readJsonLines } from '../../runtime/formats/jsonlines.ts';
import type { Tensor } from '../../runtime/formats/safetensors.ts';
import { type Model } from '../../runtime/model.ts';
import { openModel } from '../../runtime/open-model.ts';
import { random } from '../distributions/random.ts';
import { temporaryFolder } from '../runtime/folder.ts';
import { openTestDevice } from '../support/device.ts';
import { compileText, setsOf } from './bench.ts';

const device = await openTestDevice();

const rows = 11;
const batch = 4;
const steps = 14;
const text = `use "std/objectives"
data points { x : real[3]  source npy(x: "x.npy") }
hyper beta = warmup(0.5 -> 2, epochs: 3)
net mean(z) = dense(z, 3)
net code(x) {
  return mu: dense(x, 2), logvar: dense(x, 2)
}
model p {
  z ~ Normal(0, 1)[2]
  x ~ Normal(mean(z), 1)
}
guide q(x) { z ~ Normal(code(x).mu, exp(code(x).logvar / 2)) }
train {
  data points  maximize elbo(p, q, beta: beta)  optimizer sgd(lr: cosine(0.1 -> 0.01, steps: 10))
  batch ${batch}  steps ${steps}  seed 7
}
`;

interface Line {
  readonly kind: 'train';
  readonly step: number;
  readonly objective: number;
  readonly terms: Readonly<Record<string, number>>;
  readonly gradient_norm: number;
}

test.skipIf(device === undefined)(
  'warmup, cosine: at every step, in a run that is resumed after each third',
  async () => {
    const compiled = compileText(text, { profile: device!.report.profile });
    const { normal } = random(31);
    const x = Float64Array.from({ length: rows * 3 }, normal);
    const sets = setsOf(compiled.plan.data, { points: { x } });
    const open = () => openModel({ ...compiled, sets, device: device! });
    const out = join(temporaryFolder(), 'run');
    const parameters: (readonly number[])[] = [];
    for (let first = 0; first < steps; first += 3) {
      // A model that knows nothing but the run folder.
      const model = await open();
      for (let step = first + 1; step <= Math.min(first + 3, steps); step++) {
        await model.train({ out, resume: step > 1, steps: step });
        parameters.push(await flat(model));
      }
      model.close();
    }
    const untrained = await open();
    const start = await flat(untrained);
    untrained.close();

    const lines = (await readJsonLines(join(out, 'metrics.jsonl'))).values as readonly Line[];
    expect(lines.map(({ step }) => step)).toEqual(parameters.map((_, i) => i + 1));
    for (const [done, { objective, terms, gradient_norm: norm }] of lines.entries()) {
      const divergence = terms['KL(q(z | x) || p(z))']!;
      const beta = (terms['log p(x | z)']! - objective) / divergence;
      expect(divergence).toBeGreaterThan(0.05);
      // Epochs done before the step, of three; the last steps lie past the end of the warmup.
      expect(beta).toBeCloseTo(0.5 + 1.5 * Math.min(1, (done * batch) / rows / 3), 4);
      const [before, after] = [done === 0 ? start : parameters[done - 1]!, parameters[done]!];
      const moved = Math.hypot(...after.map((value, i) => value - before[i]!));
      const rate = 0.01 + (0.09 * (1 + Math.cos(Math.PI * Math.min(1, done / 10)))) / 2;
      expect(moved / norm / rate).toBeCloseTo(1, 4);
    }
  },
);

async function flat(model: Model): Promise<readonly number[]> {
  const tensors: readonly Tensor[] = [...(await model.parameters()).values()];
  return tensors.flatMap(({ data }) => Array.from(data as Float32Array));
}
