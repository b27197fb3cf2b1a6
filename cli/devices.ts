/** `vaec devices`: which adapters were found, what was refused and why, and how to get a driver. */
import { describeDevices } from '../runtime/device/describe.ts';
import type { AdapterReport } from '../runtime/device/report.ts';
import { EnvironmentError } from '../runtime/errors.ts';
import type { Terminal } from './terminal.ts';

export interface DevicesFlags {
  readonly json?: true;
}

/** Prints the report. Throws an EnvironmentError (exit 3) where no adapter was found. */
export async function devicesCommand(flags: DevicesFlags, terminal: Terminal): Promise<void> {
  const report = await describeDevices();
  if (flags.json) terminal.out(JSON.stringify(report));
  else {
    const lines = report.found.flatMap((adapter, i) => [...describe(adapter, i === 0), '']);
    if (report.refused.length > 0) lines.push('refused, or said of what was found:', ...indent(report.refused), '');
    lines.push('how to get a driver:');
    for (const { system, steps } of report.advice) lines.push(`  ${system}`, ...indent(indent(steps)));
    terminal.out(lines.join('\n'));
  }
  if (report.found.length === 0) throw new EnvironmentError('no WebGPU adapter was found on this machine');
}

function describe(adapter: AdapterReport, isDefault: boolean): readonly string[] {
  const { description, device, vendor, architecture, subgroupSize, features, profile, software } = adapter;
  const name = description || device || vendor || 'an adapter without a name';
  const size =
    subgroupSize && `${subgroupSize.min === subgroupSize.max ? '' : `${subgroupSize.min} to `}${subgroupSize.max}`;
  return [
    `${name}${isDefault ? ' (used)' : ''}`,
    ...indent([
      `vendor ${vendor || 'unknown'}${architecture ? `, architecture ${architecture}` : ''}`,
      software ? 'computes on the processor' : 'computes on a graphics card',
      `features: ${features.join(', ') || 'none of the optional ones'}${size ? `; subgroups of ${size}` : ''}`,
      `kernels are compiled for the profile ${profile}`,
    ]),
  ];
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
