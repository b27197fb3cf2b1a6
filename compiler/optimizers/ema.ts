/** The exponential moving average of the parameters, debiased. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { HostExpr } from '../4-tensor/program.ts';
import { biasCorrection, hostApply, oneMinus } from './host.ts';

/**
 * The weight w = (1 - d) / (1 - d^t) of the newest parameters at update t: 1 at the first, 1 - d in the long run.
 * With e ← d e + (1 - d) x from zeros, the debiased average a = e / (1 - d^t) follows a ← a + w (x - a), so what is
 * carried is a itself and never has to be corrected by its reader.
 */
export function emaWeight(decay: HostExpr): HostExpr {
  return hostApply('div', oneMinus(decay), biasCorrection(decay));
}

/** a + w (x - a): the average after an update that gave the parameters x. What it begins with does not matter. */
export function updateEma(b: Builder, average: Node, parameter: Node, weight: Node): Node {
  return b.add(average, b.mul(weight, b.sub(parameter, average)));
}
