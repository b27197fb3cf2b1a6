/** Adam: steps of the size of the learning rate, whatever the gradient's scale. */
import type { Builder } from '../4-tensor/builder.ts';
import type { HostExpr, Limit } from '../4-tensor/program.ts';
import { inertia, magnitude, rate, share } from './bounds.ts';
import { biasCorrection, hostApply, oneMinus } from './host.ts';
import {
  type Optimizer,
  type OptimizerValues,
  requiredNumber,
  requiredPair,
  together,
  type UpdateInput,
  type UpdateResult,
} from './optimizer.ts';

/** adam(lr = 1e-3, betas: (0.9, 0.999), eps: 1e-8); see `updateAdam`. Source: Kingma & Ba (2015). */
export const adam: Optimizer = {
  name: 'adam',
  arguments: [
    { name: 'lr', kind: 'number', default: 1e-3, required: false, bound: rate },
    { name: 'betas', kind: 'pair', default: [0.9, 0.999], required: false, bound: share },
    { name: 'eps', kind: 'number', default: 1e-8, required: false, bound: magnitude },
  ],
  make: (values) => ({
    slots: adamSlots,
    scalars: adamScalars(values),
    limits: adamLimits('adam', values),
    update: updateAdam,
  }),
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

/** Where m outlasts v, a step has no bound: β1² may not pass β2, nor β1 what a velocity keeps. */
export function adamLimits(name: string, values: OptimizerValues): readonly Limit[] {
  const [beta1, beta2] = requiredPair(values, 'betas');
  const room = hostApply('sub', beta2, hostApply('mul', beta1, beta1));
  const first = `the first of 'betas' of ${name}`;
  return [
    ...together(first, beta1, inertia, `the first of 'betas' has to be ${inertia.words}`),
    ...together(`the second of 'betas' of ${name} less the first squared`, room, share, outlasting),
  ];
}

const outlasting =
  "the first of 'betas' squared passes the second, so that steps have no bound; make the second larger";

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
