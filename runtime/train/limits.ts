/** Numbers of the host that an update needs within bounds, held before each step. */
import { evaluateHost, type HostScope } from '../../compiler/4-tensor/host.ts';
import type { TrainPlanProgram } from './loop.ts';

/** The first limit that is broken, in words; undefined where all hold. */
export function brokenLimit({ limits }: Pick<TrainPlanProgram, 'limits'>, scope: HostScope): string | undefined {
  for (const { what, value, words, least, most } of limits) {
    const found = evaluateHost(value, scope);
    // The other way round, NaN would pass.
    if (!(found >= least && found <= most))
      return `${what} is ${Number(found.toPrecision(6))}, and it has to be ${words}`;
  }
  return undefined;
}
