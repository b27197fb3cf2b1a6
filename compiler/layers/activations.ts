/** The activations of the language, as functions of tensor IR; each is also a function that a spec may call. */
import type { Builder, Operand } from '../4-tensor/builder.ts';
import type { Node } from '../4-tensor/ir.ts';
import type { Support } from '../distributions/distribution.ts';

export interface Activation {
  readonly name: string;
  /** Beyond x, in positional order. */
  readonly parameters: readonly { readonly name: string; readonly default: number }[];
  /** The set its values lie in. */
  readonly support: Extract<Support['kind'], 'real' | 'nonnegative' | 'positive' | 'unit'>;
  apply(b: Builder, x: Node, args: { readonly [name: string]: Operand }): Node;
}

/** x where x > 0, else α (e^x - 1) (Clevert et al., 2016); the minimum keeps the branch that is not chosen finite. */
const elu: Activation = {
  name: 'elu',
  parameters: [{ name: 'alpha', default: 1 }],
  support: 'real',
  apply: (b, x, { alpha }) => b.select(b.map('gt', x, 0), x, b.mul(alpha ?? 1, b.map('expm1', b.map('min', x, 0)))),
};

/** x Φ(x) with the Normal's distribution function, not its tanh approximation (Hendrycks & Gimpel, 2016). */
const gelu: Activation = {
  name: 'gelu',
  parameters: [],
  support: 'real',
  apply: (b, x) => b.mul(b.mul(0.5, x), b.add(1, b.map('erf', b.mul(Math.SQRT1_2, x)))),
};

/** x where x > 0, else slope · x (Maas et al., 2013). */
const leakyRelu: Activation = {
  name: 'leaky_relu',
  parameters: [{ name: 'slope', default: 0.01 }],
  support: 'real',
  apply: (b, x, { slope }) => b.select(b.map('gt', x, 0), x, b.mul(slope ?? 0.01, x)),
};

const relu: Activation = {
  name: 'relu',
  parameters: [],
  support: 'nonnegative',
  apply: (b, x) => b.map('relu', x),
};

const sigmoid: Activation = {
  name: 'sigmoid',
  parameters: [],
  support: 'unit',
  apply: (b, x) => b.map('sigmoid', x),
};

/** x σ(x) (Elfwing et al., 2018). */
const silu: Activation = {
  name: 'silu',
  parameters: [],
  support: 'real',
  apply: (b, x) => b.mul(x, b.map('sigmoid', x)),
};

/** log(1 + e^x). */
const softplus: Activation = {
  name: 'softplus',
  parameters: [],
  support: 'positive',
  apply: (b, x) => b.map('softplus', x),
};

const tanh: Activation = {
  name: 'tanh',
  parameters: [],
  support: 'real',
  apply: (b, x) => b.map('tanh', x),
};

const catalogue: readonly Activation[] = [elu, gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh];

export const activations: ReadonlyMap<string, Activation> = new Map(
  catalogue.map((activation) => [activation.name, activation]),
);
