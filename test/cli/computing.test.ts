/** How a command says what it computes on, and which flags go together. */
import { describe, expect, test } from 'vitest';
import { checkDeviceFlags, computingLine, openChosenDevice } from '../../cli/computing.ts';
import type { AdapterReport, ProcessorReport } from '../../runtime/device/report.ts';
import { UsageError } from '../../runtime/errors.ts';
import { openTestDevice } from '../support/device.ts';
import { record } from './recorder.ts';

const device = await openTestDevice();

const processor: ProcessorReport = { target: 'cpu', description: 'EPYC', simd: 'relaxed', threads: 2, profile: 'cpu' };
const adapter: AdapterReport = {
  target: 'webgpu',
  description: 'NVIDIA H200',
  vendor: 'nvidia',
  architecture: 'hopper',
  device: '',
  software: false,
  features: [],
  profile: 'gpu',
};

test('the line names the target, and the reason where nobody chose it', () => {
  expect(computingLine(processor, 'no GPU was found')).toBe(
    'computing on the processor: WebAssembly SIMD (relaxed), 2 threads, because no GPU was found',
  );
  expect(computingLine({ ...processor, simd: 'plain', threads: 1 })).toBe(
    'computing on the processor: WebAssembly SIMD (plain), 1 thread',
  );
  expect(computingLine(adapter)).toBe('computing on NVIDIA H200, through WebGPU with kernels for gpu');
});

describe('opening', () => {
  test('tells the line on standard error, or the whole report as JSON', async () => {
    const people = record();
    (await openChosenDevice({ device: 'cpu', threads: 3 }, people.terminal)).close();
    expect(people.err()).toMatch(/^computing on the processor: WebAssembly SIMD \((relaxed|plain)\), 3 threads\n$/);
    expect(people.out()).toBe('');
    const programs = record();
    (await openChosenDevice({ device: 'cpu', threads: 3, json: true }, programs.terminal)).close();
    expect(JSON.parse(programs.out())).toMatchObject({ kind: 'device', target: 'cpu', threads: 3, profile: 'cpu' });
    expect(programs.err()).toBe('');
  });

  test.skipIf(device === undefined)('subgroup matrices are asked of the device', async () => {
    const flags = { device: 'webgpu', subgroupMatrices: true } as const;
    // Opened, the device has them; else it was refused for want of them.
    const opened = await openChosenDevice(flags, record().terminal).catch((error: unknown) => error as Error);
    if (opened instanceof Error)
      return expect(opened.message).toMatch(/matrices of eight by eight.*do without --subgroup-matrices/);
    expect(opened.limits.subgroupMatrices).toBe(true);
    opened.close();
  });

  test('threads are for the processor, subgroup matrices for GPUs', () => {
    expect(() => checkDeviceFlags({ device: 'webgpu', threads: 2 })).toThrow(UsageError);
    expect(() => checkDeviceFlags({ device: 'webgpu', threads: 2 })).toThrow(/--threads is for the processor/);
    expect(() => checkDeviceFlags({ threads: 2 })).not.toThrow();
    expect(() => checkDeviceFlags({ subgroupMatrices: true })).toThrow(/--subgroup-matrices is for GPUs/);
    expect(() => checkDeviceFlags({ device: 'webgpu', subgroupMatrices: true })).not.toThrow();
    expect(() => checkDeviceFlags({ device: 'tpu' })).toThrow(/"tpu" is not known/);
  });
});
