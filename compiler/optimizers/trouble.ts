/** Sticky trouble: the first step whose loss is not finite, or whose gradient has no usable norm, stops every later update. */
import type { Builder } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import { largestNorm } from './bounds.ts';

export interface TroubleInput {
  /** u32[2]: the first bad step + 1, or 0 while all is well; the index of its term. */
  readonly state: Node;
  /** u32 scalar. */
  readonly step: Node;
  /** The objective's terms, f32 scalars. */
  readonly terms: readonly Node[];
  /** The gradient's norm before clipping, non-finite where any entry is, else at most `largestNorm`; its index is `terms.length`. */
  readonly norm: Node;
}

export interface Trouble {
  readonly state: Node;
  /** bool scalar: whether this step's update may be taken. */
  readonly well: Node;
}

/** Tests by bits, because an implementation may assume that no value is NaN. The first bad term is the one named. */
export function trouble(b: Builder, { state, step, terms, norm }: TroubleInput): Trouble {
  const u32 = (value: number): Node => b.constant(value, 'u32');
  const isUsable = b.map('and', b.map('isFinite', norm), b.map('le', norm, b.constant(largestNorm)));
  const checked = [...terms.map((term) => b.map('isFinite', term)), isUsable];
  const none = u32(checked.length);
  const bad = checked.reduceRight((later, isWell, index) => b.select(isWell, later, u32(index)), none);
  const old = [0, 1].map((at) => b.reshape(b.slice(state, [at], [1]), []));
  const isNew = b.map('and', b.map('eq', old[0]!, u32(0)), b.map('ne', bad, none));
  const badStep = b.select(isNew, b.add(step, u32(1)), old[0]!);
  const badTerm = b.select(isNew, bad, old[1]!);
  return {
    state: b.concat([b.reshape(badStep, [1]), b.reshape(badTerm, [1])], 0),
    well: b.map('eq', badStep, u32(0)),
  };
}

/** The new vector where the step is well, else the old one as it was, bit for bit. */
export function keepUnless(b: Builder, well: Node, fresh: Node, old: Node): Node {
  return b.select(well, fresh, old);
}
