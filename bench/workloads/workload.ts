import type { NoiseKind } from '../../test/support/draws.ts';

/** What a benchmark trains: a spec, and how other implementations of its training step are handed the same numbers. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  /** The spec's text, which uses nothing but the library. */
  readonly text: string;
  /** Values of its hypers, as `--set` gives them. */
  readonly hypers?: Readonly<Record<string, string>>;
  /** The folder beside this file that holds the peers' mathematics. */
  readonly mathematics: string;
  readonly seed: number;
  /** Of Adam with β = 0.9, 0.999 and ε = 1e-8. */
  readonly learningRate: number;
  /** The field of the training set whose rows are the batch. */
  readonly field: string;
  /**
   * The peers' parameters by name, and which of the spec's each one is: several lie side by side along the last axis, as
   * a person would write two layers that read the same activations.
   */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  /** What a step draws, by the name that the peers' mathematics has for it. */
  readonly draws: Readonly<Record<string, NoiseKind>>;
  /**
   * First steps whose losses must agree. With six, every term of the objective weighs more than its tolerance by the last
   * one; three still see Adam's second step.
   */
  readonly checked: number;
  /**
   * What they must agree with: those in float64, which takes a second or two for each GFLOP, or those of the first contender,
   * where the interpreter would take minutes (it writes out every window of a convolution).
   */
  readonly reference: 'float64' | 'first contender';
  /** Floating-point operations of a step's matrix products, forward, backward and for the weights. */
  readonly flops: number;
}

/** Operations of the products of a chain of layers trained on `batch` rows; `first`: its input needs no gradient. */
export function flopsOfLayers(batch: number, layers: readonly (readonly [number, number])[], first: boolean): number {
  return layers.reduce((sum, [inputs, outputs], i) => {
    const products = first && i === 0 ? 2 : 3;
    return sum + products * 2 * batch * inputs * outputs;
  }, 0);
}
