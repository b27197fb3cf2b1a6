/** Adam with decoupled weight decay. */
import { adam, adamScalars, adamSlots, updateAdam } from './adam.ts';
import { fromZero } from './bounds.ts';
import { hostApply, oneMinus } from './host.ts';
import { type Optimizer, requiredNumber } from './optimizer.ts';

/**
 * adamw(lr = 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.01), PyTorch's form: x ← (1 - lr weight_decay) x, then
 * Adam's step. Every parameter decays, biases too. Source: Loshchilov & Hutter (2019).
 */
export const adamw: Optimizer = {
  name: 'adamw',
  arguments: [
    ...adam.arguments,
    { name: 'weight_decay', kind: 'number', default: 0.01, required: false, bound: fromZero },
  ],
  make(values) {
    const decay = hostApply('mul', requiredNumber(values, 'lr'), requiredNumber(values, 'weight_decay'));
    return {
      slots: adamSlots,
      scalars: { ...adamScalars(values), kept: oneMinus(decay) },
      update: (b, input) => updateAdam(b, { ...input, parameter: b.mul(input.scalar('kept'), input.parameter) }),
    };
  },
};
