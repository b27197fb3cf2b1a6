/** `vaec devices`: which adapters were found, what was refused and why, and how to get a driver. */
import { describeDevices } from '../runtime/device/describe.ts';
import type { AdapterReport, ProcessorReport } from '../runtime/device/report.ts';
import type { Terminal } from './terminal.ts';

export interface DevicesFlags {
  readonly json?: true;
}

/** Prints the report: adapters, the processor, and what `auto` takes of them. */
export async function devicesCommand(flags: DevicesFlags, terminal: Terminal): Promise<void> {
  const report = await describeDevices();
  if (flags.json) {
    terminal.out(JSON.stringify(report));
    return;
  }
  const { found, processor, auto, refused, advice } = report;
  const lines = found.flatMap((adapter, i) => [...describeAdapter(adapter, auto === 'webgpu' && i === 0), '']);
  lines.push(...describeProcessor(processor, auto === 'cpu'), '');
  if (refused.length > 0) lines.push('refused, or said of what was found:', ...indent(refused), '');
  lines.push('how to get a driver:');
  for (const { system, steps } of advice) lines.push(`  ${system}`, ...indent(indent(steps)));
  terminal.out(lines.join('\n'));
}

const used = ' (used unless --device says otherwise)';

function describeAdapter(adapter: AdapterReport, isDefault: boolean): readonly string[] {
  const { description, device, vendor, architecture, subgroupSize, features, profile, software } = adapter;
  const name = description || device || vendor || 'an adapter without a name';
  const size =
    subgroupSize && `${subgroupSize.min === subgroupSize.max ? '' : `${subgroupSize.min} to `}${subgroupSize.max}`;
  return [
    `${name}${isDefault ? used : ''}`,
    ...indent([
      `vendor ${vendor || 'unknown'}${architecture ? `, architecture ${architecture}` : ''}`,
      software ? 'computes on the processor, only with --device webgpu' : 'computes on a graphics card',
      `features: ${features.join(', ') || 'none of the optional ones'}${size ? `; subgroups of ${size}` : ''}`,
      `kernels are compiled for the profile ${profile}`,
    ]),
  ];
}

function describeProcessor({ description, simd, threads, profile }: ProcessorReport, isDefault: boolean) {
  return [
    `${description}${isDefault ? used : ''}`,
    ...indent([
      `computes on the processor: WebAssembly SIMD (${simd}), ${threads} thread${threads === 1 ? '' : 's'}`,
      `kernels are compiled for the profile ${profile}`,
    ]),
  ];
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
