/** What draws of a shape look like. */
import type { Shape } from './ir.ts';

/** picture for [h, w], points for [2], number where a draw is a real number, which has a mean; anything else is numbers. */
export type Display = 'picture' | 'points' | 'number' | 'numbers';

export function displayOf(shape: Shape): Display {
  if (shape.length === 2) return 'picture';
  return shape.length === 1 && shape[0] === 2 ? 'points' : 'numbers';
}
