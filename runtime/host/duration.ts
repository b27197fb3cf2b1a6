/** How long a run is, in steps. */
import { evaluateHost, type HostScope } from '../../compiler/4-tensor/host.ts';
import type { Duration } from '../../compiler/4-tensor/program.ts';

/** Steps that a duration takes: an epoch is rows / batch steps, and a last partial step counts. */
export function stepsOf(duration: Duration, batch: number, rows: number, scope: HostScope): number {
  const amount = evaluateHost(duration.value, scope);
  // 0.1 · 3 epochs of 10 steps are 3 steps, not 4: what float64 adds is no step.
  return duration.unit === 'steps' ? Math.ceil(amount) : epochSteps(amount, batch, rows);
}

/** ceil(epochs · rows / batch). */
export function epochSteps(epochs: number, batch: number, rows: number): number {
  const exact = (epochs * rows) / batch;
  const nearest = Math.round(exact);
  return Math.abs(exact - nearest) <= 1e-9 * Math.max(1, nearest) ? nearest : Math.ceil(exact);
}
