/** Training on the tiny plan: against float64, through run folders, interruptions and trouble. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import { type Model, type ModelOptions } from '../../../runtime/model.ts';
import { openModel } from '../../../runtime/open-model.ts';
import { readJsonLines } from '../../../runtime/formats/jsonlines.ts';
import type { TrainEvent } from '../../../runtime/train/events.ts';
import { WebGpuDevice } from '../../../runtime/webgpu/device.ts';
import { openTestProcessor, openTestTargets, type TestTarget } from '../../support/targets.ts';
import { tinyData } from '../../support/tiny-plan.ts';
import { temporaryFolder } from '../folder.ts';

const targets = await openTestTargets();
const data = tinyData();

type WithModel = <T>(use: (model: Model) => Promise<T>, options?: Partial<ModelOptions>) => Promise<T>;

const modelsOn =
  ({ device, compiled }: TestTarget): WithModel =>
  async (use, options = {}) => {
    const model = await openModel({ ...compiled, sets: data, device: device!, ...options });
    try {
      return await use(model);
    } finally {
      model.close();
    }
  };

/** Gradient descent in float64 from given parameters; also the loss before each step. */
function reference(start: readonly number[], steps: number, rate = 0.1) {
  const train = splitNamed(data, 'lines.train');
  const x = train.fields.get('x')!.values;
  const y = train.fields.get('y')!.values;
  const p = [...start];
  const v = [0, 0, 0];
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const g = [0, 0, 0];
    let loss = 0;
    for (let i = 0; i < 4; i++) {
      const row = (step * 4 + i) % train.rows;
      const f = [x[2 * row]! / 255, x[2 * row + 1]! / 255, 1];
      const error = f.reduce((sum, value, j) => sum + value * p[j]!, 0) - y[row]!;
      loss += (error * error) / 4;
      f.forEach((value, j) => (g[j]! += (2 * error * value) / 4));
    }
    losses.push(loss);
    g.forEach((value, j) => {
      v[j] = 0.9 * v[j]! + value;
      p[j]! -= rate * v[j]!;
    });
  }
  return { p, losses };
}

const flat = async (model: Model) => {
  const parameters = await model.parameters();
  return [...parameters.get('line.weight')!.data, ...parameters.get('line.bias')!.data];
};

