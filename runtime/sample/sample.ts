/** Draws from a sample program. */
import type { Display } from '../../compiler/4-tensor/display.ts';
import { type Shape, sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { PlanProgram } from '../../compiler/5-kernel/plan.ts';
import { UsageError } from '../errors.ts';
import type { Executor } from '../execute/executor.ts';
import { streamRuns } from '../execute/stream.ts';
import type { Scalars } from '../execute/inputs.ts';

export type SamplePlanProgram = Extract<PlanProgram, { kind: 'sample' }>;

export interface Sample {
  /** Name of the sample program. */
  readonly program: string;
  /** [n, ...]: what one draw is follows the n. */
  readonly shape: readonly number[];
  /** Row major. */
  readonly values: Float32Array;
  readonly display: Display;
  /** The variable of a model or field of the data that it is a draw of, where that is known. */
  readonly of?: string;
  /** What `keep` asked for on the way, in the order of the loop: where it stood, and all draws there, [n, ...]. */
  readonly kept: readonly Kept[];
}

export interface Kept {
  readonly label: string;
  /** [n, ...]: the carried value may have another shape than what the program returns. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The clock of an iteration: the sample number it begins at, its step, and how many iterations came before it. */
export interface SampleClock {
  readonly first: number;
  readonly step: number;
  readonly iteration: number;
}

/**
 * `n` draws: as many runs of the program as it takes, each beginning at the sample number where the last one ended.
 * Draw i does not depend on n. Throws a UsageError where more are asked for than a program that numbers its rows has.
 */
export async function drawSamples(
  executor: Executor,
  program: SamplePlanProgram,
  n: number,
  scalars: (clock: SampleClock) => Scalars,
): Promise<Sample> {
  if (n > program.n && !readsFirst(executor, program)) {
    throw new UsageError(
      `"${program.name.replace(/^sample\./, '')}" gives ${program.n} and cannot give ${n}: nothing that it returns is drawn, ` +
        `so more would be the same; draw something, or compile with n = ${n} if it returns a list that is n long`,
    );
  }
  const size = sizeOf(program.shape);
  const firsts = Array.from({ length: Math.ceil(n / program.n) }, (_, i) => i * program.n);
  const values = new Float32Array(firsts.length * program.n * size);
  const kept = new Map<string, { readonly shape: Shape; readonly values: Float32Array }>();
  const clock = (first: number): SampleClock => ({ first, step: 0, iteration: 0 });
  const draw = (from: number, count: number) =>
    streamRuns(
      executor,
      program.name,
      count,
      (run) => scalars(clock(firsts[from + run]!)),
      (run, result) => values.set(result.get('sample')!, (from + run) * program.n * size),
    );
  if (program.parts.length === 0) await draw(0, firsts.length);
  // Programs in parts share their states, so one chunk of samples ends before the next begins.
  else {
    for (const [i, first] of firsts.entries()) {
      for (const part of program.parts) {
        await runPart(executor, part, first, scalars, (label, numbers) => {
          const { shape } = part.keep!;
          const own = sizeOf(shape);
          const all = kept.get(label) ?? { shape, values: new Float32Array(firsts.length * program.n * own) };
          all.values.set(numbers, first * own);
          kept.set(label, all);
        });
      }
      await draw(i, 1);
    }
  }
  return {
    program: program.name,
    shape: [n, ...program.shape],
    values: values.slice(0, n * size),
    display: program.display,
    ...(program.of !== undefined && { of: program.of }),
    kept: [...kept].map(([label, { shape, values }]) => ({
      label,
      shape: [n, ...shape],
      values: values.slice(0, n * sizeOf(shape)),
    })),
  };
}

/** Runs a part's iterations in as few submits as the stops for `keep` allow. */
async function runPart(
  executor: Executor,
  { program, iterations, firstStep, keep }: SamplePlanProgram['parts'][number],
  first: number,
  scalars: (clock: SampleClock) => Scalars,
  onKept: (label: string, values: Float32Array) => void,
): Promise<void> {
  const capacity = executor.capacity(program);
  const stops = keep?.after ?? [];
  const ends = [...new Set([...stops, iterations])].sort((a, b) => a - b);
  let done = 0;
  for (const end of ends) {
    while (done < end) {
      const count = Math.min(capacity, end - done);
      const runs = Array.from({ length: count }, (_, i) =>
        scalars({ first, step: firstStep + done + i, iteration: done + i }),
      );
      await executor.submit(program, runs).results();
      done += count;
    }
    if (keep === undefined || !stops.includes(end)) continue;
    const numbers = (await executor.read(keep.state)) as Float32Array;
    stops.forEach((stop, i) => {
      if (stop === end) onKept(keep.labels[i]!, numbers);
    });
  }
}

/** Whether the program's kernels know the number of their first sample. */
function readsFirst({ plan }: Executor, program: SamplePlanProgram): boolean {
  const firsts = new Set(
    plan.uniforms.filter(({ value }) => value.kind === 'clock' && value.name === 'first').map(({ name }) => name),
  );
  const names = new Set([program.name, ...program.parts.map((part) => part.program)]);
  const programs = plan.programs.filter(({ name }) => names.has(name));
  const used = new Set(programs.flatMap(({ dispatches }) => dispatches.map(({ kernel }) => kernel)));
  return plan.kernels.some(({ name, scalars }) => used.has(name) && scalars.some((scalar) => firsts.has(scalar)));
}
