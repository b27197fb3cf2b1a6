/** What vaec is to reach beside its peers: ratios of milliseconds a step, side by side in one run. */
import type { Entry, Family, Place } from './contenders/list.ts';

export interface Target {
  readonly ours: Place;
  readonly theirs: Family;
  /** Where the peer computes. */
  readonly place: Place;
  /** vaec's time is at most so many times the peer's. */
  readonly atMost: number;
  readonly goal?: number;
  /** Holds where WebGPU is a software adapter. */
  readonly software?: true;
}

export const targets: readonly Target[] = [
  { ours: 'cpu', theirs: 'PyTorch', place: 'cpu', atMost: 1, goal: 0.8 },
  { ours: 'cpu', theirs: 'jax-js', place: 'cpu', atMost: 1 / 3.5 },
  { ours: 'cpu', theirs: 'TensorFlow.js', place: 'cpu', atMost: 1 / 18 },
  { ours: 'webgpu', theirs: 'PyTorch', place: 'cpu', atMost: 2.5, software: true },
  { ours: 'webgpu', theirs: 'jax-js', place: 'webgpu', atMost: 1 / 4, software: true },
  { ours: 'webgpu', theirs: 'TensorFlow.js', place: 'webgpu', atMost: 1 / 7, software: true },
];

export function isOurs({ ours }: Target, { family, place }: Entry): boolean {
  return family === 'vaec' && place === ours;
}

export function isTheirs(target: Target, { family, place }: Entry): boolean {
  return family === target.theirs && place === target.place;
}
