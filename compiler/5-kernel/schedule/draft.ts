/** What a schedule decides beside the statements. */
import type { PlanKernel } from '../plan.ts';
import type { Extent3 } from './grid.ts';

export interface Draft {
  readonly workgroupSize: Extent3;
  readonly workgroups: Extent3;
  /** What of the language the statements need; nothing beyond its core where absent. */
  readonly features?: PlanKernel['features'];
  /** Set where they are right only for subgroups of this size. */
  readonly subgroupSize?: number;
}

/** The needs of statements that are right only for subgroups of so many lanes. */
export function ofSubgroups(lanes: number): Pick<Draft, 'features' | 'subgroupSize'> {
  return { features: ['subgroups'], subgroupSize: lanes };
}
