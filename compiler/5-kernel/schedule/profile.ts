/** The targets that kernels are scheduled for. A profile is chosen by name, so what is golden is what runs. */

export interface Profile {
  readonly name: string;
  /**
   * How a contraction is tiled. register: each invocation owns a tile and reads both operands itself. subgroup: the
   * lanes of one subgroup share what they read by broadcast. workgroup: operands are staged in workgroup memory.
   */
  readonly tile: 'register' | 'subgroup' | 'workgroup';
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
}

/** Needs nothing beyond WebGPU's defaults. */
export const portable: Profile = {
  name: 'portable',
  tile: 'register',
  workgroupSize: 64,
  pointsEach: 1,
  team: 64,
  teamBelow: 16,
};

/** Software adapters whose subgroup is the processor's vector of eight: lavapipe on AVX2. */
export const subgroup8: Profile = {
  name: 'subgroup8',
  tile: 'subgroup',
  subgroupSize: 8,
  workgroupSize: 8,
  pointsEach: 64,
  team: 8,
  teamBelow: 16,
};

/** Graphics processors: operands staged in workgroup memory. */
export const gpu: Profile = {
  name: 'gpu',
  tile: 'workgroup',
  workgroupSize: 64,
  pointsEach: 1,
  team: 256,
  teamBelow: 4096,
};

export const profiles: readonly Profile[] = [portable, subgroup8, gpu];

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
