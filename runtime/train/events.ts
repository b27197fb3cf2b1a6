/** What a training run tells while it goes; the command line only shows it. */
import type { MemoryPart } from '../../compiler/5-kernel/needs.ts';
import type { Evaluation } from '../evaluate/evaluate.ts';

export type TrainEvent =
  /** What the training takes on the device in bytes, before any of it is allocated: each part, the largest first. */
  | {
      readonly kind: 'memory';
      readonly total: number;
      readonly parts: readonly { readonly part: MemoryPart; readonly bytes: number }[];
    }
  /** What takes its time before the first step: data is read, kernels are compiled, all of them at once. */
  | { readonly kind: 'warm-up'; readonly stage: 'data' }
  | { readonly kind: 'warm-up'; readonly stage: 'kernels'; readonly kernels: number }
  /** The run begins, or goes on, at `step`. Drivers compile kernels once more at the first submit, for seconds at times. */
  | { readonly kind: 'begin'; readonly step: number; readonly steps: number; readonly resumed: boolean }
  | {
      readonly kind: 'progress';
      /** Steps done, and how many there will be. */
      readonly step: number;
      readonly steps: number;
      /** Passes over the data done, a fraction, and how many there will be. */
      readonly epoch: number;
      readonly epochs: number;
      /** Absent before the first measurement. */
      readonly stepsPerSecond?: number;
      readonly secondsLeft?: number;
      /** Means over the steps since the last event; nats a row. */
      readonly objective: number;
      readonly terms: readonly { readonly name: string; readonly text: string; readonly value: number }[];
    }
  | { readonly kind: 'evaluation'; readonly step: number; readonly epoch: number; readonly evaluation: Evaluation }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly path: string }
  /** A remark for the person: why a resumed run is not bit-exact, what the data loader noticed. */
  | { readonly kind: 'note'; readonly text: string };

export interface TrainOutcome {
  /** Steps done. */
  readonly step: number;
  readonly steps: number;
  /** False when it was interrupted before its last step, or before an evaluation that is due after it. */
  readonly finished: boolean;
  /** The last checkpoint; absent where the run has no folder. */
  readonly checkpoint?: string;
  /** The last evaluation by each tracked program, of this process. */
  readonly evaluations: readonly Evaluation[];
}