describe.each(targets)('training on $target', (target) => {
  const { plan, sources } = target.compiled;
  const withModel = modelsOn(target);
  const test = it.skipIf(target.device === undefined);

  test('takes ceil(E N / B) steps from the initial parameters and ends where float64 does', () =>
    withModel(async (model) => {
      const start = await flat(model);
      expect(start[2]).toBe(0.5);
      const events: TrainEvent[] = [];
      const outcome = await model.train({ onEvent: (event) => events.push(event) });
      expect(outcome).toMatchObject({ step: 65, steps: 65, finished: true });
      const expected = reference(start, 65);
      expect(await flat(model)).toEqual(expected.p.map((value) => expect.closeTo(value, 4)));
      expect(model.step).toBe(65);
      const progress = events.filter((event) => event.kind === 'progress');
      expect(progress.at(-1)).toMatchObject({ step: 65, steps: 65, epoch: 20, epochs: 20 });
      expect(progress.at(-1)!.terms).toMatchObject([{ name: 'fit', text: 'mean_square(y - line(x))' }]);
      const evaluations = events.filter((event) => event.kind === 'evaluation');
      // Epochs 5, 10, 15 and 20 end at positions 65, 130, 195 and 260 of batches of 4.
      expect(evaluations.map(({ step }) => step)).toEqual([17, 33, 49, 65]);
    }));

  test('a second call goes on where the first one ended', async () => {
    const whole = await withModel(async (model) => {
      await model.train({ epochs: 6 });
      return flat(model);
    });
    const parts = await withModel(async (model) => {
      await model.train({ epochs: 2 });
      await model.train({ steps: 12 });
      await model.train({ epochs: 6 });
      return flat(model);
    });
    expect(parts).toEqual(whole);
  });

  test('keeps metrics of every step, the evaluations, and a final checkpoint that loads', async () => {
    const out = join(temporaryFolder(), 'run');
    const trained = await withModel(async (model) => {
      const start = await flat(model);
      const { checkpoint } = await model.train({ out });
      return { start, end: await flat(model), checkpoint };
    });
    const { values, torn } = await readJsonLines(join(out, 'metrics.jsonl'));
    expect(torn).toBe(false);
    const lines = values as readonly Record<string, unknown>[];
    expect(lines[0]).toEqual({
      kind: 'train',
      step: 1,
      epoch: 4 / 13,
      objective: expect.any(Number),
      terms: { 'mean_square(y - line(x))': expect.any(Number) },
      gradient_norm: expect.any(Number),
    });
    const steps = lines.filter(({ kind }) => kind === 'train');
    const { losses } = reference(trained.start, 65);
    expect(steps.map(({ step }) => step)).toEqual(losses.map((_, i) => i + 1));
    expect(steps.map(({ objective }) => objective)).toEqual(losses.map((loss) => expect.closeTo(loss, 4)));
    expect(lines.filter(({ kind }) => kind === 'evaluate').map(({ step }) => step)).toEqual([17, 33, 49, 65]);
    expect(readdirSync(join(out, 'checkpoints'))).toEqual(['final.safetensors']);
    const loaded = await withModel(async (model) => {
      await model.load(trained.checkpoint!);
      return { step: model.step, flat: await flat(model) };
    });
    expect(loaded).toEqual({ step: 65, flat: trained.end });
  });

  test('interrupted at any step and resumed, the run ends with the same bytes', async () => {
    const folder = temporaryFolder();
    const train = (out: string, resume: boolean, stopAfter: number) =>
      withModel(async (model) => {
        const interruption = new AbortController();
        const onEvent = (event: TrainEvent) => {
          if (event.kind === 'progress' && event.step >= stopAfter) interruption.abort();
        };
        return model.train({ out: join(folder, out), resume, onEvent, signal: interruption.signal });
      });
    await train('whole', false, Infinity);
    let resumed = false;
    // After the last step the last evaluation is still to come.
    for (const stopAfter of [1, 17, 20, 33, 65]) {
      const outcome = await train('parts', resumed, stopAfter);
      expect(outcome.finished).toBe(false);
      expect(outcome.step).toBeGreaterThanOrEqual(stopAfter);
      resumed = true;
    }
    expect(await train('parts', true, Infinity)).toMatchObject({ finished: true, step: 65 });
    for (const file of ['checkpoints/final.safetensors', 'metrics.jsonl']) {
      const [whole, parts] = ['whole', 'parts'].map((run) => readFileSync(join(folder, run, file)));
      expect(parts!.equals(whole!), file).toBe(true);
    }
  });

  test('checkpoints in between are kept, the last two of them, and change nothing', async () => {
    const folder = temporaryFolder();
    const often = join(folder, 'often');
    const interruption = new AbortController();
    await withModel((model) =>
      model.train({
        out: often,
        checkpointSeconds: 1e-6,
        onEvent: (event) => event.kind === 'checkpoint' && event.step >= 30 && interruption.abort(),
        signal: interruption.signal,
      }),
    );
    expect(readdirSync(join(often, 'checkpoints'))).toHaveLength(2);
    await withModel((model) => model.train({ out: often, resume: true }));
    await withModel((model) => model.train({ out: join(folder, 'plain') }));
    const [a, b] = [often, join(folder, 'plain')].map((run) =>
      readFileSync(join(run, 'checkpoints/final.safetensors')),
    );
    expect(a!.equals(b!)).toBe(true);
  });

  test('a value that is not finite stops the run, names step and term, and keeps the state before it', async () => {
    const out = join(temporaryFolder(), 'run');
    const hypers = { rate: 1e12 };
    let last = -1;
    await withModel(
      async (model) => {
        const onEvent = (event: TrainEvent) => {
          if (event.kind === 'progress') last = event.step;
        };
        await expect(model.train({ out, onEvent })).rejects.toThrow(
          /stopped at step \d+ \(epoch [\d.]+\): the term "mean_square\(y - line\(x\)\)" is not a finite number \((Infinity|NaN)\).*checkpoints/,
        );
        expect(model.step).toBe(last);
      },
      { hypers },
    );
    const [file] = readdirSync(join(out, 'checkpoints'));
    const kept = Number(/step-(\d+)/.exec(file!)![1]);
    expect(kept).toBeGreaterThan(0);
    expect(last).toBe(kept);
    await withModel(
      async (model) => {
        await model.load(join(out, 'checkpoints', file!));
        const values = await flat(model);
        expect(values.every(Number.isFinite)).toBe(true);
        // It is the state after exactly the steps that were good.
        model.reset();
        await model.train({ steps: kept });
        expect(await flat(model)).toEqual(values);
      },
      { hypers },
    );
    const lines = (await readJsonLines(join(out, 'metrics.jsonl'))).values as readonly Record<string, number>[];
    expect(lines).toHaveLength(kept);
    expect(lines.every((line) => Number.isFinite(line['objective']))).toBe(true);
  });

  test('after a value that is not finite the model stands at the last good state, and can be trained on', () =>
    withModel(async (model) => {
      await model.train({ steps: 5 });
      const good = await model.parameters();
      const numbers = new Map([...good].map(([path, { data }]) => [path, data as Float32Array]));
      await model.setParameters(new Map([['line.bias', [1e30]]]));
      await expect(model.train({ steps: 20 })).rejects.toThrow(/stopped at step 6 .*parameters are those before/);
      expect(model.step).toBe(5);
      await model.setParameters(numbers);
      await model.train({ steps: 20 });
      const parts = await flat(model);
      model.reset();
      await model.train({ steps: 20 });
      expect(parts).toEqual(await flat(model));
    }));

  test('a number of the host that an update cannot have ends the run before the step, with the state kept', async () => {
    const out = join(temporaryFolder(), 'run');
    const rate = { kind: 'hyper', name: 'rate' } as const;
    const limit = { what: "'lr' of sgd", value: rate, words: 'a number from 0 to 0.152', least: 0, most: 0.152 };
    const programs = plan.programs.map((program) =>
      program.kind === 'train' ? { ...program, limits: [limit] } : program,
    );
    const n = (value: number) => ({ kind: 'number', value }) as const;
    const warmup = { kind: 'warmup', from: n(0.1), to: n(0.2), over: { unit: 'steps', value: n(20) } } as const;
    const hypers = { rate: warmup };
    const limited = await withModel(
      async (model) => {
        // 0.1 + 0.1 · 11 / 20 is the first above 0.152.
        await expect(model.train({ out })).rejects.toThrow(
          /stopped at step 12 \(epoch 3\.38\): 'lr' of sgd is 0\.155, and it has to be a number from 0 to 0\.152\. The state before/,
        );
        expect(model.step).toBe(11);
        return flat(model);
      },
      { plan: { ...plan, programs }, hypers },
    );
    expect(readdirSync(join(out, 'checkpoints'))).toEqual(['step-000000011.safetensors']);
    const plain = await withModel(
      async (model) => {
        await model.train({ steps: 11 });
        return flat(model);
      },
      { hypers },
    );
    expect(limited).toEqual(plain);
  });

  test("a listener's error leaves the model where it is, with the step it has come to", () =>
    withModel(async (model) => {
      const onEvent = (event: TrainEvent) => {
        if (event.kind === 'progress' && event.step >= 10) throw new Error('the listener is broken');
      };
      await expect(model.train({ onEvent })).rejects.toThrow('the listener is broken');
      expect(model.step).toBeGreaterThanOrEqual(10);
      await model.train();
      const parts = await flat(model);
      model.reset();
      await model.train();
      expect(parts).toEqual(await flat(model));
    }));

  test('a folder that is in use, a changed spec, other hypers, another seed are refused', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'run');
    const train = (options: Partial<ModelOptions>, resume: boolean, path = out) =>
      withModel((model) => model.train({ out: path, resume, steps: 3 }), options);
    await train({}, false);
    await expect(train({}, false)).rejects.toThrow(/holds a run already.*--resume/);
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'notes.txt'), 'mine');
    await expect(train({}, false, join(folder, 'full'))).rejects.toThrow(/is not empty, and it is not a run/);
    await expect(train({}, true, join(folder, 'full'))).rejects.toThrow(/is not a run folder/);
    const other = { ...plan, spec: { name: 'lines', hash: 'f'.repeat(64) } };
    await expect(train({ plan: other }, true)).rejects.toThrow(/is a run of another spec/);
    await expect(train({ hypers: { rate: 0.2 } }, true)).rejects.toThrow(/other hypers \(rate was 0.1 and is 0.2\)/);
    await expect(train({ seed: 8 }, true)).rejects.toThrow(/begun with seed 3, and now it is 8/);
    await expect(train({}, true)).resolves.toMatchObject({ finished: true, step: 3 });
  });

  test('a folder with nothing in it is begun, though it was to be resumed, and that is said', async () => {
    const out = join(temporaryFolder(), 'new');
    const notes: string[] = [];
    const onEvent = (event: TrainEvent) => event.kind === 'note' && notes.push(event.text);
    await withModel((model) => model.train({ out, resume: true, steps: 2, onEvent }));
    expect(notes).toEqual([expect.stringMatching(/nothing to resume in ".*new"/)]);
  });

  test('a resumed run whose kernels changed says that its bits will differ', async () => {
    const out = join(temporaryFolder(), 'run');
    await withModel((model) => model.train({ out, steps: 5 }));
    const changed = new Map(sources).set('draw', `${sources.get('draw')!}\n// another text`);
    const notes: string[] = [];
    const onEvent = (event: TrainEvent) => event.kind === 'note' && notes.push(event.text);
    await withModel((model) => model.train({ out, steps: 9, resume: true, onEvent }), { sources: changed });
    expect(notes).toEqual([expect.stringMatching(/will not have the same bits.*another version/)]);
  });
});

