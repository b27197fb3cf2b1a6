/** Finding an adapter: the entry to WebGPU, what the adapter reports, and the kernels' profile that suits it. */
import { profileFor } from '../../compiler/5-kernel/schedule/profile.ts';
import { EnvironmentError } from '../errors.ts';
import { installAdvice } from './advice.ts';

/** What an adapter says of itself; written into the run folder, so that a resumed run can tell whether it is the same. */
export interface AdapterReport {
  /** `llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)`: name and driver, as the driver words it. */
  readonly description: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  /** It computes on the processor (lavapipe, SwiftShader). */
  readonly software: boolean;
  /** Lanes of a subgroup, smallest and largest; absent without subgroups. */
  readonly subgroupSize?: { readonly min: number; readonly max: number };
  /** Of `subgroups`, `shader-f16`, `timestamp-query`: those it has. */
  readonly features: readonly Feature[];
  /** The profile that kernels for it are compiled for. */
  readonly profile: string;
}

/** The features that kernels and measurements use where they are present. */
export const usefulFeatures = ['subgroups', 'shader-f16', 'timestamp-query'] as const satisfies GPUFeatureName[];
export type Feature = (typeof usefulFeatures)[number];

/** WebGPU of this process. Loaded late: most commands need no device, and its native part takes time. */
export async function loadWebGPU(): Promise<GPU> {
  try {
    const { create } = await import('webgpu');
    return create([]);
  } catch (error) {
    throw new EnvironmentError(
      `the package "webgpu" could not be loaded for ${process.platform} on ${process.arch}: run "npm ci" again there, ` +
        'where its builds exist (Linux, macOS and Windows, on x64 and arm64)',
      { cause: error },
    );
  }
}

/** The adapter to use: the fastest there is. Throws an EnvironmentError that says what to install when there is none. */
export async function requestAdapter(gpu: GPU): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new EnvironmentError(`no WebGPU adapter was found on this machine. ${installAdvice()}`);
  }
  return adapter;
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
  const report = { description, vendor, architecture, device, software, features, profile };
  return subgroups ? { ...report, subgroupSize: { min, max } } : report;
}

function softwareText(info: AdapterFacts['info']): string {
  return `${info.description} ${info.architecture} ${info.device}`;
}
