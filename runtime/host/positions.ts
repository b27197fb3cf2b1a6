/** One counter says where a run is in its data: the position. Batches may straddle an epoch; nothing is dropped. */
import type { HostClock } from '../../compiler/4-tensor/host.ts';

/** The numbers that kernels of a training step read; u32 on the device. */
export interface StepClock {
  readonly step: number;
  /** floor(position / rows) of the batch's first row. */
  readonly epoch: number;
  /** position mod rows of the batch's first row. */
  readonly offset: number;
  readonly rows: number;
  readonly first: number;
  /** The run's seed, mixed to 32 bits. */
  readonly seed: number;
}

/** The clock of step `step`: its batch begins at position step · batch. */
export function stepClock(step: number, batch: number, rows: number, seed: number): StepClock {
  const position = step * batch;
  return { step, epoch: Math.floor(position / rows), offset: position % rows, rows, first: 0, seed };
}

/** The same moment as the host's expressions see it. */
export function hostClock(step: number, batch: number, rows: number, steps: number): HostClock {
  return { step, epoch: rows === 0 ? 0 : (step * batch) / rows, steps, rows, iteration: 0 };
}

/** Batches that cover every row of a set once: the last may have fewer that count. */
export function batchesOver(
  rows: number,
  batch: number,
): readonly { readonly first: number; readonly valid: number }[] {
  return Array.from({ length: Math.ceil(rows / batch) }, (_, i) => {
    const first = i * batch;
    return { first, valid: Math.min(batch, rows - first) };
  });
}
