/** Finding an adapter: the entry to WebGPU, what the adapter reports, and the kernels' profile that suits it. */
import { profileFor } from '../../compiler/5-kernel/schedule/profile.ts';
import { type AdapterReport, usefulFeatures } from '../device/report.ts';
import { EnvironmentError } from '../errors.ts';
import { installAdvice } from './advice.ts';

/** WebGPU of this process. Loaded late: most commands need no device, and its native part takes time. */
export async function loadWebGPU(): Promise<GPU> {
  try {
    const { create } = await import('webgpu');
    // Timestamps to the nanosecond: Dawn rounds them to 65 µs, against pages of the web that would listen in.
    return create(['disable-dawn-features=timestamp_quantization']);
  } catch (error) {
    throw new EnvironmentError(
      `the package "webgpu" could not be loaded for ${process.platform} on ${process.arch}: run "npm ci" again there, ` +
        'where its builds exist (Linux, macOS and Windows, on x64 and arm64)',
      { cause: error },
    );
  }
}

/** Says what to install, and what to do without. */
export function noAdapterError(): EnvironmentError {
  return new EnvironmentError(
    `no WebGPU adapter was found on this machine. ${installAdvice()}. Without one, --device cpu computes on the processor, ` +
      'as auto does by itself',
  );
}

/** The part of a GPUAdapter that a report is made of. */
export interface AdapterFacts {
  readonly info: Pick<GPUAdapterInfo, 'description' | 'vendor' | 'architecture' | 'device'> &
    Partial<Pick<GPUAdapterInfo, 'isFallbackAdapter' | 'subgroupMinSize' | 'subgroupMaxSize'>>;
  readonly features: { has(feature: string): boolean };
}

export function reportOf(adapter: AdapterFacts): AdapterReport {
  const { info } = adapter;
  const features = usefulFeatures.filter((feature) => adapter.features.has(feature));
  const software =
    info.isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader|software/i.test(softwareText(info));
  const min = info.subgroupMinSize ?? 0;
  const max = info.subgroupMaxSize ?? 0;
  const subgroups = features.includes('subgroups');
  const profile = profileFor({ subgroups, subgroupMinSize: min, subgroupMaxSize: max, software }).name;
  const { description, vendor, architecture, device } = info;
  const report = { target: 'webgpu' as const, description, vendor, architecture, device, software, features, profile };
  return subgroups ? { ...report, subgroupSize: { min, max } } : report;
}

function softwareText(info: AdapterFacts['info']): string {
  return `${info.description} ${info.architecture} ${info.device}`;
}
