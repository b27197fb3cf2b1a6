/** What a spec is said to take on a device is what it takes there: counted where memory is handed out. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bytesByPart, totalOf } from '../../../compiler/5-kernel/needs.ts';
import { evaluationsOf } from '../../../compiler/5-kernel/evaluations.ts';
import type { PlanProgram } from '../../../compiler/5-kernel/plan.ts';
import { openModel } from '../../../runtime/index.ts';
import { sizeInMemory, SharedMemory } from '../../../runtime/cpu/memory.ts';
import { CpuDevice } from '../../../runtime/cpu/device.ts';
import { loadDataSets } from '../../../runtime/data/load.ts';
import { splitNamed } from '../../../runtime/data/dataset.ts';
import { EnvironmentError } from '../../../runtime/errors.ts';
import type { TrainEvent } from '../../../runtime/train/events.ts';
import { compile } from '../../../compiler/compile.ts';
import { diskSources } from '../../../runtime/spec-sources.ts';
import { openTestTargets } from '../../support/targets.ts';
import type { Device } from '../../../runtime/device/device.ts';
import { WebGpuDevice } from '../../../runtime/webgpu/device.ts';

/** An evaluation is tracked each epoch, so that a short training has one. */
const spec = 'specs/vae/mixture.vae';
const targets = await openTestTargets();

function compiled(profile: string, hypers: Readonly<Record<string, string>> = {}) {
  const disk = diskSources();
  const read = (path: string) => disk.read(path)?.replace('track every 10 epochs', 'track every 1 epoch');
  const { plan, kernels, modules } = compile({ entry: spec, host: { read }, profile, hypers }).compiled!;
  return { plan, sources: kernels, ...(modules && { modules }) };
}

/** Bytes that the device hands out from now on. */
function countAllocated(device: Device): () => number {
  let bytes = 0;
  if (device instanceof WebGpuDevice) {
    const make = device.gpu.createBuffer.bind(device.gpu);
    vi.spyOn(device.gpu, 'createBuffer').mockImplementation((descriptor) => {
      bytes += descriptor.size;
      return make(descriptor);
    });
  } else {
    const allocate = SharedMemory.prototype.allocate;
    vi.spyOn(SharedMemory.prototype, 'allocate').mockImplementation(function (this: SharedMemory, length) {
      bytes += sizeInMemory(length);
      return allocate.call(this, length);
    });
  }
  return () => bytes;
}

afterEach(() => void vi.restoreAllMocks());

describe.each(targets.filter(({ device }) => device !== undefined))('on $target', ({ device }) => {
  test('the sum told is what training and its evaluation allocate', { timeout: 60_000 }, async () => {
    const model = await openModel({ ...compiled(device!.report.profile), data: { folder: '.' }, device: device! });
    const events: TrainEvent[] = [];
    const allocated = countAllocated(device!);
    // Forty steps are an epoch: two flights are in the air, and the tracked evaluation runs.
    await model.train({ epochs: 1, onEvent: (event) => events.push(event) });
    const [told] = events.filter((event) => event.kind === 'memory');
    expect(events.some(({ kind }) => kind === 'evaluation')).toBe(true);
    expect(told!.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(told!.total);
    expect(allocated()).toBe(told!.total);
    // It is told once, before kernels are compiled.
    expect(events.filter(({ kind }) => kind === 'memory')).toHaveLength(1);
    expect(events.slice(0, 4).map(({ kind }) => kind)).toEqual(['warm-up', 'memory', 'warm-up', 'begin']);
    model.close();
  });

  test('an arena is as long as the programs at hand use it, and grows for one that uses more', async () => {
    const { plan, ...rest } = compiled(device!.report.profile);
    const sets = await loadDataSets(plan.data, { folder: '.' });
    const executor = device!.executor({ plan, ...rest });
    const splits = (name: string) => splitNamed(sets, name);
    const longest = plan.buffers.find(({ role }) => role === 'arena')!.bytes;
    const [train] = plan.programs.filter(({ kind }) => kind === 'train');
    // A hundred draws a row: its activations are the longest of the spec's.
    const { own } = evaluationsOf(plan);
    const arena = (programs: readonly PlanProgram[]) =>
      bytesByPart(executor.needs(programs, splits)).get('activations')!;
    const short = arena([train!]);
    expect(short).toBeLessThan(longest / 2);
    await executor.prepare([train!], splits);
    const allocated = countAllocated(device!);
    const needs = executor.needs(own, splits);
    // But for the gap after the last tensor.
    expect(Math.abs(bytesByPart(needs).get('activations')! - longest)).toBeLessThan(256);
    await executor.prepare(own, splits);
    await Promise.all([0, 1].map(() => executor.submit(own[0]!.name, [() => 1]).results()));
    expect(allocated()).toBe(totalOf(needs));
    // What came before goes on in its own.
    await executor.submit('train', [() => 1]).results();
    executor.close();
  });

  test('what is there already is not asked for again', async () => {
    const { plan, ...rest } = compiled(device!.report.profile);
    const sets = await loadDataSets(plan.data, { folder: '.' });
    const executor = device!.executor({ plan, ...rest });
    const splits = (name: string) => splitNamed(sets, name);
    const [train] = plan.programs.filter(({ kind }) => kind === 'train');
    expect(totalOf(executor.needs([train!], splits))).toBeGreaterThan(4 * plan.layout.length);
    await executor.prepare([train!], splits);
    expect(executor.needs([train!], splits)).toEqual([]);
    executor.close();
  });
});

test('a spec that does not fit is refused with its largest tensors and the sizes to change', async () => {
  const device = new CpuDevice({ threads: 1 });
  // 0.4 billion parameters, their gradient and two moments.
  const model = await openModel({ ...compiled('cpu', { hidden: '14141' }), data: { folder: '.' }, device });
  const refused = model.train({ steps: 1 });
  await expect(refused).rejects.toThrow(EnvironmentError);
  await expect(refused).rejects.toThrow(
    /optimizer 3 GiB, parameters 1\.5 GiB, gradient 1\.5 GiB.*the largest tensors are (\S+ \[14141, 14141\] of 763 MiB, ){2}.*"hidden" \(14141\)/,
  );
  model.close();
  device.close();
});
