/** Looks for adapters without loading WebGPU into this process. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { AdapterReport } from '../device/report.ts';
import { type AdapterFacts, reportOf } from './adapter.ts';

export interface ProbedAdapters {
  /** Each adapter once, the fastest first. */
  readonly found: readonly AdapterReport[];
  /** What Dawn and the drivers said of what they refused, a line each. */
  readonly refused: readonly string[];
}

/**
 * Asked in a process of its own: the native part writes its reasons to the terminal, where only a parent can read them.
 */
const probe = `
const { create } = await import(process.argv[1]);
const gpu = create([]);
const found = [];
for (const options of [{ powerPreference: 'high-performance' }, { powerPreference: 'low-power' }, { forceFallbackAdapter: true }]) {
  const adapter = await gpu.requestAdapter(options);
  if (adapter === null) continue;
  const { description, vendor, architecture, device, isFallbackAdapter, subgroupMinSize, subgroupMaxSize } = adapter.info;
  const info = { description, vendor, architecture, device, isFallbackAdapter, subgroupMinSize, subgroupMaxSize };
  found.push({ info, features: [...adapter.features] });
}
process.stdout.write(JSON.stringify(found));
`;

export async function probeAdapters(): Promise<ProbedAdapters> {
  const { output, errors } = await probed();
  return { found: adaptersIn(output), refused: reasonsIn(errors) };
}

function probed(): Promise<{ readonly output: string; readonly errors: string }> {
  return new Promise((resolve) => {
    try {
      const webgpu = pathToFileURL(createRequire(import.meta.url).resolve('webgpu')).href;
      const args = ['--input-type=module', '-e', probe, webgpu];
      execFile(process.execPath, args, { timeout: 60_000 }, (error, output, errors) => {
        const why = error?.killed === true ? '\nthe search for adapters did not end within a minute' : '';
        resolve({ output, errors: errors + why });
      });
    } catch (error) {
      resolve({ output: '', errors: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** The adapters in the probe's answer, each once; none when it broke off. */
export function adaptersIn(output: string): readonly AdapterReport[] {
  let facts: readonly (Omit<AdapterFacts, 'features'> & { readonly features: readonly string[] })[];
  try {
    facts = JSON.parse(output);
  } catch {
    return [];
  }
  const reports = facts.map(({ info, features }) => reportOf({ info, features: new Set(features) }));
  return reports.filter((report, i) => reports.findIndex((other) => other.description === report.description) === i);
}

/** The reasons among what a probe wrote to the terminal: without places in Dawn's source, limits lowered, and blanks. */
export function reasonsIn(errors: string): readonly string[] {
  const lines = errors
    .split('\n')
    .map((line) => line.trim().replace(/^(Warning|Error): /, ''))
    .filter((line) => line !== '' && !/^at |artificially reduced/.test(line));
  return [...new Set(lines)];
}
