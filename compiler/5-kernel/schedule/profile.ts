/** The targets that kernels are scheduled for. A profile is chosen by name, so what is golden is what runs. */

import type { Caches } from './caches.ts';

/** What runs kernels: WebGPU (texts in WGSL), or WebAssembly on the processor's threads. */
export type Target = 'webgpu' | 'cpu';

export interface Profile {
  readonly name: string;
  readonly target: Target;
  /**
   * How a contraction is tiled. register: each invocation owns a tile and reads both operands itself. subgroup: the
   * lanes of one subgroup share what they read by broadcast. panel: a thread goes over its block of the result in panels, and packs what does not lie adjacent.
   */
  readonly tile: 'register' | 'subgroup' | 'panel';
  /** The subgroup size that `subgroup` kernels are compiled for; the adapter's minimum and maximum must both be it. */
  readonly subgroupSize?: number;
  /** Invocations of a workgroup whose invocations compute points apart. */
  readonly workgroupSize: number;
  /** The most points that one such invocation computes, one after the other, where there are very many. */
  readonly pointsEach: number;
  /** Invocations of a workgroup that computes one point together: a square number where it goes through memory. */
  readonly team: number;
  /** With fewer points than this, and long loops, a workgroup computes each together. */
  readonly teamBelow: number;
  /** What a core's caches hold, where a schedule goes by that: as little as any recent processor's. */
  readonly caches?: Caches;
}

/** Needs nothing beyond WebGPU's defaults. */
export const portable: Profile = {
  name: 'portable',
  target: 'webgpu',
  tile: 'register',
  workgroupSize: 64,
  pointsEach: 1,
  team: 64,
  teamBelow: 16,
};

/** Software adapters whose subgroup is the processor's vector of eight: lavapipe on AVX2. */
export const subgroup8: Profile = {
  name: 'subgroup8',
  target: 'webgpu',
  tile: 'subgroup',
  subgroupSize: 8,
  workgroupSize: 8,
  pointsEach: 64,
  team: 8,
  teamBelow: 16,
};

/** Graphics processors. */
export const gpu: Profile = {
  name: 'gpu',
  target: 'webgpu',
  tile: 'register',
  workgroupSize: 64,
  pointsEach: 1,
  team: 256,
  teamBelow: 4096,
};

/**
 * The processor, through WebAssembly: an invocation is a workgroup, and a thread runs a range of them one after the
 * other.
 */
export const cpu: Profile = {
  name: 'cpu',
  target: 'cpu',
  tile: 'panel',
  workgroupSize: 1,
  pointsEach: 4096,
  team: 1,
  teamBelow: 0,
  caches: { nearest: 2 ** 15, own: { bytes: 2 ** 19, line: 64, ways: 8 } },
};

export const profiles: readonly Profile[] = [portable, subgroup8, gpu, cpu];

/** The profile of that name, or undefined. */
export function profileNamed(name: string): Profile | undefined {
  return profiles.find((profile) => profile.name === name);
}

/** The best profile for an adapter, by its reported subgroup sizes (0 where unknown) and whether it is software. */
export function profileFor(adapter: {
  readonly subgroups: boolean;
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
  readonly software: boolean;
}): Profile {
  if (!adapter.software) return gpu;
  return adapter.subgroups && adapter.subgroupMinSize === 8 && adapter.subgroupMaxSize === 8 ? subgroup8 : portable;
}
