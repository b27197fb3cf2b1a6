/** Opening, watching and describing devices; most of it without one. */
import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { EnvironmentError, InternalError } from '../../../runtime/errors.ts';
import { subgroupMatrices } from '../../../runtime/device/report.ts';
import { dawnFlags, demandExtensions, limitsOf, noAdapterError, reportOf } from '../../../runtime/webgpu/adapter.ts';
import { installAdvice } from '../../../runtime/webgpu/advice.ts';
import { WebGpuDevice } from '../../../runtime/webgpu/device.ts';
import { adaptersIn, reasonsIn } from '../../../runtime/webgpu/probe.ts';
import { eagerWait, patientWait } from '../../../runtime/webgpu/wait.ts';
import { openTestDevice } from '../../support/device.ts';

const device = await openTestDevice();

const lavapipe = {
  info: {
    description: 'llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)',
    vendor: 'mesa',
    architecture: 'software',
    device: 'llvmpipe',
    isFallbackAdapter: true,
    subgroupMinSize: 8,
    subgroupMaxSize: 8,
  },
  features: new Set(['subgroups', 'shader-f16', 'depth-clip-control']),
};
const nvidia = {
  info: {
    description: 'NVIDIA: 550.54',
    vendor: 'nvidia',
    architecture: 'hopper',
    device: 'h200',
    isFallbackAdapter: false,
    subgroupMinSize: 32,
    subgroupMaxSize: 32,
  },
  features: new Set(['subgroups', 'timestamp-query']),
};

describe('adapters', () => {
  test('the profile follows the kind of adapter and the size of its subgroups', () => {
    expect(reportOf(lavapipe)).toMatchObject({
      software: true,
      profile: 'subgroup8',
      features: ['subgroups', 'shader-f16'],
    });
    const sixteen = { ...lavapipe, info: { ...lavapipe.info, subgroupMaxSize: 16 } };
    expect(reportOf(sixteen)).toMatchObject({ profile: 'portable', subgroupSize: { min: 8, max: 16 } });
    const none = reportOf({ ...lavapipe, features: new Set() });
    expect(none.profile).toBe('portable');
    expect(none.subgroupSize).toBeUndefined();
    expect(reportOf(nvidia)).toMatchObject({ software: false, features: ['subgroups', 'timestamp-query'] });
    expect(reportOf(nvidia).profile).not.toBe('subgroup8');
  });

  test('subgroups multiply matrices where those are of eight by eight f32', () => {
    const feature = 'chromium-experimental-subgroup-matrix';
    const config = { componentType: 'f32', resultComponentType: 'f32', M: 8, N: 8, K: 8 };
    const features = new Set([...nvidia.features, feature]);
    const reported = (...subgroupMatrixConfigs: (typeof config)[]) =>
      reportOf({ info: { ...nvidia.info, subgroupMatrixConfigs }, features }).features.includes(feature);
    expect(reported({ ...config, componentType: 'f16', resultComponentType: 'f16' }, config)).toBe(true);
    expect(reported({ ...config, componentType: 'f16' }, { ...config, resultComponentType: 'f16' })).toBe(false);
    for (const extent of ['M', 'N', 'K']) expect(reported({ ...config, [extent]: 16 })).toBe(false);
    expect(reported()).toBe(false);
    const ofTwoSizes = { ...nvidia.info, subgroupMinSize: 16, subgroupMatrixConfigs: [config] };
    expect(reportOf({ info: ofTwoSizes, features }).features).not.toContain(feature);
    expect(reportOf({ info: nvidia.info, features }).features).toEqual(['subgroups', 'timestamp-query']);
  });

  test('matrices are asked for where a device has them, and kernels are told', () => {
    const has = { ...reportOf(nvidia), features: ['subgroups', subgroupMatrices] } as const;
    const lacks = reportOf(nvidia);
    expect(() => demandExtensions(has, { subgroupMatrices: true })).not.toThrow();
    expect(() => demandExtensions(lacks, {})).not.toThrow();
    expect(() => demandExtensions(lacks, { subgroupMatrices: true })).toThrow(EnvironmentError);
    expect(() => demandExtensions(lacks, { subgroupMatrices: true })).toThrow(
      /do without --subgroup-matrices.*--no-tuned/,
    );
    const limits = { maxComputeInvocationsPerWorkgroup: 256, maxComputeWorkgroupStorageSize: 32768 };
    const own = { invocations: 256, workgroupBytes: 32768, subgroupSize: 32 };
    expect(limitsOf(limits, has)).toEqual({ ...own, subgroupMatrices: true });
    expect(limitsOf(limits, lacks)).toEqual(own);
    expect(dawnFlags({ subgroupMatrices: true })).toContain('enable-dawn-features=allow_unsafe_apis');
    expect(dawnFlags({}).join()).not.toContain('unsafe');
  });

  test('what a probe wrote becomes reports and reasons', () => {
    const facts = [lavapipe, lavapipe, nvidia].map(({ info, features }) => ({ info, features: [...features] }));
    expect(adaptersIn(JSON.stringify(facts)).map(({ vendor }) => vendor)).toEqual(['mesa', 'nvidia']);
    expect(adaptersIn('')).toEqual([]);
    const told = reasonsIn(
      [
        'Warning: maxDynamicUniformBuffersPerPipelineLayout artificially reduced from 1000000 to 16 to fit',
        'Warning: vkCreateInstance: Found no drivers!',
        'Warning: vkCreateInstance failed with VK_ERROR_INCOMPATIBLE_DRIVER',
        '    at CheckVkSuccessImpl (/somewhere/VulkanError.cpp:106)',
        '',
      ].join('\n'),
    );
    expect(told).toEqual([
      'vkCreateInstance: Found no drivers!',
      'vkCreateInstance failed with VK_ERROR_INCOMPATIBLE_DRIVER',
    ]);
  });

  test('the advice names what to install on this system', () => {
    expect(installAdvice('linux')).toMatch(/mesa-vulkan-drivers.*bookworm-backports/);
    expect(installAdvice('darwin')).toMatch(/Metal/);
    expect(installAdvice('win32')).toMatch(/driver of the graphics card/);
  });

  test('where there is none, the message says what to install and what works without', () => {
    const error = noAdapterError();
    expect(error.exitCode).toBe(3);
    expect(error.message).toMatch(/no WebGPU adapter was found.*"vaec devices".*--device cpu.*auto/s);
  });
});