describe.skipIf(targets[0]!.device === undefined)('training', () => {
  const [webgpu, cpu] = targets as readonly [TestTarget, TestTarget];

  test('a device that is lost ends the run, and another one goes on from its checkpoint', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'lost');
    const own = await WebGpuDevice.open();
    const model = await openModel({ ...webgpu.compiled, sets: data, device: own });
    const onEvent = (event: TrainEvent) => {
      if (event.kind === 'checkpoint' && event.step >= 10) own.gpu.destroy();
    };
    await expect(model.train({ out, checkpointSeconds: 1e-6, onEvent })).rejects.toThrow(/device was lost.*--resume/);
    model.close();
    own.close();
    const notes: string[] = [];
    const told = (event: TrainEvent) => event.kind === 'note' && notes.push(event.text);
    await modelsOn(webgpu)((other) => other.train({ out, resume: true, onEvent: told }));
    expect(notes).toEqual([]);
    await modelsOn(webgpu)((other) => other.train({ out: join(folder, 'whole') }));
    const [lost, whole] = ['lost', 'whole'].map((run) =>
      readFileSync(join(folder, run, 'checkpoints/final.safetensors')),
    );
    expect(lost!.equals(whole!)).toBe(true);
  });

  test('goes on from a checkpoint of the other target, and says that the bits will differ', async () => {
    const out = join(temporaryFolder(), 'run');
    const notes: string[] = [];
    const onEvent = (event: TrainEvent) => event.kind === 'note' && notes.push(event.text);
    const start = await modelsOn(cpu)(flat);
    const ends: (readonly number[])[] = [];
    for (const [i, target] of [cpu, webgpu, cpu].entries()) {
      await modelsOn(target)(async (model) => {
        const outcome = await model.train({ out, resume: i > 0, steps: 20 * (i + 1), onEvent });
        expect(outcome).toMatchObject({ step: 20 * (i + 1), finished: true });
        ends.push(await flat(model));
      });
    }
    expect(notes).toEqual([
      expect.stringMatching(
        /not have the same bits: it was begun on the processor \(WebAssembly SIMD, .*, and this is /,
      ),
      expect.stringMatching(/not have the same bits: it has been on .* since it was begun on the processor/),
    ]);
    ends.forEach((end, i) => {
      const { p } = reference(start, 20 * (i + 1));
      expect(end).toEqual(p.map((value) => expect.closeTo(value, 4)));
    });
  });
});

test('resumed with another number of threads, the run ends with the same bytes, and nothing is said', async () => {
  const [, cpu] = targets as readonly [TestTarget, TestTarget];
  const folder = temporaryFolder();
  await modelsOn(cpu)((model) => model.train({ out: join(folder, 'whole') }));
  const notes: string[] = [];
  const onEvent = (event: TrainEvent) => event.kind === 'note' && notes.push(event.text);
  for (const [i, threads] of [1, 3, 2].entries()) {
    const device = openTestProcessor(threads);
    const steps = [20, 40, 65][i]!;
    await modelsOn({ ...cpu, device })((model) =>
      model.train({ out: join(folder, 'parts'), resume: i > 0, steps, onEvent }),
    );
  }
  expect(notes).toEqual([]);
  for (const file of ['checkpoints/final.safetensors', 'metrics.jsonl']) {
    const [whole, parts] = ['whole', 'parts'].map((run) => readFileSync(join(folder, run, file)));
    expect(parts!.equals(whole!), file).toBe(true);
  }
});
