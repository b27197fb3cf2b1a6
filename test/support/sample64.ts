/** Sample programs in float64: their parts in order, loops and all, by the reference interpreter. */
import type { NodeOf, TensorFunction } from '../../compiler/4-tensor/ir.ts';
import { evaluateHost } from '../../compiler/4-tensor/host.ts';
import type { SampleProgram, Uniform } from '../../compiler/4-tensor/program.ts';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import type { TestSpec } from './elaborated.ts';

export interface Sampled {
  readonly values: Float64Array;
  /** The states that were asked for on the way, in order. */
  readonly kept: readonly { readonly label: string; readonly values: Float64Array }[];
}

/** Draws of the sample program of that name, with the seed's bits as given. */
export function sample64(
  spec: TestSpec,
  name: string,
  seed = 7,
  parameters: Readonly<Record<string, ArrayLike<number>>> = {},
): Sampled {
  const { programs, uniforms } = spec.programs;
  const known = new Map<string, Uniform>(uniforms.map((uniform) => [uniform.name, uniform]));
  const states = new Map<string, Float64Array>();
  const kept: { label: string; values: Float64Array }[] = [];
  const run = (fn: TensorFunction, step: number, iteration: number): ReadonlyMap<string, Float64Array> => {
    const clock = { step, epoch: 0, offset: 0, rows: 0, first: 0, seed };
    const read = (node: NodeOf<'input'>): ArrayLike<number> => {
      const { source } = node;
      if (source.kind === 'state') return states.get(source.name) ?? new Float64Array(sizeOf(node.shape));
      if (source.kind === 'parameter') return parameters[source.path]!;
      const value = known.get(source.kind === 'uniform' ? source.name : '')?.value;
      if (value?.kind === 'clock') return [clock[value.name]];
      if (value?.kind !== 'host') throw new Error(`no value for ${JSON.stringify(source)}`);
      const host = { step: 0, epoch: 0, steps: 0, rows: 0, iteration };
      const hyper = (wanted: string) => spec.programs.hypers.find((each) => each.name === wanted)!.value;
      return [evaluateHost(value.expression, { clock: host, hyper })];
    };
    const values = evaluate(
      fn.outputs.map(({ node }) => node),
      read,
    );
    return new Map(fn.outputs.map((output, i) => [output.name, values[i]!]));
  };
  const named = (wanted: string) => programs.find((program) => program.name === wanted)!;
  const program = named(`sample.${name}`) as SampleProgram;
  for (const { program: part, iterations, firstStep, keep } of program.parts) {
    const look = (done: number): void =>
      keep?.after.forEach((after, i) => {
        if (after === done) kept.push({ label: keep.labels[i]!, values: states.get(keep.state)!.slice() });
      });
    look(0);
    for (let i = 0; i < iterations; i++) {
      for (const [state, values] of run(named(part).function, firstStep + i, i)) states.set(state, values);
      look(i + 1);
    }
  }
  return { values: run(program.function, 0, 0).get('sample')!, kept };
}
