/** The executor on a plan small enough to compute by hand. */
import { describe, expect, it } from 'vitest';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import type { Scalars } from '../../../runtime/execute/inputs.ts';
import { openTestTargets } from '../../support/targets.ts';
import { tinyData } from '../../support/tiny-plan.ts';

const targets = await openTestTargets();
const data = tinyData();

/** The same gradient descent in float64. */
function reference(steps: number, rate: number) {
  const train = splitNamed(data, 'lines.train');
  const x = train.fields.get('x')!.values;
  const y = train.fields.get('y')!.values;
  const p = [0, 0, 0];
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
  return { p, v, losses };
}

const scalarsAt = (step: number): Scalars => {
  const values: Record<string, number> = {
    clock_step: step,
    clock_offset: (step * 4) % 13,
    clock_rows: 13,
    weight: 3,
    rate: 0.05,
    momentum: 0.9,
  };
  return (name) => values[name]!;
};

describe.each(targets)('executor on $target', ({ device, compiled: tiny }) => {
  const open = async (compiled = tiny) => {
    const executor = device!.executor(compiled);
    await executor.prepare(compiled.plan.programs, (name) => splitNamed(data, name));
    return executor;
  };
  const test = it.skipIf(device === undefined);

  test('many steps a submit, with scalars of their own, compute what float64 does', async () => {
    const executor = await open();
    const runs = Array.from({ length: 30 }, (_, step) => scalarsAt(step));
    const flights = [executor.submit('train', runs.slice(0, 7)), executor.submit('train', runs.slice(7))];
    const results = (await Promise.all(flights.map((flight) => flight.results()))).flat();
    const expected = reference(30, 0.05);
    results.forEach((result, step) => {
      expect(result.get('fit')![0]).toBeCloseTo(expected.losses[step]!, 5);
      expect(result.get('objective')![0]).toBeCloseTo(3 * expected.losses[step]!, 5);
      expect(result.get('trouble')![0]).toBe(0);
    });
    const parameters = await executor.read('parameters');
    expect([parameters[0], parameters[1], parameters[64]]).toEqual(expected.p.map((value) => expect.closeTo(value, 5)));
    executor.close();
  });

  test('how steps are divided into submits changes no bit', async () => {
    const bits: Uint8Array[] = [];
    for (const size of [1, 5, 40]) {
      const executor = await open();
      for (let step = 0; step < 40; step += size) {
        const runs = Array.from({ length: size }, (_, i) => scalarsAt(step + i));
        await executor.submit('train', runs).results();
      }
      bits.push(new Uint8Array((await executor.read('parameters')).buffer));
      executor.close();
    }
    expect(bits[1]).toEqual(bits[0]);
    expect(bits[2]).toEqual(bits[0]);
  });

  test('a vector that is written is read back, and its program reads it', async () => {
    const executor = await open();
    const values = Float32Array.from({ length: 128 }, (_, i) => i);
    executor.write('parameters', values);
    expect(await executor.read('parameters')).toEqual(values);
    const [run] = await executor.submit('points', [(name) => (name === 'clock_seed' ? 4007 : 8)]).results();
    expect([...run!.get('sample')!]).toEqual([8, 71, 9, 71, 10, 71, 11, 71]);
    executor.close();
  });

  test('a small state is read as long as the plan says', async () => {
    const executor = await open();
    expect(await executor.read('trouble')).toEqual(new Uint32Array(2));
    executor.close();
  });

  test('what is written and read between submits falls between them, though they are in flight', async () => {
    const executor = await open();
    const before = executor.submit('points', [() => 0]);
    executor.write('parameters', new Float32Array(128).fill(5));
    const between = executor.submit('points', [() => 0]);
    const read = executor.read('parameters');
    executor.write('parameters', new Float32Array(128).fill(9));
    const after = executor.submit('points', [() => 0]);
    const seconds = await Promise.all(
      [before, between, after].map(async (flight) => (await flight.results())[0]!.get('sample')![1]),
    );
    expect(seconds).toEqual([0, 5, 9]);
    expect((await read)[64]).toBe(5);
    executor.close();
  });

  test('programs may be prepared later, and what was there stays', async () => {
    const [train, ...others] = tiny.plan.programs;
    const executor = device!.executor(tiny);
    const splits = (name: string) => splitNamed(data, name);
    await executor.prepare([train!], splits);
    expect(executor.isPrepared('points')).toBe(false);
    expect(executor.holds('points')).toBe(false);
    await executor.submit('train', [scalarsAt(0), scalarsAt(1)]).results();
    const parameters = await executor.read('parameters');
    await executor.prepare(others, splits);
    expect(executor.isPrepared('points')).toBe(true);
    expect(await executor.read('parameters')).toEqual(parameters);
    const [run] = await executor.submit('points', [() => 0]).results();
    expect(run!.get('sample')![1]).toBe(parameters[64]);
    executor.close();
  });
});
