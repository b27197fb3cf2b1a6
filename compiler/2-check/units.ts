/** What values are counted in, as far as that is known: nats come from log-densities and divergences, and nothing else. */
import type { OpName } from '../ops/index.ts';

/** 'any' is a fixed number's: it has the unit of what stands beside it. */
export type Unit = 'nats' | 'any';

/** The unit of what is one of `units` or a sum of them; undefined where they differ or one is unknown. */
export function commonUnit(units: readonly (Unit | undefined)[]): Unit | undefined {
  if (units.includes(undefined)) return undefined;
  return units.includes('nats') ? 'nats' : 'any';
}

/** The unit of op(…) from its arguments': kept by sums and scalings, lost elsewhere. */
export function resultUnit(op: OpName, units: readonly (Unit | undefined)[]): Unit | undefined {
  switch (op) {
    case 'add':
    case 'sub':
    case 'max':
    case 'min':
    case 'neg':
    case 'stop':
      return commonUnit(units);
    case 'select':
      return commonUnit(units.slice(1));
    case 'mul':
      return units.filter((unit) => unit === 'nats').length === 1 ? 'nats' : undefined;
    case 'div':
      return units[0] === 'nats' && units[1] !== 'nats' ? 'nats' : undefined;
    default:
      return undefined;
  }
}
