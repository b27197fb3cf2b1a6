/** The scalars of a plan at a moment: what the kernels' uniform blocks are filled with. */
import type { Plan } from '../../compiler/5-kernel/plan.ts';
import type { Scalars } from '../execute/inputs.ts';
import { InternalError } from '../errors.ts';
import { evaluateHost, type HostClock } from '../../compiler/4-tensor/host.ts';
import type { Hypers } from './hypers.ts';
import type { StepClock } from './positions.ts';

export interface Moment {
  readonly clock: StepClock;
  readonly host: HostClock;
  /** The row that a sample program's argument stands for. */
  readonly row?: (argument: string, set: string) => number;
}

/** Computes each scalar of a moment when it is asked for; once, though several kernels read it. */
export function scalarsOf(plan: Plan, hypers: Hypers): (moment: Moment) => Scalars {
  const uniforms = new Map(plan.uniforms.map((uniform) => [uniform.name, uniform.value]));
  return (moment) => {
    const known = new Map<string, number>();
    return (name) => {
      const before = known.get(name);
      if (before !== undefined) return before;
      const value = uniforms.get(name);
      if (value === undefined) throw new InternalError(`the plan has no scalar "${name}"`);
      const number = numberOf(value, moment, hypers);
      known.set(name, number);
      return number;
    };
  };
}

function numberOf(value: Plan['uniforms'][number]['value'], { clock, host, row }: Moment, hypers: Hypers): number {
  switch (value.kind) {
    case 'clock':
      return clock[value.name];
    case 'host':
      return evaluateHost(value.expression, { clock: host, hyper: hypers.expression });
    case 'row':
      if (row === undefined) throw new InternalError(`argument "${value.argument}" outside a sample program`);
      return row(value.argument, value.set);
  }
}
