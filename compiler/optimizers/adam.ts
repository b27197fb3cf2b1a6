/** Adam: steps of the size of the learning rate, whatever the gradient's scale. */
import type { Builder } from '../4-tensor/builder.ts';
import type { HostExpr } from '../4-tensor/program.ts';
import { fromZero, guard, shareBelowOne } from './bounds.ts';
import { biasCorrection, hostApply, oneMinus } from './host.ts';
import {
  type Optimizer,
  type OptimizerValues,
  requiredNumber,
  requiredPair,
  type UpdateInput,
  type UpdateResult,
} from './optimizer.ts';

/** adam(lr = 1e-3, betas: (0.9, 0.999), eps: 1e-8); see `updateAdam`. Source: Kingma & Ba (2015). */
export const adam: Optimizer = {
  name: 'adam',
  arguments: [
    { name: 'lr', kind: 'number', default: 1e-3, required: false, bound: fromZero },
    { name: 'betas', kind: 'pair', default: [0.9, 0.999], required: false, bound: shareBelowOne },
    { name: 'eps', kind: 'number', default: 1e-8, required: false, bound: guard },
  ],
  make: (values) => ({ slots: adamSlots, scalars: adamScalars(values), update: updateAdam }),
};

export const adamSlots: readonly string[] = ['m', 'v'];

/** The corrections 1 - β^t are computed here, in float64: in f32 they would be off by 1e-4 at the first steps. */
export function adamScalars(values: OptimizerValues): { readonly [name: string]: HostExpr } {
  const [beta1, beta2] = requiredPair(values, 'betas');
  return {
    beta1,
    one_minus_beta1: oneMinus(beta1),
    beta2,
    one_minus_beta2: oneMinus(beta2),
    step_size: hostApply('div', requiredNumber(values, 'lr'), biasCorrection(beta1)),
    root_correction: hostApply('sqrt', biasCorrection(beta2)),
    eps: requiredNumber(values, 'eps'),
  };
}

/**
 * PyTorch's form, ε outside the root and after the correction:
 * m ← β1 m + (1 - β1) g, v ← β2 v + (1 - β2) g², x ← x - lr / (1 - β1^t) · m / (√v / √(1 - β2^t) + ε).
 */
export function updateAdam(b: Builder, { parameter, gradient, slots, scalar }: UpdateInput): UpdateResult {
  const m = b.add(b.mul(scalar('beta1'), slots['m']!), b.mul(scalar('one_minus_beta1'), gradient));
  const v = b.add(b.mul(scalar('beta2'), slots['v']!), b.mul(scalar('one_minus_beta2'), b.square(gradient)));
  const denominator = b.add(b.div(b.sqrt(v), scalar('root_correction')), scalar('eps'));
  return { parameter: b.sub(parameter, b.mul(scalar('step_size'), b.div(m, denominator))), slots: { m, v } };
}
