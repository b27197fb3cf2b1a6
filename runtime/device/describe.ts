/** What `vaec devices` tells: adapters found, drivers refused and why, and how to get one on each system. */
import { CpuDevice } from '../cpu/device.ts';
import { advice, type Advice } from '../webgpu/advice.ts';
import { probeAdapters } from '../webgpu/probe.ts';
import type { AdapterReport, ProcessorReport } from './report.ts';

export interface DevicesReport {
  /** Each adapter once, the fastest first. */
  readonly found: readonly AdapterReport[];
  readonly processor: ProcessorReport;
  /** What `auto` takes: the first adapter where that is a GPU, else the processor. */
  readonly auto: 'webgpu' | 'cpu';
  /** What Dawn and the drivers said of what they refused, a line each; empty when there was nothing to say. */
  readonly refused: readonly string[];
  readonly advice: readonly Advice[];
}

/** Looks for adapters. Never throws for what it does not find. */
export async function describeDevices(): Promise<DevicesReport> {
  const { found, refused } = await probeAdapters();
  const auto = found[0]?.software === false ? 'webgpu' : 'cpu';
  return { found, processor: new CpuDevice().report, auto, refused, advice };
}
