/** A kernel with every decision made: what `6-emit` prints and what plan.json says of it. */
import type { PlanKernel } from '../plan.ts';
import type { LoopsChoice } from './choice.ts';
import type { Binding, LoopIR } from './loops.ts';
import type { Profile } from './profile.ts';

export interface ScheduledKernel {
  /** The entry point and the file's name. */
  readonly name: string;
  /** The mathematics and the shapes, a line each. */
  readonly documentation: readonly string[];
  readonly profile: Profile;
  /** How it runs. */
  readonly choice: LoopsChoice;
  /** Binding i + 1 of group 0 is bindings[i]. */
  readonly bindings: readonly Binding[];
  /** Members of the uniform block at binding 0, which is absent when there are none. */
  readonly scalars: readonly { readonly name: string; readonly scalar: 'f32' | 'u32' }[];
  readonly workgroupSize: readonly [number, number, number];
  readonly workgroups: readonly [number, number, number];
  readonly features: PlanKernel['features'];
  /** The subgroup size it is right for; absent when any is. */
  readonly subgroupSize?: number;
  /** Floating-point operations and bytes moved by one dispatch. */
  readonly flops: number;
  readonly bytes: number;
  readonly body: LoopIR;
}
