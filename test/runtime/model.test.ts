/** Evaluating and sampling on the tiny plan, by hand in float64. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Builder } from '../../compiler/4-tensor/builder.ts';
import { planVersion } from '../../compiler/5-kernel/plan.ts';
import { mixSeed } from '../../compiler/ops/index.ts';
import { splitNamed } from '../../runtime/data/dataset.ts';
import { openModel } from '../../runtime/open-model.ts';
import { openTestTargets } from '../support/targets.ts';
import { tinyData } from '../support/tiny-plan.ts';

const targets = await openTestTargets();
const data = tinyData();

describe.each(targets)('a model on $target', ({ device, compiled }) => {
  const open = () => openModel({ ...compiled, sets: data, device: device! });
  const test = it.skipIf(device === undefined);

  test('evaluates every row once, the last batch only as far as it goes', async () => {
    const model = await open();
    await model.setParameters(
      new Map([
        ['line.weight', [1, -2]],
        ['line.bias', [0.125]],
      ]),
    );
    const evaluation = await model.evaluate();
    const { rows, fields } = splitNamed(data, 'lines.test');
    const x = fields.get('x')!.values;
    const y = fields.get('y')!.values;
    const errors = Array.from(
      { length: rows },
      (_, row) => (x[2 * row]! / 255 - (2 * x[2 * row + 1]!) / 255 + 0.125 - y[row]!) ** 2,
    );
    const mean = errors.reduce((sum, error) => sum + error, 0) / rows;
    const sd = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (rows - 1));
    const column = (j: number) => Array.from({ length: rows }, (_, row) => x[2 * row + j]! / 255);
    const centre = [0, 1].map((j) => column(j).reduce((sum, value) => sum + value, 0) / rows);
    expect(evaluation).toMatchObject({ program: 'evaluate', set: 'lines.test', rows: 6, step: 0 });
    const [error, means, active] = evaluation.reports;
    expect(error).toMatchObject({ name: 'error', kind: 'number', unit: 'square' });
    expect(error).toMatchObject({
      value: expect.closeTo(mean, 6),
      standardError: expect.closeTo(sd / Math.sqrt(rows), 6),
    });
    expect(means).toMatchObject({ kind: 'vector', values: centre.map((value) => expect.closeTo(value, 6)) });
    expect(active).toMatchObject({ kind: 'number', value: 2 });
    model.close();
  });

  test("evaluates by the spec's own block unless another is named, what is tracked where there is none", async () => {
    const { programs } = compiled.plan;
    const [own] = programs.filter((program) => program.kind === 'evaluate');
    const tracked = { ...own!, name: 'track_1' };
    const [train] = programs.filter((program) => program.kind === 'train');
    const training = { ...train!, track: [{ every: 1, unit: 'epoch' as const, evaluate: 'track_1' }] };
    const evaluated = async (all: typeof programs, name?: string) => {
      const model = await openModel({
        ...compiled,
        plan: { ...compiled.plan, programs: all },
        sets: data,
        device: device!,
      });
      const { program } = await model.evaluate(name);
      model.close();
      return program;
    };
    expect(await evaluated([training, tracked, own!])).toBe('evaluate');
    expect(await evaluated([training, tracked, own!], 'track_1')).toBe('track_1');
    expect(await evaluated([training, tracked])).toBe('track_1');
  });

  test('one row alone has no standard error', async () => {
    const sets = new Map(
      [...data].map(([name, set]) => {
        const test = set.splits.get('test')!;
        return [name, { ...set, splits: new Map(set.splits).set('test', { ...test, rows: 1 }) }];
      }),
    );
    const model = await openModel({ ...compiled, sets, device: device! });
    const { reports, rows } = await model.evaluate();
    expect(rows).toBe(1);
    expect(reports[0]).toMatchObject({ kind: 'number', value: expect.any(Number) });
    expect(reports[0]).not.toHaveProperty('standardError');
    model.close();
  });

  test('a report that is a function of means is finished in float64, schedules included', async () => {
    const b = new Builder();
    const mean = b.input({ kind: 'argument', name: 'mean' }, []);
    const output = b.mul(b.sqrt(mean), b.uniform('weight'));
    const finish = {
      kind: 'expression',
      output,
      arguments: [{ name: 'mean', result: 'errors', statistic: 'mean' }],
    } as const;
    const report = { name: 'rms', text: 'weight * sqrt(batch_mean(error))', unit: '', result: 'errors', finish };
    const programs = compiled.plan.programs.map((program) =>
      program.kind === 'evaluate' ? { ...program, reports: [program.reports[0]!, report] } : program,
    );
    const model = await openModel({
      ...compiled,
      plan: { ...compiled.plan, programs },
      sets: data,
      device: device!,
      hypers: { weight: 3 },
    });
    const { reports } = await model.evaluate();
    const [error, rms] = reports.map((one) => (one.kind === 'number' ? one : undefined));
    expect(rms!.value).toBeCloseTo(3 * Math.sqrt(error!.value), 12);
    expect(rms!.standardError).toBeUndefined();
    model.close();
  });

  test('draws as many as are asked for, the first ones the same', async () => {
    const model = await open();
    const few = await model.sample('points', { n: 3, seed: 5 });
    const many = await model.sample('points', { n: 11, seed: 5 });
    expect(few.shape).toEqual([3, 2]);
    expect(many.shape).toEqual([11, 2]);
    expect(many.display).toBe('points');
    expect([...many.values.slice(0, 6)]).toEqual([...few.values]);
    const second = (mixSeed(5) % 1000) + 0.5;
    expect([...many.values]).toEqual(Array.from({ length: 11 }, (_, i) => [i, second]).flat());
    model.close();
  });

  test('a program or parameter that is not there is told with those that are', async () => {
    const model = await open();
    await expect(model.sample('pionts')).rejects.toThrow(/no sample "pionts".*points/);
    await expect(model.setParameters(new Map([['line.wieght', [1, 2]]]))).rejects.toThrow(/line\.weight/);
    await expect(model.setParameters(new Map([['line.weight', [1]]]))).rejects.toThrow(
      /has 2 numbers, and 1 were given/,
    );
    model.close();
  });

  test('a plan of another format is refused', async () => {
    const plan = { ...compiled.plan, version: planVersion + 1 };
    await expect(openModel({ ...compiled, plan, device: device! })).rejects.toThrow(
      `format ${planVersion + 1}, and this vaec runs format ${planVersion}: use the vaec`,
    );
  });
});

describe('a device that nobody chose', () => {
  const adapter = targets.find(({ target }) => target === 'webgpu')?.device?.report;
  const isSoftware = adapter?.target === 'webgpu' && adapter.software;

  it.skipIf(!isSoftware)('is told where it is a software adapter', async () => {
    const told = once(process, 'warning') as Promise<[Error]>;
    const model = await openModel({ ...targets[0]!.compiled, sets: data });
    const [warning] = await told;
    expect(warning).toMatchObject({ name: 'VaecWarning' });
    expect(warning.message).toContain(`computing on ${model.device.description}, a software adapter`);
    model.close();
  });

  it('is not where the kernels are for the processor, or the caller gave it', async () => {
    const told: Error[] = [];
    const listen = (warning: Error) => told.push(warning);
    process.on('warning', listen);
    const [given, processor] = targets;
    const models = [await openModel({ ...processor!.compiled, sets: data })];
    if (given!.device) models.push(await openModel({ ...given!.compiled, sets: data, device: given!.device }));
    // Warnings are told at the next tick.
    await new Promise(setImmediate);
    process.off('warning', listen);
    expect(told.filter(({ name }) => name === 'VaecWarning')).toEqual([]);
    for (const model of models) model.close();
  });
});
