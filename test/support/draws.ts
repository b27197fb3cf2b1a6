/**
 * The rows and the noise of training steps: pure functions of (seed, step, row), so they are computed in float64 from
 * the nodes of the training step that hold them, and can be handed to another implementation of the same mathematics.
 */
import { topological, type Node } from '../../compiler/4-tensor/ir.ts';
import type { TrainProgram } from '../../compiler/4-tensor/program.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import { mixSeed } from '../../compiler/ops/index.ts';

export interface StepDraws {
  /** For each step, the rows of its batch in the data set: [batch]. */
  readonly index: readonly (readonly number[])[];
  /** One for each of the kinds asked for. */
  readonly noise: readonly Noise[];
}

/** Standard normal numbers, or numbers between 0 and 1. */
export type NoiseKind = 'standard_normal' | 'standard_uniform';

/** For each step its numbers, row major in `shape`. */
export interface Noise {
  readonly shape: readonly number[];
  readonly values: readonly (readonly number[])[];
}

/**
 * The draws of the first `steps` steps over a set of so many rows: the first of each kind. Throws an Error where the
 * step has none.
 */
export function drawsOfSteps(
  program: Pick<TrainProgram, 'function' | 'batch'>,
  { steps, rows, seed }: { readonly steps: number; readonly rows: number; readonly seed: number },
  kinds: readonly NoiseKind[] = ['standard_normal'],
): StepDraws {
  const nodes = topological(program.function.outputs.map(({ node }) => node));
  const first = (op: string): Node => {
    // The simplifier may leave the same noise in two forms; the first is as large as the draw.
    const found = nodes.find((node) => node.kind === 'map' && node.op === op);
    if (found === undefined) throw new Error(`the training step has no "${op}"`);
    return found;
  };
  const drawn = kinds.map(first);
  const values = Array.from({ length: steps }, (_, step) => {
    const clock = uniformsAt(step, { batch: program.batch, rows, seed });
    return evaluate([first('shuffled_row'), ...drawn], ({ source }) => [clock['name' in source ? source.name : '']!]);
  });
  return {
    index: values.map(([index]) => Array.from(index!)),
    noise: drawn.map(({ shape }, i) => ({ shape, values: values.map((made) => Array.from(made[i + 1]!)) })),
  };
}

/** The scalars of the clock at a step, by name. */
function uniformsAt(
  step: number,
  { batch, rows, seed }: { readonly batch: number; readonly rows: number; readonly seed: number },
): Readonly<Record<string, number>> {
  const position = step * batch;
  return { step, rows, seed: mixSeed(seed), epoch: Math.floor(position / rows), offset: position % rows };
}
