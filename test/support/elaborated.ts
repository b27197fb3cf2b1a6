/** Specs as tensors, evaluated in float64 with inputs given by name: the oracle of the objectives' mathematics. */
import { Context } from '../../compiler/2-check/context.ts';
import { elaborate } from '../../compiler/3-model/elaborate.ts';
import { load } from '../../compiler/2-check/load.ts';
import { elaboratePrograms, type Elaborated } from '../../compiler/3-model/programs/index.ts';
import type { NodeOf, TensorFunction } from '../../compiler/4-tensor/ir.ts';
import { sizeOf } from '../../compiler/4-tensor/ir.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { Session } from '../../compiler/session.ts';
import { testSources } from './sources.ts';

export interface TestSpec extends Elaborated {
  readonly session: Session;
}

/** Elaborates a spec given as text; throws with the messages where it has errors. */
export function elaborateText(text: string, files: Readonly<Record<string, string>> = {}): TestSpec {
  const session = new Session(testSources({ 'test.vae': text, ...files }));
  const spec = load(session, 'test.vae')!;
  const elaborated = elaboratePrograms(new Context(session, spec, new Map(), elaborate), {});
  if (elaborated === undefined) {
    throw new Error(session.diagnostics.map((found) => `${found.code}: ${found.message}`).join('\n'));
  }
  return { ...elaborated, session };
}

export interface Inputs {
  /** By path, frozen ones too. */
  readonly parameters?: Readonly<Record<string, ArrayLike<number>>>;
  readonly uniforms?: Readonly<Record<string, number>>;
  readonly arguments?: Readonly<Record<string, ArrayLike<number>>>;
  /** Rows of each field, row major. */
  readonly tables?: Readonly<Record<string, ArrayLike<number>>>;
}

/** Every output of a function by name. Vectors and states that are not given are zeros. */
export function run64(fn: TensorFunction, spec: TestSpec, inputs: Inputs): Map<string, Float64Array> {
  const { layout } = spec.programs;
  const flat = new Float64Array(layout.length);
  for (const { path, offset } of layout.parameters) flat.set(Array.from(inputs.parameters?.[path] ?? []), offset);
  const read = (node: NodeOf<'input'>): ArrayLike<number> => {
    const { source } = node;
    switch (source.kind) {
      case 'parameter':
      case 'frozen':
        return inputs.parameters?.[source.path] ?? new Float64Array(sizeOf(node.shape));
      case 'vector':
        return source.name === 'parameters' ? flat : new Float64Array(layout.length);
      case 'uniform':
        return [inputs.uniforms?.[source.name] ?? 0];
      case 'argument':
        return inputs.arguments?.[source.name] ?? new Float64Array(sizeOf(node.shape));
      default:
        return new Float64Array(sizeOf(node.shape));
    }
  };
  const values = evaluate(
    fn.outputs.map((output) => output.node),
    read,
    (table) => inputs.tables?.[table.field] ?? [],
  );
  return new Map(fn.outputs.map((output, i) => [output.name, values[i]!]));
}

/** Numbers in [-size, size] that are the same in every run, for weights and data. */
export function someNumbers(count: number, seed: number, size = 1): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return size * ((state / 2 ** 32) * 2 - 1);
  });
}

/** Weights for every parameter of a spec. */
export function someParameters(spec: TestSpec, seed = 1, size = 0.5): Record<string, Float64Array> {
  return Object.fromEntries(
    spec.programs.layout.parameters.map(({ path, shape }, i) => [path, someNumbers(sizeOf(shape), seed + i, size)]),
  );
}
