/** When a run stops to report: the steps at which its tracked evaluations are due. */
import { epochSteps } from '../host/duration.ts';

export interface Track {
  readonly every: number;
  readonly unit: 'epoch' | 'step';
  readonly evaluate: string;
}

/** The first step after `step` at which the track is due: the first that completes so many epochs, or steps. */
export function nextDue(track: Track, step: number, batch: number, rows: number): number {
  if (track.unit === 'step') return (Math.floor(step / track.every) + 1) * track.every;
  let turn = Math.max(1, Math.floor((step * batch) / (rows * track.every)));
  while (epochSteps(turn * track.every, batch, rows) <= step) turn++;
  return epochSteps(turn * track.every, batch, rows);
}

/** Whether the track is due when `step` steps are done. */
export function isDue(track: Track, step: number, batch: number, rows: number): boolean {
  return step > 0 && nextDue(track, step - 1, batch, rows) === step;
}
