/** Scalars of the host: schedules, clocks and hypers, evaluated in float64 at a step. */
import { hostOperations } from '../../compiler/4-tensor/host.ts';
import type { Duration, HostExpr } from '../../compiler/4-tensor/program.ts';
import { InternalError } from '../errors.ts';

/** Where a run stands. */
export interface HostClock {
  /** Steps done: 0 at the first. */
  readonly step: number;
  /** Passes over the data done, a fraction: step · batch / rows. */
  readonly epoch: number;
  /** Steps of the whole run. */
  readonly steps: number;
  /** Rows of the training data. */
  readonly rows: number;
  /** Iterations that a loop of a sample program has done. */
  readonly iteration: number;
}

/** Everything an expression may speak of. Throws for a hyper that is not there. */
export interface HostScope {
  readonly clock: HostClock;
  readonly hyper: (name: string) => HostExpr;
}

/** The value at the clock's step. */
export function evaluateHost(expression: HostExpr, scope: HostScope): number {
  const value = (inner: HostExpr) => evaluateHost(inner, scope);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'hyper':
      return value(scope.hyper(expression.name));
    case 'clock':
      return scope.clock[expression.name];
    case 'table': {
      const found = expression.values[value(expression.index)];
      if (found === undefined) throw new InternalError('a table was asked for an entry that it does not have');
      return found;
    }
    case 'apply':
      return hostOperations[expression.op](...expression.args.map(value));
    case 'warmup': {
      const [from, to] = [value(expression.from), value(expression.to)];
      return from + (to - from) * share(expression.over, scope);
    }
    case 'cosine': {
      const [from, to] = [value(expression.from), value(expression.to)];
      return to + ((from - to) * (1 + Math.cos(Math.PI * share(expression.over, scope)))) / 2;
    }
    case 'piecewise': {
      const now = time(expression.unit, scope);
      const passed = expression.boundaries.filter((boundary) => now >= value(boundary)).length;
      const chosen = expression.values[passed];
      if (chosen === undefined) throw new InternalError('a piecewise schedule has fewer values than intervals');
      return value(chosen);
    }
  }
}

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

/** min(1, t / duration); a duration of nothing has passed already. */
function share(over: Duration, scope: HostScope): number {
  const length = evaluateHost(over.value, scope);
  return length > 0 ? Math.min(1, time(over.unit, scope) / length) : 1;
}

function time(unit: Duration['unit'], { clock }: HostScope): number {
  return unit === 'epochs' ? clock.epoch : clock.step;
}
