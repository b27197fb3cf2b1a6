/** Expressions of the host that optimizers share. */
import type { HostOp } from '../4-tensor/host.ts';
import type { HostExpr } from '../4-tensor/program.ts';

export function hostNumber(value: number): HostExpr {
  return { kind: 'number', value };
}

export function hostApply(op: HostOp, ...args: readonly HostExpr[]): HostExpr {
  return { kind: 'apply', op, args };
}

/** t = 1, 2, …: the count of updates with this one. */
export const updateCount: HostExpr = hostApply('add', { kind: 'clock', name: 'step' }, hostNumber(1));

/** 1 - β. */
export function oneMinus(beta: HostExpr): HostExpr {
  return hostApply('sub', hostNumber(1), beta);
}

/** 1 - β^t, the share of an average from zeros that t steps have filled. */
export function biasCorrection(beta: HostExpr): HostExpr {
  return oneMinus(hostApply('pow', beta, updateCount));
}
