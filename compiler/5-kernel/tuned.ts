/** Schedules that were found by measuring, as an input of the compiler. */
import type { Choice } from './schedule/choice.ts';

/**
 * How a kernel runs in place of its default. It is taken where the kernel's own text and the one that the choice gives
 * are still those that were checked and timed, so that no change of the compiler brings in what nobody has checked.
 */
export interface TunedSchedule {
  /** Fingerprint of the kernel's text by default. */
  readonly kernel: string;
  readonly choice: Choice;
  /** Fingerprint of its text by this choice. */
  readonly text: string;
}