test('patient waits that overlap give setImmediate back with the last of them', async () => {
  const before = globalThis.setImmediate;
  const ends: (() => void)[] = [];
  const wait = () => patientWait(() => new Promise<void>((resolve) => void ends.push(resolve)));
  const [first, second] = [wait(), wait()];
  expect(globalThis.setImmediate).not.toBe(before);
  ends[0]!();
  await first;
  expect(globalThis.setImmediate).not.toBe(before);
  ends[1]!();
  await second;
  expect(globalThis.setImmediate).toBe(before);
  await expect(patientWait(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(globalThis.setImmediate).toBe(before);
});

describe.skipIf(device === undefined)('a device', () => {
  test('a refused command is a fault of vaec, told at the next look', async () => {
    const own = await WebGpuDevice.open();
    own.gpu.createBuffer({ label: 'wrong', size: 16, usage: 0x0001 | 0x0080 });
    await expect(own.until(() => own.gpu.queue.onSubmittedWorkDone())).rejects.toThrow(InternalError);
    expect(() => own.check()).toThrow(/refused a command/);
    own.close();
  });

  test('a lost device says so, and how to go on', async () => {
    const own = await WebGpuDevice.open();
    const buffer = own.gpu.createBuffer({ size: 16, usage: 0x0001 | 0x0008 });
    const waiting = own.until(async () => {
      own.gpu.destroy();
      await buffer.mapAsync(1);
    });
    await expect(waiting).rejects.toThrow(EnvironmentError);
    await expect(own.until(() => Promise.resolve(1))).rejects.toThrow(/device was lost.*--resume/s);
    own.close();
  });

  test('waiting patiently leaves the main thread idle, and gives setImmediate back', async () => {
    const before = globalThis.setImmediate;
    const { gpu } = device!;
    const code = `@group(0) @binding(0) var<storage, read_write> o: array<f32>;
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        var x = f32(id.x);
        for (var i = 0u; i < 5000u; i++) { x = fma(x, 0.999, 0.5); }
        o[id.x] = x;
      }`;
    const module = gpu.createShaderModule({ code });
    const pipeline = gpu.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
    const buffer = gpu.createBuffer({ size: 4 * 64 * 1024, usage: 0x0080 });
    const layout = pipeline.getBindGroupLayout(0);
    const group = gpu.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] });
    const busy = async (wait: typeof patientWait) => {
      const encoder = gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(1024);
      pass.end();
      gpu.queue.submit([encoder.finish()]);
      const start = performance.eventLoopUtilization();
      const immediate = wait(() => gpu.queue.onSubmittedWorkDone());
      const others = new Promise<string>((resolve) => setImmediate(() => resolve('called')));
      expect(await others).toBe('called');
      await immediate;
      return performance.eventLoopUtilization(start);
    };
    await busy(eagerWait);
    const patient = await busy(patientWait);
    expect(globalThis.setImmediate).toBe(before);
    // A quick adapter is done before there is anything to measure.
    if (patient.active + patient.idle > 50) expect(patient.utilization).toBeLessThan(0.5);
  });
});
