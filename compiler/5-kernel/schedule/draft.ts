/** What a schedule decides beside the statements. */
import type { Extent3 } from './grid.ts';

export interface Draft {
  readonly workgroupSize: Extent3;
  readonly workgroups: Extent3;
  /** Set where the statements are right only for subgroups of this size. */
  readonly subgroupSize?: number;
}
