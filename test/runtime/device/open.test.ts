/** What each choice opens, and what `vaec devices` tells of it. */
import { describe, expect, test } from 'vitest';
import { coresToUse } from '../../../runtime/cpu/cores.ts';
import { describeDevices } from '../../../runtime/device/describe.ts';
import type { DeviceChoice } from '../../../runtime/device/choice.ts';
import { openDevice, type OpenOptions } from '../../../runtime/device/open.ts';
import { openTestDevice } from '../../support/device.ts';

const device = await openTestDevice();

async function reportOf(choice: DeviceChoice, options?: OpenOptions) {
  const opened = await openDevice(choice, options);
  opened.device.close();
  return { ...opened.device.report, reason: opened.reason };
}

test('cpu is the processor, one thread a core unless said otherwise', async () => {
  expect(await reportOf('cpu')).toMatchObject({ target: 'cpu', profile: 'cpu', threads: coresToUse() });
  expect(await reportOf('cpu', { threads: 3 })).toMatchObject({ target: 'cpu', threads: 3, reason: undefined });
});

test('auto never takes a software adapter: a GPU, or the processor and why', async () => {
  const report = await reportOf('auto');
  if (report.target === 'webgpu') expect(report).toMatchObject({ software: false, reason: undefined });
  else expect(report.reason).toMatch(/^no GPU /);
});

describe.skipIf(device === undefined)('where there is an adapter', () => {
  test('webgpu takes it, software or not', async () => {
    expect(await reportOf('webgpu')).toEqual({ ...device!.report, reason: undefined });
  });

  test('devices are described: adapters, the processor, and what auto takes', async () => {
    const { found, processor, auto, advice } = await describeDevices();
    expect(found[0]).toEqual(device!.report);
    expect(processor).toMatchObject({ target: 'cpu', threads: coresToUse() });
    expect(auto).toBe((await reportOf('auto')).target);
    expect(advice.length).toBeGreaterThanOrEqual(4);
  });
});

test('without a driver nothing is found, the reason is told, and auto takes the processor', async () => {
  const before = process.env['VK_ICD_FILENAMES'];
  process.env['VK_ICD_FILENAMES'] = '/nowhere/icd.json';
  try {
    const { found, refused, auto } = await describeDevices();
    // A machine with another backend than Vulkan finds its adapter all the same.
    if (found.length > 0) return;
    expect(refused.join(' ')).toMatch(/no drivers|INCOMPATIBLE_DRIVER/);
    expect(auto).toBe('cpu');
  } finally {
    if (before === undefined) delete process.env['VK_ICD_FILENAMES'];
    else process.env['VK_ICD_FILENAMES'] = before;
  }
});
