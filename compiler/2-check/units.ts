/**
 * What values are counted in, as far as that is known: nats come from log-densities and divergences, bits from nats, and
 * either from nothing else.
 */
import type { OpName } from '../ops/index.ts';

/** 'any' is a fixed number's: it has the unit of what stands beside it. */
export type Unit = 'nats' | 'bits' | 'any';

/** The unit of what is one of `units` or a sum of them; undefined where they differ or one is unknown. */
export function commonUnit(units: readonly (Unit | undefined)[]): Unit | undefined {
  const [unit = 'any', another] = new Set(units.filter((each) => each !== 'any'));
  return units.includes(undefined) || another !== undefined ? undefined : unit;
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
    case 'mul': {
      const [unit, another] = units.filter(isCounted);
      return another === undefined ? unit : undefined;
    }
    case 'div':
      return isCounted(units[0]) && !isCounted(units[1]) ? units[0] : undefined;
    default:
      return undefined;
  }
}

/** Whether a unit says in what a value is counted. */
export function isCounted(unit: Unit | undefined): unit is Exclude<Unit, 'any'> {
  return unit !== undefined && unit !== 'any';
}
