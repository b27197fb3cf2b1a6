/** Gradient clipping, on the flat vector. A minimum may swallow NaN: test for trouble before clipping, not after. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';

/** The Euclidean norm over all parameters, a scalar; non-finite where an entry is, or where it passes 1.8e19. */
export function globalNorm(b: Builder, gradient: Node): Node {
  return b.sqrt(b.sum(b.square(gradient), [0]));
}

/**
 * g · min(1, limit / (norm + 1e-6)), as PyTorch's clip_grad_norm_ (Pascanu et al., 2013). `norm` is `globalNorm` of the
 * gradient, `limit` a positive scalar.
 */
export function clipByNorm(b: Builder, gradient: Node, norm: Node, limit: Node): Node {
  return b.mul(gradient, b.map('min', 1, b.div(limit, b.add(norm, 1e-6))));
}

/** Each entry kept in [-limit, limit]. */
export function clipByValue(b: Builder, gradient: Node, limit: Node): Node {
  return b.map('max', b.map('min', gradient, limit), b.neg(limit));
}
