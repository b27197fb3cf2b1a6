/** The losses of the first training steps by the float64 interpreter of the spec's own tensors, and what they draw. */
import { readFileSync } from 'node:fs';
import { compile } from '../../compiler/compile.ts';
import { type NodeOf, sizeOf } from '../../compiler/4-tensor/ir.ts';
import type { TrainProgram } from '../../compiler/4-tensor/program.ts';
import { evaluate } from '../../compiler/4-tensor/reference.ts';
import type { Plan } from '../../compiler/5-kernel/plan.ts';
import { mixSeed } from '../../compiler/ops/index.ts';
import { type DataSet, splitNamed } from '../../runtime/data/dataset.ts';
import { loadDataSets } from '../../runtime/data/load.ts';
import { Hypers } from '../../runtime/host/hypers.ts';
import { hostClock, stepClock } from '../../runtime/host/positions.ts';
import { scalarsOf } from '../../runtime/host/scalars.ts';
import { initialParameters } from '../../runtime/parameters/initialise.ts';
import { diskSources } from '../../runtime/spec-sources.ts';
import { elaborateText } from '../../test/support/elaborated.ts';
import type { Workload } from '../workloads/workload.ts';

/** A workload as tensors, with its data and its first parameters. */
export interface Subject {
  readonly program: TrainProgram;
  readonly plan: Plan;
  readonly sets: ReadonlyMap<string, DataSet>;
  readonly rows: number;
  readonly seed: number;
  /** [layout.length]. */
  readonly parameters: Float32Array;
}

export async function openSubject({ spec, seed }: Workload, dataFolder: string): Promise<Subject> {
  const { programs } = elaborateText(readFileSync(spec, 'utf8'));
  const program = programs.programs.find(({ kind }) => kind === 'train') as TrainProgram;
  const { compiled } = compile({ entry: spec, host: diskSources() });
  if (compiled === undefined) throw new Error(`${spec} does not compile`);
  const { plan } = compiled;
  const sets = await loadDataSets(plan.data, { folder: dataFolder });
  const parameters = initialParameters(plan.layout, seed, (reference) => splitNamed(sets, reference));
  return { program, plan, sets, rows: splitNamed(sets, program.set).rows, seed, parameters };
}

/** The losses of the first `steps` steps, in nats a row: what is minimized. About a second a step. */
export function referenceLosses(subject: Subject, steps: number): readonly number[] {
  const { program, plan, sets, rows, seed } = subject;
  const { outputs } = program.function;
  const scalars = scalarsOf(plan, new Hypers(plan));
  const places = new Map(plan.layout.parameters.map(({ path, offset }) => [path, offset]));
  const carried = new Map<string, Float64Array>([['parameters', Float64Array.from(subject.parameters)]]);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const scalar = scalars({
      clock: stepClock(step, program.batch, rows, mixSeed(seed)),
      host: hostClock(step, program.batch, rows, steps),
    });
    const input = ({ source, shape }: NodeOf<'input'>): ArrayLike<number> => {
      const size = sizeOf(shape);
      switch (source.kind) {
        case 'parameter': {
          const offset = places.get(source.path)!;
          return carried.get('parameters')!.subarray(offset, offset + size);
        }
        case 'vector':
        case 'state':
          return carried.get(source.name) ?? new Float64Array(size);
        case 'uniform':
          return [scalar(source.name)];
        case 'argument':
        case 'frozen':
          throw new Error(
            `a training step that reads the ${source.kind} ${'path' in source ? source.path : source.name}`,
          );
      }
    };
    const values = evaluate(
      outputs.map(({ node }) => node),
      input,
      ({ set, field }) => splitNamed(sets, set).fields.get(field)!.values,
    );
    outputs.forEach(({ name }, i) => carried.set(name, values[i]!));
    losses.push((program.sense === 'maximize' ? -1 : 1) * carried.get('objective')![0]!);
  }
  return losses;
}
