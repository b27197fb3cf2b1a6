/** Finding an adapter: the entry to WebGPU, what the adapter reports, and the kernels' profile that suits it. */
import { profileFor } from '../../compiler/5-kernel/schedule/profile.ts';
import type { DeviceLimits } from '../../compiler/5-kernel/schedule/space.ts';
import { type AdapterReport, subgroupMatrices, usefulFeatures } from '../device/report.ts';
import { EnvironmentError } from '../errors.ts';
import { installAdvice } from './advice.ts';

/** What is asked of WebGPU beyond the standard; a device that lacks it is not opened. */
export interface Extensions {
  /** Lets kernels that were tuned so multiply matrices by subgroups: Dawn then allows what it counts as unsafe. */
  readonly subgroupMatrices?: boolean;
}

export function dawnFlags({ subgroupMatrices }: Extensions): readonly string[] {
  // Timestamps to the nanosecond: Dawn rounds them to 65 µs, against pages of the web that would listen in.
  const precise = 'disable-dawn-features=timestamp_quantization';
  return subgroupMatrices ? [precise, 'enable-dawn-features=allow_unsafe_apis'] : [precise];
}

/** WebGPU of this process. Loaded late: most commands need no device, and its native part takes time. */
export async function loadWebGPU(extensions: Extensions = {}): Promise<GPU> {
  try {
    const { create } = await import('webgpu');
    return create([...dawnFlags(extensions)]);
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

/** Matrices of [M, K] times [K, N] that subgroups multiply. */
interface MatrixConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** The part of a GPUAdapter that a report is made of. */
export interface AdapterFacts {
  readonly info: Pick<GPUAdapterInfo, 'description' | 'vendor' | 'architecture' | 'device'> &
    Partial<Pick<GPUAdapterInfo, 'isFallbackAdapter' | 'subgroupMinSize' | 'subgroupMaxSize'>> & {
      readonly subgroupMatrixConfigs?: readonly MatrixConfig[];
    };
  readonly features: { has(feature: string): boolean };
}

export function reportOf(adapter: AdapterFacts): AdapterReport {
  const { info } = adapter;
  const software =
    info.isFallbackAdapter === true || /llvmpipe|lavapipe|swiftshader|software/i.test(softwareText(info));
  const min = info.subgroupMinSize ?? 0;
  const max = info.subgroupMaxSize ?? 0;
  const hasMatrices = min === max && (info.subgroupMatrixConfigs ?? []).some(isUsed);
  const features = usefulFeatures
    .filter((feature) => adapter.features.has(feature))
    .filter((feature) => feature !== subgroupMatrices || hasMatrices);
  const subgroups = features.includes('subgroups');
  const profile = profileFor({ subgroups, subgroupMinSize: min, subgroupMaxSize: max, software }).name;
  const { description, vendor, architecture, device } = info;
  const report = { target: 'webgpu' as const, description, vendor, architecture, device, software, features, profile };
  return subgroups ? { ...report, subgroupSize: { min, max } } : report;
}

/** Throws an EnvironmentError where the adapter lacks what is asked for. */
export function demandExtensions({ features, description }: AdapterReport, extensions: Extensions): void {
  if (!extensions.subgroupMatrices || features.includes(subgroupMatrices)) return;
  throw new EnvironmentError(
    `this device (${description}) has no subgroups of one size that multiply matrices of eight by eight f32: do without --subgroup-matrices ` +
      '(a run that was begun with it goes on with --no-tuned)',
  );
}

/** What it allows the workgroups of kernels. */
export function limitsOf(
  limits: Pick<GPUSupportedLimits, 'maxComputeInvocationsPerWorkgroup' | 'maxComputeWorkgroupStorageSize'>,
  { features, subgroupSize }: Pick<AdapterReport, 'features' | 'subgroupSize'>,
): DeviceLimits {
  const { min, max } = subgroupSize ?? { min: 0, max: 0 };
  return {
    invocations: limits.maxComputeInvocationsPerWorkgroup,
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    ...(min > 0 && min === max && { subgroupSize: min }),
    ...(features.includes(subgroupMatrices) && { subgroupMatrices: true }),
  };
}

/** Eight by eight, f32 throughout: what kernels are written for. */
function isUsed({ componentType, resultComponentType, M, N, K }: MatrixConfig): boolean {
  return componentType === 'f32' && resultComponentType === 'f32' && M === 8 && N === 8 && K === 8;
}

function softwareText(info: AdapterFacts['info']): string {
  return `${info.description} ${info.architecture} ${info.device}`;
}
