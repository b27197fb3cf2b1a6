/**
 * What a distribution is: parameters, support, log-density, sampler, moments and closed forms, as tensor IR. No gradient
 * and no kernel text stands here: both are derived. One file a family; all functions are elementwise over the variable's
 * own shape and whatever leading axes the nodes have; the caller sums over the own shape.
 */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { PlainCode } from '../diagnostics/messages.ts';

/** The set a value lies in; a category has k values 0 … k-1, a step runs 1 … T. */
export type Support =
  | { readonly kind: 'real' | 'nonnegative' | 'positive' | 'unit' | 'binary' | 'count' }
  | { readonly kind: 'category'; readonly size: number }
  | { readonly kind: 'simplex'; readonly size: number }
  | { readonly kind: 'step'; readonly size: number }
  /** [low, high] with bounds that are tensors: Uniform's. */
  | { readonly kind: 'interval'; readonly low: Node; readonly high: Node };

/** A set that a type names. */
export type DeclaredSupport = Exclude<Support, { kind: 'interval' }>;

/** One way to write a parameter: `scale:` or `precision:`; converted to the canonical one. */
export interface ParameterForm {
  readonly name: string;
  readonly support: Support['kind'];
  /** A positive scale may be 0 in a sample program: a point mass. */
  readonly mayVanish?: true;
  /** From what was written to the canonical parameter. Absent for the canonical form itself. */
  readonly toCanonical?: (b: Builder, written: Node) => Node;
}

export interface ParameterSpec {
  /** The canonical name, the key of `Parameters`. */
  readonly name: string;
  readonly forms: readonly ParameterForm[];
  /** Axes that the parameter has beyond the variable's shape: 1 for Categorical's logits. */
  readonly eventRank: 0 | 1;
  readonly default?: number;
  /** True where it must be a constant when compiling, a whole number from 2 on: the levels of DiscretizedLogistic. */
  readonly static?: boolean;
}

/** Canonical parameters by name; each of the variable's shape (with leading axes), or one more axis for eventRank 1. */
export type Parameters = { readonly [name: string]: Node };

/** Fresh noise for one draw, of the variable's shape with its leading axes; `index` tells several apart. */
export interface Noise {
  normal(index?: number): Node;
  /** In (0, 1), never 0 or 1. */
  uniform(index?: number): Node;
}

export interface Distribution {
  readonly name: string;
  readonly parameters: readonly ParameterSpec[];
  /** Values it can take; used to check supports. */
  support(parameters: Parameters): Support;
  /** u32 for counts and categories, else f32. */
  readonly dtype: 'f32' | 'u32';
  /** What it cannot draw and `logProb` takes all the same, as no density but a loss: told, with a warning. */
  readonly relaxed?: { readonly support: Support['kind']; readonly warning: PlainCode };
  /** What to do with data outside its support, beside choosing another family: `binarize the field`. */
  readonly remedy?: string;
  /** log p(value), nats an element (densities against Lebesgue or counting measure). */
  logProb(b: Builder, parameters: Parameters, value: Node): Node;
  sample(b: Builder, parameters: Parameters, noise: Noise): Node;
  /** True where `sample` is differentiable in the parameters (the pathwise gradient is right). */
  readonly pathwise: boolean;
  /**
   * Set where `sample` is a monotone function of one uniform number: what spreads those numbers over a batch spreads the
   * draws.
   */
  readonly byInversion?: true;
  mean?(b: Builder, parameters: Parameters): Node;
  entropy?(b: Builder, parameters: Parameters): Node;
  /** The same family over the whole numbers of a range: `Uniform(1..T)`. */
  readonly over?: (low: number, high: number) => Distribution;
  /** Closed-form KL(this || other), by the other family's name: nats an element. */
  readonly kl?: { readonly [family: string]: (b: Builder, q: Parameters, p: Parameters) => Node };
}
