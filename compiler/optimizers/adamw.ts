/** Adam with decoupled weight decay. */
import { adam, adamLimits, adamScalars, adamSlots, updateAdam } from './adam.ts';
import { type Bound, rate } from './bounds.ts';
import { hostApply, oneMinus } from './host.ts';
import { type Optimizer, requiredNumber, together } from './optimizer.ts';

/** A step takes no more than all of a parameter away. */
const decayed: Bound = { words: 'a number from 0 to 1', least: 0, most: 1 };
const overshooting = "'lr' times 'weight_decay' passes 1, so that parameters decay beyond 0; make one of them smaller";

/**
 * adamw(lr = 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.01), PyTorch's form: x ← (1 - lr weight_decay) x, then
 * Adam's step. Every parameter decays, biases too. Source: Loshchilov & Hutter (2019).
 */
export const adamw: Optimizer = {
  name: 'adamw',
  arguments: [...adam.arguments, { name: 'weight_decay', kind: 'number', default: 0.01, required: false, bound: rate }],
  make(values) {
    const decay = hostApply('mul', requiredNumber(values, 'lr'), requiredNumber(values, 'weight_decay'));
    return {
      slots: adamSlots,
      scalars: { ...adamScalars(values), kept: oneMinus(decay) },
      limits: [
        ...adamLimits('adamw', values),
        ...together("'lr' times 'weight_decay' of adamw", decay, decayed, overshooting),
      ],
      update: (b, input) => updateAdam(b, { ...input, parameter: b.mul(input.scalar('kept'), input.parameter) }),
    };
  },
};
