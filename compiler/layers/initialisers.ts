/** How a weight may start: the words after `init:`. The runtime draws the numbers, a function of (seed, path). */
import type { Initialise } from './layer.ts';

export interface InitialiserWord {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly default?: number }[];
  make(args: { readonly [name: string]: number }): Initialise;
}

const catalogue: readonly InitialiserWord[] = [
  {
    name: 'constant',
    parameters: [{ name: 'value' }],
    make:
      ({ value }) =>
      () => ({ kind: 'constant', value: value! }),
  },
  /** U(±1 / √in), PyTorch's default for dense layers (LeCun et al., 1998). */
  {
    name: 'fan_in',
    parameters: [],
    make: () => (fanIn) => ({ kind: 'fan-in', fanIn }),
  },
  /** U(±√(6 / (in + out))) (Glorot & Bengio, 2010). */
  {
    name: 'glorot',
    parameters: [],
    make: () => (fanIn, fanOut) => ({ kind: 'glorot', fanIn, fanOut }),
  },
  /** N(0, 2 / in) (He et al., 2015). */
  {
    name: 'he',
    parameters: [],
    make: () => (fanIn, fanOut) => ({ kind: 'he', fanIn, fanOut }),
  },
  {
    name: 'normal',
    parameters: [{ name: 'sd' }],
    make:
      ({ sd }) =>
      () => ({ kind: 'normal', sd: sd! }),
  },
  { name: 'ones', parameters: [], make: () => () => ({ kind: 'constant', value: 1 }) },
  { name: 'zeros', parameters: [], make: () => () => ({ kind: 'constant', value: 0 }) },
];

export const initialisers: ReadonlyMap<string, InitialiserWord> = new Map(catalogue.map((word) => [word.name, word]));
