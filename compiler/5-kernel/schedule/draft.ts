/** What a schedule decides beside the statements. */
import type { PlanKernel } from '../plan.ts';
import type { Extent3 } from './grid.ts';

/** The needs of statements that are right for subgroups of so many lanes alone. */
export function ofSubgroups(lanes: number): Pick<Draft, 'features' | 'subgroupSize'> {
  return { features: ['subgroups'], subgroupSize: { min: lanes, max: lanes } };
}

export interface Draft {
  readonly workgroupSize: Extent3;
  readonly workgroups: Extent3;
  /** What of the language the statements need; nothing beyond its core where absent. */
  readonly features?: PlanKernel['features'];
  /** The sizes of subgroups that they are right for; any where absent. */
  readonly subgroupSize?: PlanKernel['subgroupSize'];
}
