/** Draws from a sample program. */
import type { PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { UsageError } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import type { Scalars } from '../execute/uniforms.ts';

export type SamplePlanProgram = Extract<PlanProgram, { kind: 'sample' }>;

export interface Sample {
  /** Name of the sample program. */
  readonly program: string;
  /** [n, ...]: what one draw is follows the n. */
  readonly shape: readonly number[];
  /** Row major. */
  readonly values: Float32Array;
  readonly display: 'picture' | 'points' | 'numbers';
}

/**
 * `n` draws: as many runs of the program as it takes, each beginning at the sample number where the last one ended.
 * Draw i does not depend on n. Throws a UsageError where more are asked for than a program that numbers its rows has.
 */
export async function drawSamples(
  executor: Executor,
  program: SamplePlanProgram,
  n: number,
  scalars: (first: number) => Scalars,
): Promise<Sample> {
  if (n > program.n && !readsFirst(executor, program)) {
    throw new UsageError(
      `"${program.name}" is written for n = ${program.n} and cannot give ${n}: compile the spec again with another n`,
    );
  }
  const runs = Array.from({ length: Math.ceil(n / program.n) }, (_, i) => scalars(i * program.n));
  const size = program.shape.reduce((product, extent) => product * extent, 1);
  const values = new Float32Array(runs.length * program.n * size);
  const capacity = executor.capacity(program.name);
  for (let begin = 0; begin < runs.length; begin += capacity) {
    const results = await executor.submit(program.name, runs.slice(begin, begin + capacity)).results();
    results.forEach((result, i) => values.set(result.get('sample')!, (begin + i) * program.n * size));
  }
  return {
    program: program.name,
    shape: [n, ...program.shape],
    values: values.slice(0, n * size),
    display: program.display,
  };
}

/** Whether the program's kernels know the number of their first sample. */
function readsFirst({ plan }: Executor, program: SamplePlanProgram): boolean {
  const firsts = new Set(
    plan.uniforms.filter(({ value }) => value.kind === 'clock' && value.name === 'first').map(({ name }) => name),
  );
  const used = new Set(program.dispatches.map(({ kernel }) => kernel));
  return plan.kernels.some(({ name, scalars }) => used.has(name) && scalars.some((scalar) => firsts.has(scalar)));
}
