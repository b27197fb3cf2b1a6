/** A builder with numbers for its inputs, and the float64 reference that runs its nodes. */
import { Builder } from '../../compiler/4-tensor/builder.ts';
import type { DType, Node, Shape } from '../../compiler/4-tensor/ir.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import type { Distribution, Noise, Parameters } from '../../compiler/distributions/distribution.ts';
import { random } from './random.ts';
import type { Values } from './textbook.ts';

export class Bench {
  readonly b = new Builder();
  readonly inputs = new Map<Node, readonly number[]>();

  /** An input of the function with these numbers, row major. */
  given(values: number | readonly number[], shape: Shape, dtype: DType = 'f32'): Node {
    const node = this.b.input({ kind: 'argument', name: `given_${this.inputs.size}` }, shape, dtype);
    this.inputs.set(node, typeof values === 'number' ? [values] : values);
    return node;
  }

  run(node: Node): number[] {
    return [...evaluate([node], (input) => this.inputs.get(input)!)[0]!];
  }

  /** Parameters of a case as inputs, those that must be known when compiling as constants. */
  parametersOf(distribution: Distribution, values: Values): Parameters {
    return Object.fromEntries(
      distribution.parameters.map(({ name, static: isStatic }) => {
        const value = values[name]!;
        if (isStatic === true && typeof value === 'number') return [name, this.b.constant(value)];
        return [name, this.given(value, typeof value === 'number' ? [] : [value.length])];
      }),
    );
  }

  /** Seeded noise of one shape; another index or kind is another input. */
  noise(shape: Shape, seed: number): Noise {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const made = new Map<string, Node>();
    const make = (kind: 'normal' | 'uniform', index: number): Node => {
      const key = `${kind}_${index}`;
      const known = made.get(key);
      if (known !== undefined) return known;
      const generator = random(seed * 1000 + index * 2 + (kind === 'normal' ? 1 : 0));
      const node = this.given(Array.from({ length: size }, generator[kind]), shape);
      made.set(key, node);
      return node;
    };
    return { normal: (index = 0) => make('normal', index), uniform: (index = 0) => make('uniform', index) };
  }
}
