/** Stochastic gradient descent, with momentum. */
import { inertia, rate } from './bounds.ts';
import { numberOf, type Optimizer, OptimizerError, requiredNumber } from './optimizer.ts';

/**
 * sgd(lr, momentum:, nesterov:), PyTorch's form: v ← momentum v + g; x ← x - lr v, or with `nesterov: true`
 * x ← x - lr (g + momentum v). Without a momentum there is no slot. Source: Sutskever et al. (2013).
 */
export const sgd: Optimizer = {
  name: 'sgd',
  arguments: [
    { name: 'lr', kind: 'number', required: true, bound: rate },
    { name: 'momentum', kind: 'number', required: false, bound: inertia },
    { name: 'nesterov', kind: 'flag', required: false },
  ],
  make(values) {
    const lr = requiredNumber(values, 'lr');
    const momentum = numberOf(values, 'momentum');
    if (momentum === undefined) {
      if (values['nesterov'] === true)
        throw new OptimizerError("'nesterov' looks ahead by the momentum; give 'momentum:'");
      return {
        slots: [],
        scalars: { lr },
        update: (b, { parameter, gradient, scalar }) => ({
          parameter: b.sub(parameter, b.mul(scalar('lr'), gradient)),
          slots: {},
        }),
      };
    }
    const nesterov = values['nesterov'] === true;
    return {
      slots: ['velocity'],
      scalars: { lr, momentum },
      update(b, { parameter, gradient, slots, scalar }) {
        const velocity = b.add(b.mul(scalar('momentum'), slots['velocity']!), gradient);
        const direction = nesterov ? b.add(gradient, b.mul(scalar('momentum'), velocity)) : velocity;
        return { parameter: b.sub(parameter, b.mul(scalar('lr'), direction)), slots: { velocity } };
      },
    };
  },
};
