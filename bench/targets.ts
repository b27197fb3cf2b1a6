/** What vaec is to reach beside its peers: ratios of milliseconds a step, side by side in one run. */
import type { Entry, Family, Place } from './contenders/list.ts';
import { digits } from './harness/table.ts';

export interface Target {
  readonly ours: Place;
  readonly theirs: Family;
  /** Where the peer computes. */
  readonly place: Place;
  /** The last word of the peer's name, where not its fastest variant is meant. */
  readonly variant?: string;
  /** vaec's time is at most so many times the peer's; where absent, the ratio is only told. */
  readonly atMost?: number;
  readonly goal?: number;
  /** Holds where WebGPU is a software adapter. */
  readonly software?: true;
}

type Peer = Pick<Entry, 'name' | 'family' | 'place'>;

export const targets: readonly Target[] = [
  { ours: 'cpu', theirs: 'PyTorch', place: 'cpu', atMost: 1, goal: 0.8 },
  { ours: 'cpu', theirs: 'jax-js', place: 'cpu', atMost: 1 / 3.5 },
  { ours: 'cpu', theirs: 'TensorFlow.js', place: 'cpu', atMost: 1 / 18 },
  { ours: 'webgpu', theirs: 'PyTorch', place: 'cpu', atMost: 2.5, software: true },
  { ours: 'webgpu', theirs: 'jax-js', place: 'webgpu', atMost: 1 / 4, software: true },
  { ours: 'webgpu', theirs: 'TensorFlow.js', place: 'webgpu', atMost: 1 / 7, software: true },
  { ours: 'webgpu', theirs: 'PyTorch', place: 'cuda', variant: 'eager', atMost: 1 / 5 },
  { ours: 'webgpu', theirs: 'PyTorch', place: 'cuda', atMost: 1 },
  { ours: 'webgpu', theirs: 'JAX', place: 'cuda' },
  { ours: 'cpu', theirs: 'JAX', place: 'cpu' },
];

/** The workloads whose steps they are for; elsewhere the same ratios are told without them. */
export const aimedAt: readonly string[] = ['mnist-vae', 'ddpm'];

export function isOurs({ ours }: Target, { family, place }: Entry): boolean {
  return family === 'vaec' && place === ours;
}

export function isTheirs({ theirs, place, variant = '' }: Target, entry: Peer): boolean {
  return entry.family === theirs && entry.place === place && entry.name.endsWith(variant);
}

/** Whether a target is held against this variant of a library, however fast the others are. */
export function isNamed(entry: Peer): boolean {
  return targets.some((target) => target.variant !== undefined && isTheirs(target, entry));
}

/** `at most 2.50: reached`. */
export function verdict(value: number, atMost: number, text = digits(atMost)): string {
  return `at most ${text}: ${value <= atMost ? 'reached' : 'not reached'}`;
}
