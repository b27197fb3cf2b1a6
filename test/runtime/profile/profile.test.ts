/** Timed runs on both targets: the same numbers, times that are plausible, a trace that a viewer can show. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../../compiler/compile.ts';
import type { DataSet } from '../../../runtime/data/dataset.ts';
import type { Device } from '../../../runtime/device/device.ts';
import { loadDataSets } from '../../../runtime/data/load.ts';
import { openModel } from '../../../runtime/open-model.ts';
import { measureCeiling } from '../../../runtime/profile/ceiling.ts';
import { kernelTimes } from '../../../runtime/profile/kernel-times.ts';
import { type ProfileOptions, Profiler, type ProfileWindow } from '../../../runtime/profile/profiler.ts';
import { traceOf } from '../../../runtime/profile/trace.ts';
import { diskSources } from '../../../runtime/spec-sources.ts';
import { WebGpuDevice } from '../../../runtime/webgpu/device.ts';
import { openTestTargets } from '../../support/targets.ts';

const targets = (await openTestTargets()).filter(({ device }) => device !== undefined);
const everything: ProfileWindow = { warmUp: 0, runs: Infinity };

async function trained(device: Device, steps: number) {
  const entry = 'specs/vae/mixture.vae';
  const { plan, kernels, modules } = compile({ entry, host: diskSources(), profile: device.report.profile }).compiled!;
  const sets: ReadonlyMap<string, DataSet> = await loadDataSets(plan.data, { folder: '.' });
  const model = await openModel({ plan, sources: kernels, ...(modules && { modules }), sets, device });
  try {
    await model.train({ steps });
    return { plan, parameters: await model.parameters() };
  } finally {
    model.close();
  }
}

/** What is found when so many steps are trained under a profiler. */
async function profiled(device: Device, steps: number, window: ProfileWindow, options: ProfileOptions = {}) {
  const profiler = new Profiler(window, options);
  const found = await trained(profiler.watch(device), steps);
  return { ...found, profiles: profiler.profiles };
}

function grouped<T>(items: readonly T[], key: (item: T) => number): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

describe.each(targets)('on $target', ({ target, device }) => {
  test('changes no bit of what is computed', async () => {
    const { parameters } = await profiled(device!, 12, everything);
    expect(parameters).toEqual((await trained(device!, 12)).parameters);
  });

  test('gives every dispatch a time, and the trace of a viewer', async () => {
    const steps = 12;
    const { plan, profiles } = await profiled(device!, steps, everything);
    const [profile] = profiles;
    const { dispatches } = plan.programs.find(({ kind }) => kind === 'train')!;
    const times = kernelTimes(profile!);
    expect(times.map(({ kernel }) => kernel)).toEqual(dispatches.map(({ kernel }) => kernel));
    for (const { milliseconds } of times) expect(milliseconds).toBeGreaterThan(0);

    const { traceEvents } = traceOf(profiles, { device: 'a device' });
    const spans = traceEvents
      .filter(({ ph }) => ph === 'X')
      .map((event) => ({ ...event, end: event.ts! + event.dur! }));
    const [host, onDevice] = [spans.filter(({ pid }) => pid === 1), spans.filter(({ pid }) => pid === 2)];
    for (const { dur } of spans) expect(dur).toBeGreaterThanOrEqual(0);
    // A tenth of a microsecond: times are float64 sums of a clock that has run for days.
    const close = 0.1;
    for (const row of [host, ...grouped(onDevice, ({ tid }) => tid).values()]) {
      const inOrder = [...row].sort((a, b) => a.ts! - b.ts!);
      inOrder.slice(1).forEach((event, i) => expect(event.ts!).toBeGreaterThanOrEqual(inOrder[i]!.end - close));
    }
    // Each step's dispatches once, by every thread that had a part in it.
    const each = grouped(onDevice, ({ args }) => args!['dispatch'] as number);
    expect([...each.keys()].sort((a, b) => a - b)).toEqual(dispatches.map((_, i) => i));
    const lanes = target === 'cpu' ? 2 : 1;
    for (const of of each.values()) {
      expect(of.length).toBeGreaterThanOrEqual(steps);
      expect(of.length).toBeLessThanOrEqual(lanes * steps);
    }
    // Nothing is computed before it is handed over, nor after it has been read.
    const flights = traceEvents.filter(({ ph }) => ph === 'b').map((begin) => {
      return { begin: begin.ts!, end: traceEvents.find(({ ph, id }) => ph === 'e' && id === begin.id)!.ts! };
    }); // prettier-ignore
    expect(flights.length).toBeGreaterThan(1);
    for (const { ts, end } of onDevice) {
      expect(flights.some((flight) => flight.begin <= ts! + close && end <= flight.end + close)).toBe(true);
    }
    expect(traceEvents.filter(({ ph }) => ph === 'M').length).toBeGreaterThanOrEqual(4);
  });

  test('begins after the warm-up, and ends with the runs that were asked for', async () => {
    const measured: string[] = [];
    const window = { warmUp: 1e-6, runs: 3 };
    const { profiles } = await profiled(device!, 20, window, {
      onMeasured: ({ program }) => measured.push(program.name),
    });
    const runs = profiles[0]!.flights.map((flight) => flight.runs);
    const total = runs.reduce((sum, count) => sum + count, 0);
    // Whole flights: the last one has more than is needed, perhaps. The first two are in the air before any has landed.
    expect(total).toBeGreaterThanOrEqual(3);
    expect(total - runs.at(-1)!).toBeLessThan(3);
    expect(total).toBeLessThanOrEqual(18);
    expect(measured).toEqual(['train']);
  });

  test('leaves out programs that are not wanted', async () => {
    const { profiles } = await profiled(device!, 5, everything, { wanted: ({ kind }) => kind !== 'train' });
    expect(profiles).toEqual([]);
  });

  test('measures what the device can do', async () => {
    const ceiling = await measureCeiling(device!);
    // No machine of today is slower than this or faster than that by a factor of ten.
    expect(ceiling!.gigaflops).toBeGreaterThan(0.1);
    expect(ceiling!.gigaflops).toBeLessThan(1e7);
    expect(ceiling!.gigabytes).toBeGreaterThan(0.01);
    expect(ceiling!.gigabytes).toBeLessThan(1e6);
  });
});

test.skipIf(!targets.some(({ target }) => target === 'webgpu'))(
  'a device without timestamps trains as ever, and has no times to tell',
  async () => {
    const device = await WebGpuDevice.open();
    Object.assign(device, { report: { ...device.report, features: [], profile: 'portable' } });
    const { profiles } = await profiled(device, 3, everything);
    expect(profiles[0]!.flights.length).toBeGreaterThan(0);
    expect(kernelTimes(profiles[0]!)).toEqual([]);
    expect(traceOf(profiles, {}).traceEvents.filter(({ pid, ph }) => pid === 2 && ph === 'X')).toEqual([]);
    expect(await measureCeiling(device)).toBeUndefined();
    device.close();
  },
);
