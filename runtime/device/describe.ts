/** What `vaec devices` tells: adapters found, drivers refused and why, and how to get one on each system. */
import { advice, type Advice } from '../webgpu/advice.ts';
import { probeAdapters } from '../webgpu/probe.ts';
import type { AdapterReport } from './report.ts';

export interface DevicesReport {
  /** Each adapter once; the first is the one that `auto` takes. */
  readonly found: readonly AdapterReport[];
  /** What Dawn and the drivers said of what they refused, a line each; empty when there was nothing to say. */
  readonly refused: readonly string[];
  readonly advice: readonly Advice[];
}

/** Looks for adapters. Never throws for what it does not find. */
export async function describeDevices(): Promise<DevicesReport> {
  return { ...(await probeAdapters()), advice };
}
