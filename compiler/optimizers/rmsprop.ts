/** RMSprop: the gradient divided by a running root mean square. */
import { inertia, magnitude, rate, share } from './bounds.ts';
import { oneMinus } from './host.ts';
import { numberOf, type Optimizer, requiredNumber } from './optimizer.ts';

/**
 * rmsprop(lr = 1e-2, alpha: 0.99, eps: 1e-8, momentum:), PyTorch's form, ε outside the root and no bias correction:
 * v ← α v + (1 - α) g², d = g / (√v + ε); x ← x - lr d, or with a momentum u ← momentum u + d, x ← x - lr u.
 * Source: Tieleman & Hinton (2012), lecture 6e.
 */
export const rmsprop: Optimizer = {
  name: 'rmsprop',
  arguments: [
    { name: 'lr', kind: 'number', default: 1e-2, required: false, bound: rate },
    { name: 'alpha', kind: 'number', default: 0.99, required: false, bound: share },
    { name: 'eps', kind: 'number', default: 1e-8, required: false, bound: magnitude },
    { name: 'momentum', kind: 'number', required: false, bound: inertia },
  ],
  make(values) {
    const alpha = requiredNumber(values, 'alpha');
    const momentum = numberOf(values, 'momentum');
    return {
      slots: momentum === undefined ? ['v'] : ['v', 'velocity'],
      scalars: {
        lr: requiredNumber(values, 'lr'),
        alpha,
        one_minus_alpha: oneMinus(alpha),
        eps: requiredNumber(values, 'eps'),
        ...(momentum && { momentum }),
      },
      update(b, { parameter, gradient, slots, scalar }) {
        const v = b.add(b.mul(scalar('alpha'), slots['v']!), b.mul(scalar('one_minus_alpha'), b.square(gradient)));
        const scaled = b.div(gradient, b.add(b.sqrt(v), scalar('eps')));
        if (momentum === undefined) {
          return { parameter: b.sub(parameter, b.mul(scalar('lr'), scaled)), slots: { v } };
        }
        const velocity = b.add(b.mul(scalar('momentum'), slots['velocity']!), scaled);
        return { parameter: b.sub(parameter, b.mul(scalar('lr'), velocity)), slots: { v, velocity } };
      },
    };
  },
};
