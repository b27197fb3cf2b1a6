/**
 * Scalars of the host: arithmetic, schedules, clocks and hypers, in float64. What folds while compiling is what runs at
 * each step.
 */
import type { Duration, HostExpr } from './program.ts';

export type HostOp = Extract<HostExpr, { kind: 'apply' }>['op'];

/** Comparisons give 1 or 0; select(condition, then, otherwise) chooses. */
export const hostOperations: Readonly<Record<HostOp, (...args: number[]) => number>> = {
  add: (a, b) => a! + b!,
  sub: (a, b) => a! - b!,
  mul: (a, b) => a! * b!,
  div: (a, b) => a! / b!,
  pow: (a, b) => a! ** b!,
  neg: (a) => -a!,
  abs: (a) => Math.abs(a!),
  exp: (a) => Math.exp(a!),
  log: (a) => Math.log(a!),
  sqrt: (a) => Math.sqrt(a!),
  sin: (a) => Math.sin(a!),
  cos: (a) => Math.cos(a!),
  min: (...args) => Math.min(...args),
  max: (...args) => Math.max(...args),
  floor: (a) => Math.floor(a!),
  lt: (a, b) => Number(a! < b!),
  le: (a, b) => Number(a! <= b!),
  gt: (a, b) => Number(a! > b!),
  ge: (a, b) => Number(a! >= b!),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  select: (condition, then, otherwise) => (condition! !== 0 ? then! : otherwise!),
};

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
      if (found === undefined) throw new Error('a table was asked for an entry that it does not have');
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
      if (chosen === undefined) throw new Error('a piecewise schedule has fewer values than intervals');
      return value(chosen);
    }
  }
}

/** Whether the value may change while a run goes on: it speaks of the clock, or a hyper of it does. */
export function changes(expression: HostExpr, hyper: HostScope['hyper']): boolean {
  switch (expression.kind) {
    case 'number':
      return false;
    case 'hyper':
      return changes(hyper(expression.name), hyper);
    case 'table':
      return changes(expression.index, hyper);
    case 'apply':
      return expression.args.some((arg) => changes(arg, hyper));
    case 'clock':
    case 'warmup':
    case 'cosine':
    case 'piecewise':
      return true;
  }
}

/** min(1, t / duration); a duration of nothing has passed already. */
function share(over: Duration, scope: HostScope): number {
  const length = evaluateHost(over.value, scope);
  return length > 0 ? Math.min(1, time(over.unit, scope) / length) : 1;
}

function time(unit: Duration['unit'], { clock }: HostScope): number {
  return unit === 'epochs' ? clock.epoch : clock.step;
}
