/** What a device says of itself; written into the run folder, so that a resumed run can tell whether it is the same. */

/** What of WebGPU lets a subgroup's lanes multiply matrices together: Dawn has it before the standard does. */
export const subgroupMatrices = 'chromium-experimental-subgroup-matrix';

/** The features that kernels and measurements use where they are present. */
export const usefulFeatures = ['subgroups', 'shader-f16', 'timestamp-query', subgroupMatrices] as const;
export type Feature = (typeof usefulFeatures)[number];

/** An adapter of WebGPU. */
export interface AdapterReport {
  readonly target: 'webgpu';
  /** `llvmpipe: Mesa 25.0.7 (LLVM 15.0.6)`: name and driver, as the driver words it. */
  readonly description: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  /** It computes on the processor (lavapipe, SwiftShader). */
  readonly software: boolean;
  /** Lanes of a subgroup, smallest and largest; absent without subgroups. */
  readonly subgroupSize?: { readonly min: number; readonly max: number };
  /** Of the useful ones those it has; subgroup matrices where kernels can use them: eight by eight f32, one size of subgroups. */
  readonly features: readonly Feature[];
  /** The profile that kernels for it are compiled for. */
  readonly profile: string;
}

/** The processor, computing by WebAssembly. */
export interface ProcessorReport {
  readonly target: 'cpu';
  /** `AMD EPYC 9354 32-Core Processor`: as the machine words it. */
  readonly description: string;
  /** Which form of the kernels runs: `relaxed` rounds a multiply and an add once, `plain` twice. */
  readonly simd: 'relaxed' | 'plain';
  /** Threads that compute; no result depends on it, but for schedules that were tuned for so many. */
  readonly threads: number;
  /** The profile that kernels for it are compiled for. */
  readonly profile: string;
}

export type DeviceReport = AdapterReport | ProcessorReport;

/** The device for people, with what its results depend on: `the processor (WebAssembly SIMD, relaxed)`. */
export function deviceName(report: DeviceReport): string {
  return report.target === 'cpu' ? `the processor (WebAssembly SIMD, ${report.simd})` : report.description;
}
