/** Amounts of memory that a plan asks for, in words. */
import type { PlanBuffer } from '../../compiler/5-kernel/plan.ts';

/** A thing that takes memory: a buffer of the plan, or a table of a data set. */
export interface Demand {
  /** For people: `activations`, `mnist.train's x`. */
  readonly what: string;
  readonly bytes: number;
}

export function totalOf(demands: readonly Demand[]): number {
  return demands.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What a buffer is for, in words. */
export function purposeOf(buffer: PlanBuffer): string {
  switch (buffer.role) {
    case 'vector':
      return buffer.name === 'parameters' ? 'parameters' : `optimizer's "${buffer.name}"`;
    case 'frozen':
      return 'frozen parameters';
    case 'arena':
      return 'activations';
    case 'state':
    case 'literal':
    case 'argument':
    case 'result':
      return `${buffer.role} "${buffer.name}"`;
  }
}

/** `512 bytes`, `1.5 MiB`, `12 GiB`. */
export function inBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let amount = bytes;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit++;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  return `${Number(amount.toFixed(digits))} ${units[unit]}`;
}
